package org.decoymx.ledger;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.LocalEventBusCodec;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import org.decoymx.conversation.Trait;
import org.decoymx.sighting.Sighting;
import org.jboss.logging.Logger;

/** Gathers sightings from the event bus, and every 200 ms commits what has come together. */
@ApplicationScoped
public class Collector {
    private static final Logger LOG = Logger.getLogger(Collector.class);
    private static final long GATHER_MILLIS = 200;
    private static final int MAX_WAITING = 200_000;
    private static final int FIRST = 1_000;
    private static final int LAST = 3_000;

    private final Ledger ledger;
    private final Vertx vertx;
    private final Event<Committed> committed;
    private final BlockingQueue<Sighting> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    private final Map<Trait, LongAdder> traits = new EnumMap<>(Trait.class);
    private final LongAdder gathered = new LongAdder();
    private final LongAdder lost = new LongAdder();

    Collector(Ledger ledger, Vertx vertx, Event<Committed> committed) {
        this.ledger = ledger;
        this.vertx = vertx;
        this.committed = committed;
        for (Trait trait : Trait.values()) {
            traits.put(trait, new LongAdder());
        }
    }

    @Produces
    @Singleton
    static Ledger ledger(LedgerConfig config) {
        return new Ledger(new MemoryLedgerStore(config.maxSenders()));
    }

    /** Listens before the SMTP port opens: the codec hands a sighting over as it is. */
    void start(@Observes @Priority(FIRST) StartupEvent event) {
        vertx.eventBus()
                .registerDefaultCodec(Sighting.class, new LocalEventBusCodec<>(Sighting.ADDRESS))
                .<Sighting>localConsumer(Sighting.ADDRESS, message -> gather(message.body()));
        vertx.setPeriodic(GATHER_MILLIS, timer -> {
            if (!waiting.isEmpty()) {
                vertx.executeBlocking(this::commit, true)
                        .onFailure(failure -> LOG.errorf("cannot commit sightings: %s", failure));
            }
        });
    }

    /** What is still waiting is committed before the process ends. */
    void stop(@Observes @Priority(LAST) ShutdownEvent event) {
        commit();
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

    private synchronized Void commit() {
        List<Sighting> batch = new ArrayList<>();
        waiting.drainTo(batch);
        if (!batch.isEmpty()) {
            committed.fire(new Committed(ledger.fold(batch)));
        }
        return null;
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

    /** Sightings that found no room, as commits were too slow. */
    public long lost() {
        return lost.sum();
    }
}
