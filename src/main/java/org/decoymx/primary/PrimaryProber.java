package org.decoymx.primary;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.IDN;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.decoymx.policy.PolicyConfig;
import org.decoymx.sighting.ProtectionMessage;
import org.decoymx.support.PeriodicJobs;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Probes each monitored primary MX from the startup on at every interval. */
@ApplicationScoped
public class PrimaryProber {
    private static final Logger LOG = Logger.getLogger(PrimaryProber.class);

    private final Duration interval;
    private final PrimaryMonitor monitor;
    private final PeriodicJobs jobs;
    private final Vertx vertx;
    private final Clock clock;
    private final SmtpProbe probe;
    private Set<PrimaryHost> probed = Set.of();
    private volatile boolean stopped;

    PrimaryProber(
            PrimaryConfig config,
            PolicyConfig policyConfig,
            @ConfigProperty(name = "decoy.hostname") Optional<String> hostname,
            PrimaryMonitor monitor,
            PeriodicJobs jobs,
            Vertx vertx,
            Clock clock) {
        interval = config.probeInterval();
        this.monitor = monitor;
        this.jobs = jobs;
        this.vertx = vertx;
        this.clock = clock;
        probe = new SmtpProbe(
                vertx, settings(config.probe(), policyConfig.domains().orElse(List.of()), hostname));
    }

    /** In trial mode no domain is known to be the host's own. */
    static SmtpProbe.ProbeSettings settings(ProbeDepth depth, List<String> domains, Optional<String> hostname) {
        String domain = domains.stream().findFirst().map(String::strip).orElse("");
        return new SmtpProbe.ProbeSettings(
                domain.isEmpty() ? ProbeDepth.GREETING : depth,
                hostname,
                "postmaster@" + IDN.toASCII(domain.startsWith(".") ? domain.substring(1) : domain));
    }

    void start(@Observes StartupEvent event) {
        followHosts();
    }

    void onHostsChanged(@Observes PrimaryHostsChanged event) {
        followHosts();
    }

    /** Each host has its own job, so that one that does not answer does not delay the probes of the others. */
    private synchronized void followHosts() {
        Set<PrimaryHost> monitored = monitor.monitoredHosts();
        for (PrimaryHost host : probed) {
            if (!monitored.contains(host)) {
                jobs.cancel(jobName(host));
            }
        }
        for (PrimaryHost host : monitored) {
            if (!probed.contains(host)) {
                jobs.scheduleAsync(jobName(host), interval, () -> probe(host));
            }
        }
        probed = monitored;
    }

    private static String jobName(PrimaryHost host) {
        return "probe of " + host;
    }

    /** Ignores later results, because the primary may be shut down together with the decoy. */
    void stop(@Observes ShutdownEvent event) {
        stopped = true;
    }

    private Future<Void> probe(PrimaryHost host) {
        Instant begun = clock.instant();
        return probe.probe(host).map(error -> {
            if (!stopped) {
                recordResult(host, begun, error);
            }
            return null;
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
