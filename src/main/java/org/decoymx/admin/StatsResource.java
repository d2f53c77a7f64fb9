package org.decoymx.admin;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.ServiceUnavailableException;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.decoymx.admin.login.SendersAccessRule;
import org.decoymx.blocklist.BlocklistPublisher;
import org.decoymx.policy.DomainProtection;
import org.decoymx.policy.Policy;
import org.decoymx.policy.TrustCause;

/** Statistics of the decoy. */
@Path("/stats")
public final class StatsResource {
    private static final long RETRY_SECONDS = 30;

    private final SenderCensus census;
    private final Policy policy;
    private final BlocklistPublisher publisher;
    private final ProtectionMonitor protections;

    StatsResource(SenderCensus census, Policy policy, BlocklistPublisher publisher, ProtectionMonitor protections) {
        this.census = census;
        this.policy = policy;
        this.publisher = publisher;
        this.protections = protections;
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
    @SendersAccessRule
    @Produces(MediaType.APPLICATION_JSON)
    public CompletionStage<Stats> getStats() {
        return census.current()
                .thenApply(this::describe)
                .exceptionallyCompose(e -> CompletableFuture.failedFuture(new ServiceUnavailableException(
                        "The senders cannot be counted now; try again later", RETRY_SECONDS)));
    }

    private Stats describe(SenderCensus.Census counted) {
        return new Stats(
                counted.asOf(),
                policy.settings().mode().text(),
                policy.settings().threshold(),
                publisher.servedBlocklist().size(),
                counted.statistics(),
                policy.trust().events().tierChangeCounts(),
                protections.protections());
    }
}
