package org.decoymx.ledger;

import io.smallrye.health.api.Wellness;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.decoymx.support.SteadyClock;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/**
 * Checks whether the ledger can be written. Not a readiness check, because without a disk the decoy still accepts
 * sessions and serves its blocklist.
 */
@Wellness
@Singleton
public final class LedgerHealth implements HealthCheck {
    private static final Duration STALL_TIMEOUT = Duration.ofSeconds(10);

    private final LedgerConfig config;
    private final SenderLedger ledger;
    private final SenderRetention retention;
    private final LedgerCheck check;
    private final Collector collector;
    private final SteadyClock clock;

    LedgerHealth(
            LedgerConfig config,
            SenderLedger ledger,
            SenderRetention retention,
            LedgerCheck check,
            Collector collector,
            SteadyClock clock) {
        this.config = config;
        this.ledger = ledger;
        this.retention = retention;
        this.check = check;
        this.collector = collector;
        this.clock = clock;
    }

    @Override
    public HealthCheckResponse call() {
        Optional<String> problem = writeProblem().or(check::problem).or(() -> retention.listedProblem(clock.instant()));
        List<String> quarantined = ledger.quarantinedFiles();
        HealthCheckResponseBuilder health = HealthCheckResponse.named("ledger kept")
                .status(problem.isEmpty() && quarantined.isEmpty())
                .withData("senders", ledger.size())
                .withData("senders at most", retention.maxRecords())
                .withData("sightings that wait", collector.backlog())
                .withData("senders that wait to be written", ledger.pendingCount())
                .withData("sightings lost", collector.lostCount());
        if (ledger.aggregator().absorbedCount() > 0) {
            health.withData(
                    "sightings counted for their network only",
                    ledger.aggregator().absorbedCount());
        }
        problem.ifPresent(text -> health.withData("trouble", text));
        LedgerProducer.describeSmallHeap(config).ifPresent(text -> health.withData("warning", text));
        if (!quarantined.isEmpty()) {
            health.withData(
                    "damaged",
                    String.join(", ", quarantined)
                            + ": quarantined, and a new file was started"
                            + ledger.storage().saved()
                            + "; restore a backup or continue, then move it away");
        }
        return health.build();
    }

    /** Why nothing is written now; empty if it is. */
    public Optional<String> writeProblem() {
        return ledger.storageError().or(this::describeStall);
    }

    private Optional<String> describeStall() {
        Instant lastRunAt = collector.lastRunAt();
        return lastRunAt.isBefore(clock.durations().instant().minus(STALL_TIMEOUT))
                ? Optional.of("nothing was written since " + lastRunAt.truncatedTo(ChronoUnit.SECONDS)
                        + "; the disk does not respond, or see the log")
                : Optional.empty();
    }
}
