package org.decoymx.blocklist;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.decoymx.ledger.Committed;
import org.decoymx.policy.Policy;

/** Keeps the listing fresh: hears of commits, and publishes every 200 ms what is due. */
@ApplicationScoped
public class PublisherBean {
    private static final long PUBLISH_MILLIS = 200;
    private static final Duration STALE = Duration.ofSeconds(10);

    private final Publisher publisher;
    private final Vertx vertx;
    private final Clock clock;
    private volatile Instant looked;

    PublisherBean(Publisher publisher, Vertx vertx, Clock clock) {
        this.publisher = publisher;
        this.vertx = vertx;
        this.clock = clock;
        looked = clock.instant();
    }

    @Produces
    @Singleton
    static Publisher publisher(Policy policy, Clock clock) {
        return new Publisher(policy, clock.instant());
    }

    @Produces
    @Singleton
    static Citation citation(ListingConfig config) {
        try {
            return new Citation(config.publicUrl().orElse(""));
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("decoy.public-url: " + e.getMessage());
        }
    }

    /** Comes after the ledger has told who was listed before, and before any reader is served. */
    void start(@Observes StartupEvent event) {
        publisher.begin(clock.instant());
        vertx.setPeriodic(PUBLISH_MILLIS, timer -> vertx.executeBlocking(this::publish, true));
    }

    void hear(@Observes Committed committed) {
        publisher.judge(committed.senders(), clock.instant());
    }

    private boolean publish() {
        looked = clock.instant();
        publisher.publish(looked);
        return true;
    }

    /** Whether the listing was looked after within the last 10 s. */
    public boolean isFresh() {
        return looked.isAfter(clock.instant().minus(STALE));
    }
}
