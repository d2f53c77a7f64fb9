package org.decoymx.admin.notify;

import io.smallrye.health.api.Wellness;
import jakarta.inject.Singleton;
import java.time.temporal.ChronoUnit;
import org.decoymx.support.Condition;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/** Checks whether notifications are delivered. Not a readiness check, because the decoy works without. */
@Wellness
@Singleton
final class NotifyHealth implements HealthCheck {
    private final Notifier notifier;

    NotifyHealth(Notifier notifier) {
        this.notifier = notifier;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder health = HealthCheckResponse.named("notifications delivered")
                .status(notifier.outboxes().stream()
                        .allMatch(outbox -> outbox.failure().isEmpty()));
        notifier.outboxes().forEach(outbox -> health.withData(outbox.name(), describe(outbox)));
        return health.build();
    }

    private static String describe(Outbox outbox) {
        return !outbox.isConfigured()
                ? "not configured"
                : outbox.failure()
                        .map(failure -> failing(outbox, failure))
                        .orElseGet(() -> outbox.deliveredCount() + " delivered");
    }

    private static String failing(Outbox outbox, Condition.Failure failure) {
        return "failing since " + failure.since().truncatedTo(ChronoUnit.SECONDS) + ", " + outbox.size() + " wait: "
                + failure.reason();
    }
}
