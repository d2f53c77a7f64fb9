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
import org.decoymx.ledger.Collector;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Looks at each primary MX at the start and every 30 s. All of it on one event loop. */
@ApplicationScoped
public class PrimaryProber {
    private static final Logger LOG = Logger.getLogger(PrimaryProber.class);

    private final long intervalMillis;
    private final PrimaryMonitor monitor;
    private final Collector collector;
    private final Vertx vertx;
    private final Clock clock;
    private final Set<PrimaryHost> inProgress = new HashSet<>();
    private @Nullable SmtpProbe probe;
    private volatile boolean stopped;

    PrimaryProber(PrimaryConfig config, PrimaryMonitor outage, Collector collector, Vertx vertx, Clock clock) {
        intervalMillis = config.probeInterval().toMillis();
        this.monitor = outage;
        this.collector = collector;
        this.vertx = vertx;
        this.clock = clock;
    }

    /** Begins, if there is anybody to look at. */
    void start(@Observes StartupEvent event) {
        if (!monitor.hosts().isEmpty()) {
            vertx.runOnContext(go -> {
                probe = new SmtpProbe(vertx);
                probeAll();
                vertx.setPeriodic(intervalMillis, timer -> probeAll());
            });
        }
    }

    /** What is heard from now on is not noted, as whoever ends the decoy may end the primary too. */
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
        SmtpProbe with = probe;
        if (with == null || stopped) {
            return;
        }
        with.probe(host).onComplete(done -> {
            inProgress.remove(host);
            if (!stopped) {
                recordResult(host, begun, done.result());
            }
        });
    }

    private void recordResult(PrimaryHost host, Instant begun, Optional<String> wrong) {
        if (wrong.isPresent()) {
            monitor.markDown(host, clock.instant(), wrong.get()).ifPresent(since -> onDown(host, since, wrong.get()));
        } else if (monitor.markUp(host, begun, clock.instant())) {
            LOG.infof(
                    "primary MX %s is up%s",
                    host,
                    monitor.scoringResumesAt(clock.instant())
                            .map(at -> "; nothing counts until " + at.truncatedTo(ChronoUnit.SECONDS))
                            .orElse(""));
        }
    }

    /** Whoever was listed since the last good look may have come because the primary was down already. */
    private void onDown(PrimaryHost host, Instant since, String why) {
        LOG.warnf(
                "primary MX %s is down: %s; nothing counts from %s on",
                host, why, since.truncatedTo(ChronoUnit.SECONDS));
        long second = since.getEpochSecond();
        collector.delist(sender -> sender.latestScore().listedSince() >= second);
    }
}
