package org.decoymx.admin.notify;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.inject.Singleton;
import java.util.function.ToDoubleFunction;

/** Metrics of notifications. */
@Singleton
final class NotifyMetrics implements MeterBinder {
    private final Notifier notifier;

    NotifyMetrics(Notifier notifier) {
        this.notifier = notifier;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (Outbox outbox : notifier.outboxes()) {
            register(registry, outbox, "delivered", "Notifications that were delivered", Outbox::deliveredCount);
            register(registry, outbox, "failed", "Attempts to deliver a notification that failed", Outbox::failedCount);
            register(registry, outbox, "dropped", "Notifications that were given up", Outbox::droppedCount);
        }
    }

    private static void register(
            MeterRegistry registry, Outbox outbox, String what, String description, ToDoubleFunction<Outbox> value) {
        FunctionCounter.builder("decoy.notifications." + what, outbox, value)
                .description(description)
                .tag("by", outbox.name())
                .register(registry);
    }
}
