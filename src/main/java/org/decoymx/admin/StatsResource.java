package org.decoymx.admin;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.ServiceUnavailableException;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.decoymx.blocklist.BlocklistPublisher;
import org.decoymx.ledger.Collector;
import org.decoymx.policy.Policy;
import org.decoymx.primary.PrimaryVisits;

/**
 * What the decoy has seen, and what it is good for. To count a million senders takes a moment of the ledger's thread, so
 * it is done at most every 10 s, and all who ask meanwhile get the same.
 */
@Path("/stats")
public final class StatsResource {
    private static final Duration CACHE_TTL = Duration.ofSeconds(10);
    private static final long COUNT_TIMEOUT_SECONDS = 10;
    private static final long RETRY_SECONDS = 30;

    private final Collector collector;
    private final Policy policy;
    private final BlocklistPublisher publisher;
    private final PrimaryVisits primaryVisits;
    private final Clock clock;
    private CompletableFuture<Stats> latest = new CompletableFuture<>();
    private Instant countedAt = Instant.MIN;

    StatsResource(
            Collector collector, Policy policy, BlocklistPublisher publisher, PrimaryVisits witnesses, Clock clock) {
        this.collector = collector;
        this.policy = policy;
        this.publisher = publisher;
        this.primaryVisits = witnesses;
        this.clock = clock;
    }

    /**
     * The statistics.
     *
     * @param asOf when they were counted
     * @param mode enforce, observe or trial
     * @param threshold points at which a sender is listed
     * @param published how many entries the feeds have
     */
    public record Stats(
            Instant asOf,
            String mode,
            double threshold,
            int published,
            @JsonUnwrapped SenderStatistics.StatisticsReport census) {}

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public CompletionStage<Stats> getStats() {
        return cachedStats()
                .exceptionallyCompose(e -> CompletableFuture.failedFuture(new ServiceUnavailableException(
                        "The senders cannot be counted now; come back later", RETRY_SECONDS)));
    }

    private synchronized CompletableFuture<Stats> cachedStats() {
        Instant now = clock.instant();
        boolean old = Duration.between(countedAt, now).abs().compareTo(CACHE_TTL) >= 0;
        if (old || latest.isCompletedExceptionally()) {
            countedAt = now;
            latest = countSenders(now);
        }
        return latest;
    }

    private CompletableFuture<Stats> countSenders(Instant now) {
        SenderStatistics census = new SenderStatistics(policy, primaryVisits, now);
        try {
            return collector
                    .forEachSender(census::addSender)
                    .orTimeout(COUNT_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                    .thenApply(done -> new Stats(
                            now.truncatedTo(ChronoUnit.SECONDS),
                            policy.settings().mode().name().toLowerCase(Locale.ROOT),
                            policy.settings().threshold(),
                            publisher.servedBlocklist().size(),
                            census.report()));
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
