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

/** Gathers sightings from the event bus for the {@link LedgerWriter}, and passes on what it has committed. */
@ApplicationScoped
public class Collector {
    private static final Logger LOG = Logger.getLogger(Collector.class);
    private static final long DRAIN_TIMEOUT_SECONDS = 5;
    private static final int START_PRIORITY = 1_000;
    private static final int STOP_PRIORITY = 3_000;

    private final LedgerWriter writer;
    private final SightingPreprocessor preprocessor;
    private final Vertx vertx;
    private final Context busContext;
    private final Map<Trait, LongAdder> traitCounters = new EnumMap<>(Trait.class);
    private final LongAdder received = new LongAdder();

    Collector(
            SenderLedger ledger,
            SenderRetention retention,
            SightingPreprocessor inquiry,
            Vertx vertx,
            Clock clock,
            Event<SendersCommitted> committed) {
        this.preprocessor = inquiry;
        writer = new LedgerWriter(ledger, retention, clock, senders -> committed.fire(new SendersCommitted(senders)));
        this.vertx = vertx;
        busContext = vertx.getOrCreateContext();
        for (Trait trait : Trait.values()) {
            traitCounters.put(trait, new LongAdder());
        }
    }

    /** Opens the ledger, and listens before the SMTP port opens: the codec hands a sighting over as it is. */
    void start(@Observes @Priority(START_PRIORITY) StartupEvent event) {
        try {
            writer.start();
        } catch (StorageException why) {
            throw new ConfigurationException("decoy.ledger.dir: " + why.getMessage());
        }
        vertx.eventBus().registerDefaultCodec(Sighting.class, new LocalEventBusCodec<>(Sighting.EVENT_BUS_ADDRESS));
        busContext.runOnContext(go -> vertx.eventBus()
                .<Sighting>localConsumer(Sighting.EVENT_BUS_ADDRESS, message -> onSighting(message.body())));
    }

    /** What is still on the bus and what waits is committed before the process ends. */
    void stop(@Observes @Priority(STOP_PRIORITY) ShutdownEvent event) {
        CountDownLatch delivered = new CountDownLatch(1);
        busContext.runOnContext(go -> delivered.countDown());
        try {
            if (!delivered.await(DRAIN_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("the last sightings are still on the bus");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        writer.stop();
    }

    /** A start that failed is no shutdown for Quarkus; without this the keeper would go on while all else is gone. */
    @PreDestroy
    void closeAfterFailedStart() {
        writer.stop();
    }

    private void onSighting(Sighting sighting) {
        preprocessor.prepare(sighting, () -> recordSighting(sighting));
    }

    private void recordSighting(Sighting sighting) {
        if (sighting.outcome() != Sighting.Outcome.OPEN) {
            sighting.traits().forEach(trait -> adder(trait).increment());
        }
        if (writer.enqueue(sighting)) {
            received.increment();
        }
    }

    /** Takes over what was exported: see {@link LedgerWriter#merge}. */
    CompletableFuture<Integer> merge(Collection<LedgerRecord> entries) {
        return writer.merge(entries);
    }

    /** Has everybody who is listed told again, as others may be exempt than before. */
    public void reevaluateListed() {
        writer.reevaluateListed();
    }

    /**
     * Hands every sender over, on the ledger's thread; it does nothing else meanwhile, so be quick.
     *
     * @return ends when all have been handed over; fails while the decoy stops
     */
    public CompletableFuture<Void> forEachSender(Consumer<Sender> each) {
        return writer.forEachSender(each);
    }

    /**
     * Takes senders off the list for good, and all their points, as it has become known that what they did should not have
     * counted.
     *
     * @param mistaken whether a listed sender is meant; asked on the ledger's thread
     */
    public void delist(Predicate<Sender> mistaken) {
        writer.delist(mistaken);
    }

    private LongAdder adder(Trait trait) {
        return Objects.requireNonNull(traitCounters.get(trait));
    }

    /** Sessions that had shown a trait when they ended. */
    public long sessionsWith(Trait trait) {
        return adder(trait).sum();
    }

    /** Sightings gathered since the start. */
    public long receivedCount() {
        return received.sum();
    }

    /** How many sightings wait for the ledger. */
    public int backlog() {
        return writer.backlog();
    }

    /** When the ledger's thread was last seen at work; it is every 200 ms. */
    public Instant lastRunAt() {
        return writer.lastRunAt();
    }

    /** Sightings that found no room, as commits were too slow or impossible. */
    public long lostCount() {
        return writer.lostCount();
    }
}
