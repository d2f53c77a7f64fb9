package org.decoymx.primary;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.decoymx.sighting.ProtectionMessage;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Probes each primary MX at startup and at every interval. Runs on one event loop. */
@ApplicationScoped
public class PrimaryProber {
    private static final Logger LOG = Logger.getLogger(PrimaryProber.class);

    private final long intervalMillis;
    private final PrimaryMonitor monitor;
    private final Vertx vertx;
    private final Clock clock;
    private final Set<PrimaryHost> inProgress = new HashSet<>();
    private @Nullable SmtpProbe probe;
    private volatile boolean stopped;

    PrimaryProber(PrimaryConfig config, PrimaryMonitor monitor, Vertx vertx, Clock clock) {
        intervalMillis = config.probeInterval().toMillis();
        this.monitor = monitor;
        this.vertx = vertx;
        this.clock = clock;
    }

    /** Starts probing when hosts are configured. */
    void start(@Observes StartupEvent event) {
        if (!monitor.hosts().isEmpty()) {
            vertx.runOnContext(unused -> {
                probe = new SmtpProbe(vertx);
                probeAll();
                vertx.setPeriodic(intervalMillis, timer -> probeAll());
            });
        }
    }

    /** Ignores later results, because the primary may be shut down together with the decoy. */
    void stop(@Observes ShutdownEvent event) {
        stopped = true;
    }

    private void probeAll() {
        monitor.hosts().stream()
                .map(PrimaryMonitor.HostStatus::host)
                .filter(inProgress::add)
                .forEach(this::probe);
    }

    private void probe(PrimaryHost host) {
        Instant begun = clock.instant();
        SmtpProbe smtpProbe = probe;
        if (smtpProbe == null || stopped) {
            return;
        }
        smtpProbe.probe(host).onComplete(done -> {
            inProgress.remove(host);
            if (!stopped) {
                recordResult(host, begun, done.result());
            }
        });
    }

    private void recordResult(PrimaryHost host, Instant begun, Optional<String> error) {
        if (error.isPresent()) {
            monitor.markDown(host, clock.instant(), error.get()).ifPresent(since -> onDown(host, since, error.get()));
        } else if (monitor.markUp(host, begun, clock.instant())) {
            LOG.infof(
                    "Primary MX %s is up%s",
                    host,
                    monitor.outages()
                            .scoringResumesAt(clock.instant())
                            .map(at -> "; scoring is paused until " + at.truncatedTo(ChronoUnit.SECONDS))
                            .orElse(""));
        }
    }

    /** Reports the outage, so that senders listed since the last successful probe are delisted. */
    private void onDown(PrimaryHost host, Instant since, String error) {
        LOG.warnf(
                "Primary MX %s is down: %s; scoring is paused from %s on",
                host, error, since.truncatedTo(ChronoUnit.SECONDS));
        vertx.eventBus().publish(ProtectionMessage.EVENT_BUS_ADDRESS, new ProtectionMessage.OutageBegan(since));
    }
}
