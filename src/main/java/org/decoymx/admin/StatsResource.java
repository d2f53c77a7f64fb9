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
import org.decoymx.blocklist.Publisher;
import org.decoymx.ledger.Collector;
import org.decoymx.policy.Policy;
import org.decoymx.primary.Witnesses;

/**
 * What the decoy has seen, and what it is good for. To count a million senders takes a moment of the ledger's thread, so
 * it is done at most every 10 s, and all who ask meanwhile get the same.
 */
@Path("/stats")
public final class StatsResource {
    private static final Duration FRESH = Duration.ofSeconds(10);
    private static final long PATIENCE_SECONDS = 10;
    private static final long RETRY_SECONDS = 30;

    private final Collector collector;
    private final Policy policy;
    private final Publisher publisher;
    private final Witnesses witnesses;
    private final Clock clock;
    private CompletableFuture<Stats> latest = new CompletableFuture<>();
    private Instant counted = Instant.MIN;

    StatsResource(Collector collector, Policy policy, Publisher publisher, Witnesses witnesses, Clock clock) {
        this.collector = collector;
        this.policy = policy;
        this.publisher = publisher;
        this.witnesses = witnesses;
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
            @JsonUnwrapped Census.Result census) {}

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public CompletionStage<Stats> stats() {
        return fresh().exceptionallyCompose(e -> CompletableFuture.failedFuture(
                new ServiceUnavailableException("The senders cannot be counted now; come back later", RETRY_SECONDS)));
    }

    private synchronized CompletableFuture<Stats> fresh() {
        Instant now = clock.instant();
        boolean old = Duration.between(counted, now).abs().compareTo(FRESH) >= 0;
        if (old || latest.isCompletedExceptionally()) {
            counted = now;
            latest = count(now);
        }
        return latest;
    }

    private CompletableFuture<Stats> count(Instant now) {
        Census census = new Census(policy, witnesses, now);
        try {
            return collector
                    .survey(census::add)
                    .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .thenApply(done -> new Stats(
                            now.truncatedTo(ChronoUnit.SECONDS),
                            policy.rules().mode().name().toLowerCase(Locale.ROOT),
                            policy.rules().threshold(),
                            publisher.current().size(),
                            census.result()));
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
