package org.decoymx.exchange;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.tls.TlsConfigurationRegistry;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.decoymx.exemption.RuntimeExemptions;
import org.decoymx.ledger.Collector;
import org.decoymx.ledger.LedgerConfig;
import org.decoymx.ledger.Node;
import org.decoymx.ledger.SharedLedger;
import org.decoymx.sighting.EnvelopeHasher;
import org.decoymx.support.PeriodicJobs;
import org.decoymx.support.StartOrder;
import org.decoymx.support.SteadyClock;
import org.jspecify.annotations.Nullable;

/** Shares the ledger with other nodes through Kafka, if {@code decoy.exchange.servers} is set. */
@Singleton
public final class ExchangeService {
    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(1);
    private static final String START_JOB = "start of the exchange";

    private final ExchangeConfig config;
    private final LedgerConfig ledgerConfig;
    private final SharedLedger ledger;
    private final Collector collector;
    private final RuntimeExemptions exemptions;
    private final EnvelopeHasher hasher;
    private final TlsConfigurationRegistry tls;
    private final PeriodicJobs jobs;
    private final SteadyClock clock;
    private volatile @Nullable KafkaExchange exchange;
    private boolean stopped;

    ExchangeService(
            ExchangeConfig config,
            LedgerConfig ledgerConfig,
            SharedLedger ledger,
            Collector collector,
            RuntimeExemptions exemptions,
            EnvelopeHasher hasher,
            TlsConfigurationRegistry tls,
            PeriodicJobs jobs,
            SteadyClock clock) {
        this.config = config;
        this.ledgerConfig = ledgerConfig;
        this.ledger = ledger;
        this.collector = collector;
        this.exemptions = exemptions;
        this.hasher = hasher;
        this.tls = tls;
        this.jobs = jobs;
        this.clock = clock;
    }

    /** From the first report on, also of a decoy that is cut off, others may hear what this one does not. */
    void startSharing(@Observes @Priority(StartOrder.PROTECTIONS) StartupEvent event) {
        if (config.servers().isPresent()) {
            collector.visits().startSharing();
        }
    }

    /** Does not wait for a broker, nor for a ledger that cannot be read yet: only that tells the name of this node. */
    void start(@Observes @Priority(StartOrder.AFTER_ALL_PORTS) StartupEvent event) {
        if (config.servers().isEmpty()) {
            return;
        }
        if (ledger.isLoaded()) {
            startExchange();
        } else {
            jobs.schedule(START_JOB, CHECK_INTERVAL, this::startWhenLoaded);
        }
    }

    private void startWhenLoaded() {
        if (ledger.isLoaded()) {
            jobs.cancel(START_JOB);
            startExchange();
        }
    }

    /** Only this loads classes of Kafka. */
    private synchronized void startExchange() {
        if (stopped) {
            return;
        }
        KafkaExchange started = new KafkaExchange(
                config,
                ledgerConfig.ledger().retention(),
                ledger,
                collector.visits(),
                exemptions,
                () -> hasher.key().id(),
                tls,
                clock);
        exchange = started;
        started.start();
    }

    void stop(@Observes @Priority(StartOrder.STOP_BEFORE_LEDGER) ShutdownEvent event) {
        KafkaExchange started;
        synchronized (this) {
            stopped = true;
            started = exchange;
        }
        if (started != null) {
            started.stop();
        }
    }

    /**
     * Has all nodes of the own prefix drop what a node wrote; other ones keep what is theirs.
     *
     * @return completes when the brokers have it, or at once if nothing is shared; fails if they do not answer
     */
    public CompletableFuture<Void> drop(Node node) {
        KafkaExchange started = exchange;
        return started == null || node.name().contains("@")
                ? CompletableFuture.completedFuture(null)
                : started.drop(node.name());
    }

    /** The nodes that have states here; if states are shared, also this one and those that were seen at the brokers. */
    public List<NodeStatus> nodes() {
        KafkaExchange started = exchange;
        return started == null
                ? NodeStatus.all(ledger, Map.of(), "", clock.instant()).stream()
                        .filter(node -> node.states() > 0)
                        .toList()
                : started.nodes();
    }

    /** How the sharing goes; empty if it is switched off. Does not wait for anything. */
    public Optional<ExchangeStatus> status() {
        return Optional.ofNullable(exchange).map(KafkaExchange::status);
    }
}
