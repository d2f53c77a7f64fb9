package org.decoymx.admin;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.decoymx.admin.SenderHighlights.Highlights;
import org.decoymx.admin.SenderStatistics.StatisticsReport;
import org.decoymx.ledger.Collector;
import org.decoymx.policy.Policy;
import org.decoymx.policy.PrimaryVisits;
import org.decoymx.support.SteadyClock;
import org.jspecify.annotations.Nullable;

/**
 * Counts all senders, for the statistics and the page. A million take some time on the thread of the ledger, so a
 * result is kept for 20 times as long as it took, but a second at least and 10 at most.
 */
@Singleton
public final class SenderCensus {
    private static final Duration MIN_TTL = Duration.ofSeconds(1);
    private static final Duration MAX_TTL = Duration.ofSeconds(10);
    private static final int TTL_FACTOR = 20;
    private static final long TIMEOUT_SECONDS = 10;

    private final Collector collector;
    private final Policy policy;
    private final PrimaryVisits primaryVisits;
    private final Clock clock;
    private final Clock durations;
    private @Nullable CompletableFuture<Census> current;
    private Instant startedAt = Instant.EPOCH;
    private volatile Duration ttl = MIN_TTL;
    private volatile @Nullable Census latest;

    SenderCensus(Collector collector, Policy policy, PrimaryVisits primaryVisits, SteadyClock clock) {
        this.collector = collector;
        this.policy = policy;
        this.primaryVisits = primaryVisits;
        this.clock = clock;
        durations = clock.durations();
    }

    /**
     * A count.
     *
     * @param asOf when it began
     */
    public record Census(Instant asOf, StatisticsReport statistics, Highlights highlights) {}

    /** The count, at most {@link #MAX_TTL} old. It fails if the ledger does not answer in 10 s. */
    public synchronized CompletableFuture<Census> current() {
        Instant now = durations.instant();
        CompletableFuture<Census> known = current;
        if (known == null
                || known.isCompletedExceptionally()
                || Duration.between(startedAt, now).compareTo(ttl) >= 0) {
            startedAt = now;
            known = count(clock.instant(), now);
            current = known;
        }
        return known;
    }

    /** The count, or one that is older if this takes longer than some time; empty if there is none yet. */
    public Optional<Census> latest(Duration patience) {
        try {
            return Optional.of(current().get(patience.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException | ExecutionException e) {
            return Optional.ofNullable(latest);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.ofNullable(latest);
        }
    }

    private CompletableFuture<Census> count(Instant now, Instant began) {
        SenderStatistics statistics = new SenderStatistics(policy, primaryVisits, now);
        SenderHighlights highlights = new SenderHighlights(policy, primaryVisits, now);
        ttl = MAX_TTL;
        try {
            return collector
                    .forEachSender(sender -> highlights.addSender(sender, statistics.addSender(sender)))
                    .orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                    .thenApply(done -> {
                        Census census = new Census(
                                now.truncatedTo(ChronoUnit.SECONDS), statistics.report(), highlights.report());
                        latest = census;
                        ttl = ttlFor(Duration.between(began, durations.instant()));
                        return census;
                    });
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static Duration ttlFor(Duration count) {
        Duration wanted = count.multipliedBy(TTL_FACTOR);
        return wanted.compareTo(MIN_TTL) < 0 ? MIN_TTL : wanted.compareTo(MAX_TTL) > 0 ? MAX_TTL : wanted;
    }
}
