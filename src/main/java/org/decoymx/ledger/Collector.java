package org.decoymx.ledger;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.vertx.LocalEventBusCodec;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.decoymx.sighting.Sighting;
import org.decoymx.smtp.protocol.Trait;
import org.jboss.logging.Logger;

/** Gathers sightings from the event bus for the {@link Keeper}, and passes on what it has committed. */
@ApplicationScoped
public class Collector {
    private static final Logger LOG = Logger.getLogger(Collector.class);
    private static final long LAST_WORDS_SECONDS = 5;
    private static final int FIRST = 1_000;
    private static final int LAST = 3_000;

    private final Keeper keeper;
    private final Inquiry inquiry;
    private final Vertx vertx;
    private final Context bus;
    private final Map<Trait, LongAdder> traits = new EnumMap<>(Trait.class);
    private final LongAdder gathered = new LongAdder();

    Collector(
            Ledger ledger, Retention retention, Inquiry inquiry, Vertx vertx, Clock clock, Event<Committed> committed) {
        this.inquiry = inquiry;
        keeper = new Keeper(ledger, retention, clock, senders -> committed.fire(new Committed(senders)));
        this.vertx = vertx;
        bus = vertx.getOrCreateContext();
        for (Trait trait : Trait.values()) {
            traits.put(trait, new LongAdder());
        }
    }

    /** Opens the ledger, and listens before the SMTP port opens: the codec hands a sighting over as it is. */
    void start(@Observes @Priority(FIRST) StartupEvent event) {
        try {
            keeper.start();
        } catch (Fault why) {
            throw new ConfigurationException("decoy.ledger.dir: " + why.getMessage());
        }
        vertx.eventBus().registerDefaultCodec(Sighting.class, new LocalEventBusCodec<>(Sighting.ADDRESS));
        bus.runOnContext(
                go -> vertx.eventBus().<Sighting>localConsumer(Sighting.ADDRESS, message -> gather(message.body())));
    }

    /** What is still on the bus and what waits is committed before the process ends. */
    void stop(@Observes @Priority(LAST) ShutdownEvent event) {
        CountDownLatch delivered = new CountDownLatch(1);
        bus.runOnContext(go -> delivered.countDown());
        try {
            if (!delivered.await(LAST_WORDS_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("the last sightings are still on the bus");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        keeper.stop();
    }

    /** A start that failed is no shutdown for Quarkus; without this the keeper would go on while all else is gone. */
    @PreDestroy
    void end() {
        keeper.stop();
    }

    private void gather(Sighting sighting) {
        inquiry.before(sighting, () -> count(sighting));
    }

    private void count(Sighting sighting) {
        if (sighting.ending() != Sighting.Ending.OPEN) {
            sighting.traits().forEach(trait -> adder(trait).increment());
        }
        if (keeper.take(sighting)) {
            gathered.increment();
        }
    }

    /** Takes over what was exported: see {@link Keeper#merge}. */
    CompletableFuture<Integer> merge(Collection<Entry> entries) {
        return keeper.merge(entries);
    }

    /** Has everybody who is listed told again, as others may be exempt than before. */
    public void tellAgain() {
        keeper.tellAgain();
    }

    /**
     * Hands every sender over, on the ledger's thread; it does nothing else meanwhile, so be quick.
     *
     * @return ends when all have been handed over; fails while the decoy stops
     */
    public CompletableFuture<Void> survey(Consumer<Sender> each) {
        return keeper.survey(each);
    }

    /**
     * Takes senders off the list for good, and all their points, as it has become known that what they did should not have
     * counted.
     *
     * @param mistaken whether a listed sender is meant; asked on the ledger's thread
     */
    public void pardon(Predicate<Sender> mistaken) {
        keeper.pardon(mistaken);
    }

    private LongAdder adder(Trait trait) {
        return Objects.requireNonNull(traits.get(trait));
    }

    /** Sessions that had shown a trait when they ended. */
    public long sessionsWith(Trait trait) {
        return adder(trait).sum();
    }

    /** Sightings gathered since the start. */
    public long gathered() {
        return gathered.sum();
    }

    /** How many sightings wait for the ledger. */
    public int backlog() {
        return keeper.backlog();
    }

    /** When the ledger's thread was last seen at work; it is every 200 ms. */
    public Instant turned() {
        return keeper.turned();
    }

    /** Sightings that found no room, as commits were too slow or impossible. */
    public long lost() {
        return keeper.lost();
    }
}
