package org.decoymx.admin;

import io.smallrye.health.api.Wellness;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.decoymx.ledger.Collector;
import org.decoymx.ledger.SenderLedger;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/**
 * Whether the ledger can be written. It is no matter of readiness: without a disk the decoy goes on talking and serving
 * its list.
 */
@Wellness
@Singleton
final class LedgerHealth implements HealthCheck {
    private static final Duration STALL_TIMEOUT = Duration.ofSeconds(10);

    private final SenderLedger ledger;
    private final Collector collector;
    private final Clock clock;

    LedgerHealth(SenderLedger ledger, Collector collector, Clock clock) {
        this.ledger = ledger;
        this.collector = collector;
        this.clock = clock;
    }

    @Override
    public HealthCheckResponse call() {
        Optional<String> trouble = ledger.storageError().or(this::describeStall);
        List<String> damaged = ledger.quarantinedFiles();
        HealthCheckResponseBuilder health = HealthCheckResponse.named("ledger kept")
                .status(trouble.isEmpty() && damaged.isEmpty())
                .withData("senders", ledger.size())
                .withData("sightings that wait", collector.backlog())
                .withData("senders that wait to be written", ledger.pendingCount())
                .withData("sightings lost", collector.lostCount());
        trouble.ifPresent(words -> health.withData("trouble", words));
        if (!damaged.isEmpty()) {
            health.withData(
                    "damaged",
                    String.join(", ", damaged)
                            + ": set aside, and a new file begun; restore a backup or go on, and move it away");
        }
        return health.build();
    }

    private Optional<String> describeStall() {
        Instant turned = collector.lastRunAt();
        return turned.isBefore(clock.instant().minus(STALL_TIMEOUT))
                ? Optional.of("nothing was written since " + turned.truncatedTo(ChronoUnit.SECONDS)
                        + ": the disk does not answer, or see the log")
                : Optional.empty();
    }
}
