package org.decoymx.admin.notify;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.inject.Singleton;
import org.decoymx.support.Meters;

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
            Meters<Outbox> meters = new Meters<>(registry, outbox).tag("by", outbox.name());
            meters.counter(
                    "decoy.notifications.delivered", "Notifications that were delivered", Outbox::deliveredCount);
            meters.counter(
                    "decoy.notifications.failed",
                    "Attempts to deliver a notification that failed",
                    Outbox::failedCount);
            meters.counter("decoy.notifications.dropped", "Notifications that were given up", Outbox::droppedCount);
        }
    }
}
