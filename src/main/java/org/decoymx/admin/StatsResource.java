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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.decoymx.blocklist.BlocklistPublisher;
import org.decoymx.ledger.Collector;
import org.decoymx.policy.DomainProtection;
import org.decoymx.policy.Policy;
import org.decoymx.policy.PrimaryVisits;
import org.decoymx.policy.TrustCause;

/**
 * Statistics of the decoy. Counting a million senders takes some time on the thread of the ledger, so the result is
 * cached for 10 s.
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
    private final ProtectionMonitor protections;
    private final Clock clock;
    private CompletableFuture<Stats> latest = new CompletableFuture<>();
    private Instant countedAt = Instant.MIN;

    StatsResource(
            Collector collector,
            Policy policy,
            BlocklistPublisher publisher,
            PrimaryVisits primaryVisits,
            ProtectionMonitor protections,
            Clock clock) {
        this.collector = collector;
        this.policy = policy;
        this.publisher = publisher;
        this.primaryVisits = primaryVisits;
        this.protections = protections;
        this.clock = clock;
    }

    /**
     * The response.
     *
     * @param asOf when the senders were counted
     * @param mode enforce, observe or trial
     * @param threshold points at which a sender is listed
     * @param published number of entries in the feeds
     * @param tierChanges how often a sender came into another tier since the start, by cause
     * @param protections what protects each domain, and what is missing; empty in trial mode
     */
    public record Stats(
            Instant asOf,
            String mode,
            double threshold,
            int published,
            @JsonUnwrapped SenderStatistics.StatisticsReport statistics,
            Map<TrustCause, Long> tierChanges,
            List<DomainProtection> protections) {}

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public CompletionStage<Stats> getStats() {
        return cachedStats()
                .exceptionallyCompose(e -> CompletableFuture.failedFuture(new ServiceUnavailableException(
                        "The senders cannot be counted now; try again later", RETRY_SECONDS)));
    }

    private synchronized CompletableFuture<Stats> cachedStats() {
        Instant now = clock.instant();
        boolean outdated = Duration.between(countedAt, now).abs().compareTo(CACHE_TTL) >= 0;
        if (outdated || latest.isCompletedExceptionally()) {
            countedAt = now;
            latest = countSenders(now);
        }
        return latest;
    }

    private CompletableFuture<Stats> countSenders(Instant now) {
        SenderStatistics statistics = new SenderStatistics(policy, primaryVisits, now);
        try {
            return collector
                    .forEachSender(statistics::addSender)
                    .orTimeout(COUNT_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                    .thenApply(done -> new Stats(
                            now.truncatedTo(ChronoUnit.SECONDS),
                            policy.settings().mode().name().toLowerCase(Locale.ROOT),
                            policy.settings().threshold(),
                            publisher.servedBlocklist().size(),
                            statistics.report(),
                            policy.trust().events().tierChangeCounts(),
                            protections.protections()));
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
