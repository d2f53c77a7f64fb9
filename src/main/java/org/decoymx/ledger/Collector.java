package org.decoymx.ledger;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.LocalEventBusCodec;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.decoymx.conversation.Trait;
import org.decoymx.sighting.Sighting;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Gathers sightings from the event bus, and every 200 ms has the ledger write what has come together. */
@ApplicationScoped
public class Collector {
    private static final Logger LOG = Logger.getLogger(Collector.class);
    private static final long GATHER_MILLIS = 200;
    private static final long LAST_WORDS_SECONDS = 5;
    private static final int MAX_WAITING = 200_000;
    private static final int FIRST = 1_000;
    private static final int LAST = 3_000;

    private final Ledger ledger;
    private final Vertx vertx;
    private final Event<Committed> committed;
    private final Context bus;

    /** The one thread that writes the ledger. */
    private final ScheduledExecutorService writer =
            Executors.newSingleThreadScheduledExecutor(work -> new Thread(work, "ledger"));

    private final BlockingQueue<Sighting> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    private final Map<Trait, LongAdder> traits = new EnumMap<>(Trait.class);
    private final LongAdder gathered = new LongAdder();
    private final LongAdder lost = new LongAdder();
    private @Nullable Future<?> turns;

    Collector(Ledger ledger, Vertx vertx, Event<Committed> committed) {
        this.ledger = ledger;
        this.vertx = vertx;
        this.committed = committed;
        bus = vertx.getOrCreateContext();
        for (Trait trait : Trait.values()) {
            traits.put(trait, new LongAdder());
        }
    }

    /** Opens the ledger, and listens before the SMTP port opens: the codec hands a sighting over as it is. */
    void start(@Observes @Priority(FIRST) StartupEvent event) {
        ledger.open();
        vertx.eventBus().registerDefaultCodec(Sighting.class, new LocalEventBusCodec<>(Sighting.ADDRESS));
        bus.runOnContext(
                go -> vertx.eventBus().<Sighting>localConsumer(Sighting.ADDRESS, message -> gather(message.body())));
        turns = writer.scheduleWithFixedDelay(this::work, GATHER_MILLIS, GATHER_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** What is still on the bus and what waits is committed before the process ends. */
    void stop(@Observes @Priority(LAST) ShutdownEvent event) {
        CountDownLatch delivered = new CountDownLatch(1);
        bus.runOnContext(go -> delivered.countDown());
        if (turns != null) {
            turns.cancel(false);
        }
        writer.shutdown();
        try {
            boolean quiet = delivered.await(LAST_WORDS_SECONDS, TimeUnit.SECONDS)
                    && writer.awaitTermination(LAST_WORDS_SECONDS, TimeUnit.SECONDS);
            if (!quiet) {
                LOG.warn("the ledger is still at work");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        commit();
        ledger.close();
    }

    private void gather(Sighting sighting) {
        if (sighting.ending() != Sighting.Ending.OPEN) {
            sighting.traits().forEach(trait -> adder(trait).increment());
        }
        if (waiting.offer(sighting)) {
            gathered.increment();
        } else {
            lost.increment();
        }
    }

    /** A turn of the writer; whatever goes wrong, the next turn comes. */
    private void work() {
        try {
            commit();
        } catch (RuntimeException e) {
            LOG.errorf(e, "the ledger could not be written");
        }
    }

    private void commit() {
        List<Sighting> batch = new ArrayList<>();
        waiting.drainTo(batch);
        ledger.fold(batch);
        tell(ledger.commit());
    }

    private void tell(Collection<Sender> changed) {
        if (!changed.isEmpty()) {
            committed.fire(new Committed(changed));
        }
    }

    /**
     * Takes over what was exported, in its turn between commits.
     *
     * @return how many entries changed something; fails with a {@link Fault} when the file cannot be used
     */
    CompletableFuture<Integer> merge(Collection<Entry> entries) {
        CompletableFuture<Integer> merged = new CompletableFuture<>();
        writer.execute(() -> {
            try {
                commit();
                Ledger.Merged outcome = ledger.merge(entries);
                tell(outcome.senders());
                merged.complete(outcome.taken());
            } catch (Fault | RuntimeException e) {
                merged.completeExceptionally(e);
            }
        });
        return merged;
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

    /** Sightings that found no room, as commits were too slow or impossible. */
    public long lost() {
        return lost.sum() + ledger.lost();
    }
}
