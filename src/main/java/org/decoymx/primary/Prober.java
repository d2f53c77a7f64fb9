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
public class Prober {
    private static final Logger LOG = Logger.getLogger(Prober.class);

    private final long intervalMillis;
    private final Outage outage;
    private final Collector collector;
    private final Vertx vertx;
    private final Clock clock;
    private final Set<Host> looking = new HashSet<>();
    private @Nullable Probe probe;
    private volatile boolean over;

    Prober(PrimaryConfig config, Outage outage, Collector collector, Vertx vertx, Clock clock) {
        intervalMillis = config.probeInterval().toMillis();
        this.outage = outage;
        this.collector = collector;
        this.vertx = vertx;
        this.clock = clock;
    }

    /** Begins, if there is anybody to look at. */
    void start(@Observes StartupEvent event) {
        if (!outage.hosts().isEmpty()) {
            vertx.runOnContext(go -> {
                probe = new Probe(vertx);
                lookAtAll();
                vertx.setPeriodic(intervalMillis, timer -> lookAtAll());
            });
        }
    }

    /** What is heard from now on is not noted, as whoever ends the decoy may end the primary too. */
    void stop(@Observes ShutdownEvent event) {
        over = true;
    }

    private void lookAtAll() {
        outage.hosts().stream().map(Outage.Watched::host).filter(looking::add).forEach(this::look);
    }

    private void look(Host host) {
        Instant begun = clock.instant();
        Probe with = probe;
        if (with == null || over) {
            return;
        }
        with.look(host).onComplete(done -> {
            looking.remove(host);
            if (!over) {
                note(host, begun, done.result());
            }
        });
    }

    private void note(Host host, Instant begun, Optional<String> wrong) {
        if (wrong.isPresent()) {
            outage.bad(host, clock.instant(), wrong.get()).ifPresent(since -> begins(host, since, wrong.get()));
        } else if (outage.good(host, begun, clock.instant())) {
            LOG.infof(
                    "primary MX %s is up%s",
                    host,
                    outage.countsAgain(clock.instant())
                            .map(at -> "; nothing counts until " + at.truncatedTo(ChronoUnit.SECONDS))
                            .orElse(""));
        }
    }

    /** Whoever was listed since the last good look may have come because the primary was down already. */
    private void begins(Host host, Instant since, String why) {
        LOG.warnf(
                "primary MX %s is down: %s; nothing counts from %s on",
                host, why, since.truncatedTo(ChronoUnit.SECONDS));
        long second = since.getEpochSecond();
        collector.pardon(sender -> sender.latest().listedSince() >= second);
    }
}
