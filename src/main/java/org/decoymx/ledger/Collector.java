package org.decoymx.ledger;

import io.quarkus.arc.All;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.vertx.LocalEventBusCodec;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBus;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.DeliveryAttempts;
import org.decoymx.policy.ManualDecision;
import org.decoymx.policy.Policy;
import org.decoymx.policy.PrimaryVisits;
import org.decoymx.policy.Sender;
import org.decoymx.policy.SkipReason;
import org.decoymx.policy.TrustIndex;
import org.decoymx.sighting.ProtectionMessage;
import org.decoymx.sighting.ProtectionMessage.ExemptionsChanged;
import org.decoymx.sighting.ProtectionMessage.OutageBegan;
import org.decoymx.sighting.ProtectionMessage.PrimaryVerified;
import org.decoymx.sighting.ProtectionMessage.PrimaryVisit;
import org.decoymx.sighting.ProtectionMessage.SendersExempted;
import org.decoymx.sighting.Sighting;
import org.decoymx.sighting.SightingPreprocessor;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.store.StorageException;
import org.decoymx.support.StartOrder;
import org.decoymx.support.SteadyClock;
import org.jboss.logging.Logger;

/** Passes sightings from the event bus to the {@link LedgerWriter}, and fires an event for each commit. */
@ApplicationScoped
public class Collector {
    private static final Logger LOG = Logger.getLogger(Collector.class);
    private static final long DRAIN_TIMEOUT_SECONDS = 5;

    private final LedgerWriter writer;
    private final WaitingSenders waitingSenders;
    private final List<SightingPreprocessor> preprocessors;
    private final VisitRecorder visits;
    private final TrustIndex trust;
    private final Vertx vertx;
    private final Context busContext;
    private final Map<Trait, LongAdder> traitCounters = new EnumMap<>(Trait.class);
    private final LongAdder received = new LongAdder();

    Collector(
            SenderLedger ledger,
            SenderRetention retention,
            Policy policy,
            @All List<SightingPreprocessor> preprocessors,
            PrimaryVisits primaryVisits,
            DeliveryAttempts attempts,
            Vertx vertx,
            SteadyClock clock,
            Event<SendersCommitted> committed) {
        this.preprocessors = List.copyOf(preprocessors);
        trust = policy.trust();
        waitingSenders = new WaitingSenders(policy);
        writer = new LedgerWriter(ledger, retention, clock, senders -> {
            // before they are evaluated: who is verified in between is announced again
            waitingSenders.update(senders, clock.instant());
            committed.fire(new SendersCommitted(senders));
        });
        visits = new VisitRecorder(
                writer,
                primaryVisits,
                attempts,
                trust,
                origin -> ledger.find(origin)
                        .flatMap(sender -> Optional.ofNullable(policy.findListing(sender, clock.instant()))),
                clock);
        this.vertx = vertx;
        busContext = vertx.getOrCreateContext();
        for (Trait trait : Trait.values()) {
            traitCounters.put(trait, new LongAdder());
        }
    }

    /** Registers the consumers before anything is published. The codecs do not copy messages. */
    void listen(@Observes @Priority(StartOrder.RECEIVERS) StartupEvent event) {
        EventBus bus = vertx.eventBus();
        registerCodec(Sighting.class);
        registerCodec(PrimaryVisit.class);
        registerCodec(OutageBegan.class);
        registerCodec(PrimaryVerified.class);
        registerCodec(ExemptionsChanged.class);
        registerCodec(SendersExempted.class);
        busContext.runOnContext(go -> {
            bus.<Sighting>localConsumer(Sighting.EVENT_BUS_ADDRESS, message -> onSighting(message.body()));
            bus.<ProtectionMessage>localConsumer(
                    ProtectionMessage.EVENT_BUS_ADDRESS, message -> onProtection(message.body()));
        });
    }

    private <T> void registerCodec(Class<T> type) {
        vertx.eventBus().registerDefaultCodec(type, new LocalEventBusCodec<>(type.getName()));
    }

    /** Opens the ledger before the SMTP port opens. */
    void start(@Observes @Priority(StartOrder.LEDGER) StartupEvent event) {
        try {
            writer.start();
        } catch (StorageException e) {
            throw new ConfigurationException("decoy.ledger.dir: " + e.getMessage());
        }
    }

    /** Commits the sightings that are still on the event bus or in the queue. */
    void stop(@Observes @Priority(StartOrder.STOP_LEDGER) ShutdownEvent event) {
        CountDownLatch delivered = new CountDownLatch(1);
        busContext.runOnContext(go -> delivered.countDown());
        try {
            if (!delivered.await(DRAIN_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                LOG.warnf(
                        "Some sightings were still on the event bus %d s after the shutdown began",
                        DRAIN_TIMEOUT_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        writer.stop();
    }

    /** Quarkus fires no ShutdownEvent after a failed start; without this the writer thread would keep running. */
    @PreDestroy
    void closeAfterFailedStart() {
        writer.stop();
    }

    private void onSighting(Sighting sighting) {
        prepare(sighting, 0);
    }

    /** Each preprocessor hands on what the next one gets. */
    private void prepare(Sighting sighting, int step) {
        if (step == preprocessors.size()) {
            recordSighting(sighting);
        } else {
            preprocessors.get(step).prepare(sighting, prepared -> prepare(prepared, step + 1));
        }
    }

    private void onProtection(ProtectionMessage message) {
        if (message instanceof PrimaryVisit visit) {
            visits.recordVisits(List.of(visit));
        } else if (message instanceof OutageBegan outage) {
            writer.takeBackSince(outage.since().getEpochSecond());
        } else if (message instanceof PrimaryVerified) {
            announceVerified();
        } else if (message instanceof SendersExempted exempted) {
            writer.delist(sender -> exempted.origins().contains(sender.origin()), SkipReason.EXEMPT);
        } else if (message instanceof ExemptionsChanged) {
            writer.reevaluateListed();
        }
    }

    /** Has the senders evaluated again whose listing waited for a probe of the primary MX. */
    private void announceVerified() {
        if (waitingSenders.hasForgotten()) {
            writer.reevaluateListed();
        }
        writer.announce(waitingSenders.take());
    }

    private void recordSighting(Sighting sighting) {
        if (sighting.outcome() != Sighting.Outcome.OPEN) {
            sighting.traits().forEach(trait -> adder(trait).increment());
        }
        if (writer.enqueue(sighting)) {
            received.increment();
        }
    }

    /** The writer of the ledger. */
    LedgerWriter writer() {
        return writer;
    }

    /**
     * Puts a sender into a tier by hand, or forgets it. The feeds have it within 2 seconds.
     *
     * @return whether it is on disk; if not, it will be as soon as the file can be written. Fails with
     *     {@link StorageException} if nothing has changed
     */
    public CompletableFuture<Boolean> decide(IpPrefix origin, ManualDecision decision) {
        return writer.decide(origin, decision);
    }

    /** Calls a fast consumer for each sender; it delays commits. Fails while the decoy is shutting down. */
    public CompletableFuture<Void> forEachSender(Consumer<Sender> each) {
        return writer.forEachSender(each);
    }

    /** Records what the primary MX hosts report. */
    public VisitRecorder visits() {
        return visits;
    }

    private LongAdder adder(Trait trait) {
        return Objects.requireNonNull(traitCounters.get(trait));
    }

    /** Number of sessions that had a trait when they ended. */
    public long sessionsWith(Trait trait) {
        return adder(trait).sum();
    }

    /** Number of sightings accepted since the start. */
    public long receivedCount() {
        return received.sum();
    }

    /** Number of queued sightings. */
    public int backlog() {
        return writer.backlog();
    }

    /** When the writer thread, which runs every 200 ms, last ran without an error, by {@link SteadyClock#durations}. */
    public Instant lastRunAt() {
        return writer.lastRunAt();
    }

    /** Number of sightings that were dropped because commits were too slow or failed. */
    public long lostCount() {
        return writer.lostCount();
    }
}
