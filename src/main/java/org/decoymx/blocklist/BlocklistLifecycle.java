package org.decoymx.blocklist;

import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.decoymx.ledger.Node;
import org.decoymx.ledger.SendersCommitted;
import org.decoymx.ledger.SharedLedger;
import org.decoymx.policy.ExplainTemplate;
import org.decoymx.policy.Policy;
import org.decoymx.support.EventLog;
import org.decoymx.support.SteadyClock;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Keeps the blocklist fresh: evaluates senders after each ledger commit, and publishes every 200 ms if a change is due.
 */
@ApplicationScoped
public class BlocklistLifecycle {
    private static final long PUBLISH_MILLIS = 200;
    private static final int TAG_LENGTH = 6;
    private static final Duration MAX_AGE = Duration.ofSeconds(10);

    private final BlocklistPublisher publisher;
    private final ListingEvents events;
    private final Vertx vertx;
    private final SteadyClock clock;
    private final Optional<String> sharingServers;
    private final Instance<SharedLedger> sharedLedger;
    private volatile Instant lastRunAt;

    BlocklistLifecycle(
            BlocklistPublisher publisher,
            Policy policy,
            EventLog log,
            Vertx vertx,
            SteadyClock clock,
            @ConfigProperty(name = "decoy.exchange.servers") Optional<String> sharingServers,
            Instance<SharedLedger> sharedLedger) {
        this.sharingServers = sharingServers;
        this.sharedLedger = sharedLedger;
        this.publisher = publisher;
        events = new ListingEvents(policy, log);
        this.vertx = vertx;
        this.clock = clock;
        lastRunAt = clock.durations().instant();
    }

    @Produces
    @Singleton
    static BlocklistPublisher publisher(
            Policy policy, Clock clock, @ConfigProperty(name = "decoy.exchange.servers") Optional<String> servers) {
        return new BlocklistPublisher(policy, clock.instant(), servers.isPresent());
    }

    @Produces
    @Singleton
    static RejectMessage rejectMessage(BlocklistConfig config, ExplainTemplate contact) {
        return new RejectMessage(config.publicUrl().orElse(""), contact);
    }

    /** Runs after the ledger has reported the stored senders, and before any consumer is served. */
    void start(@Observes StartupEvent event) {
        if (sharingServers.isPresent()) {
            publisher.setNode(tagOf(sharedLedger.get().ownNode()));
        }
        publisher.publishFirst(clock.instant());
        vertx.setPeriodic(PUBLISH_MILLIS, timer -> vertx.executeBlocking(this::publish, true));
    }

    /** Six hexadecimal digits of a hash of the name of a node. */
    static String tagOf(Node node) {
        return UUID.nameUUIDFromBytes(node.name().getBytes(StandardCharsets.US_ASCII))
                .toString()
                .substring(0, TAG_LENGTH);
    }

    void onCommitted(@Observes SendersCommitted committed) {
        publisher.evaluate(committed.senders(), clock.instant());
    }

    private boolean publish() {
        Instant now = clock.instant();
        Blocklist before = publisher.evaluatedBlocklist();
        publisher.publish(now);
        events.record(before, publisher.evaluatedBlocklist(), now);
        lastRunAt = clock.durations().instant();
        return true;
    }

    /** Whether the publisher ran within the last 10 s. */
    public boolean isFresh() {
        return lastRunAt.isAfter(clock.durations().instant().minus(MAX_AGE));
    }
}
