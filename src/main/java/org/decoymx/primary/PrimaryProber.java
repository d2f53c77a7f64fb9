package org.decoymx.primary;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.IDN;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.decoymx.policy.PolicyConfig;
import org.decoymx.policy.WaitingListings;
import org.decoymx.sighting.ProtectionMessage;
import org.decoymx.support.PeriodicJobs;
import org.decoymx.support.SteadyClock;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Probes each monitored primary MX from the startup on at every interval, and in between when a first listing waits for
 * it.
 */
@ApplicationScoped
public class PrimaryProber {
    private static final Logger LOG = Logger.getLogger(PrimaryProber.class);

    private static final Duration MIN_DEMAND_INTERVAL = Duration.ofSeconds(2);
    private static final long DEMAND_CHECK_MILLIS = 200;
    private static final int PATIENT_INTERVALS = 2;

    /** A probe takes a while too, with postscreen at least 6 s. */
    private static final Duration MIN_PATIENCE = Duration.ofMinutes(1);

    private final Duration interval;
    private final Duration patience;
    private final PrimaryMonitor monitor;
    private final PeriodicJobs jobs;
    private final Vertx vertx;
    private final SteadyClock clock;
    private final SmtpProbe probe;
    private final Set<PrimaryHost> running = ConcurrentHashMap.newKeySet();
    private Set<PrimaryHost> probed = Set.of();
    private volatile Instant lastDemandAt = Instant.EPOCH;
    private volatile boolean stopped;

    PrimaryProber(
            PrimaryConfig config,
            PolicyConfig policyConfig,
            @ConfigProperty(name = "decoy.hostname") Optional<String> hostname,
            PrimaryMonitor monitor,
            HostAddresses resolver,
            OpenProbes openProbes,
            PeriodicJobs jobs,
            Vertx vertx,
            SteadyClock clock) {
        interval = config.probeInterval();
        Duration intervals = interval.multipliedBy(PATIENT_INTERVALS);
        patience = intervals.compareTo(MIN_PATIENCE) < 0 ? MIN_PATIENCE : intervals;
        this.monitor = monitor;
        this.jobs = jobs;
        this.vertx = vertx;
        this.clock = clock;
        probe = new SmtpProbe(
                vertx,
                settings(config.probe(), policyConfig.domains().orElse(List.of()), hostname),
                resolver,
                openProbes);
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
        vertx.setPeriodic(DEMAND_CHECK_MILLIS, timer -> probeOnDemand());
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

    /** Not while another probe of the host runs: that one would end later, but know less. */
    private Future<Void> probe(PrimaryHost host) {
        if (stopped || !running.add(host)) {
            return Future.succeededFuture();
        }
        Instant begun = clock.instant();
        return probe.probe(host).onComplete(done -> running.remove(host)).map(result -> {
            if (!stopped) {
                recordResult(host, begun, result);
            }
            return null;
        });
    }

    private void recordResult(PrimaryHost host, Instant begun, ProbeResult result) {
        Instant now = limitedNow();
        switch (result.state()) {
            case UP -> {
                if (monitor.markUp(host, begun, now)) {
                    logUp(host, now);
                }
                publishIfVerified(now);
            }
            case UNKNOWN -> {
                if (monitor.isDeferringTooLong(host, now)) {
                    onDown(host, now, result.error());
                } else if (monitor.markDeferred(host, now, result.error())) {
                    LOG.warnf("Primary MX %s is unknown: %s; nobody is newly listed meanwhile", host, result.error());
                }
            }
            case DOWN -> onDown(host, now, result.error());
        }
    }

    /** The time; if it is trusted, later times of the monitor are corrected: they come from a clock that was ahead. */
    private Instant limitedNow() {
        // before the time is read: a clock that is behind may be set right in between
        boolean trusted = clock.isTrusted();
        Instant now = clock.instant();
        if (trusted) {
            monitor.limitTo(now);
        }
        return now;
    }

    private void logUp(PrimaryHost host, Instant now) {
        LOG.infof(
                "Primary MX %s is up%s",
                host,
                monitor.outages()
                        .scoringResumesAt(now)
                        .map(at -> "; scoring is paused until " + at.truncatedTo(ChronoUnit.SECONDS))
                        .orElse(""));
    }

    private void publishIfVerified(Instant now) {
        if (monitor.verifyListings(now)) {
            publish(new ProtectionMessage.PrimaryVerified());
        }
    }

    /** Reports the outage, so that senders listed since the last successful probe are delisted. */
    private void onDown(PrimaryHost host, Instant now, String error) {
        monitor.markDown(host, now, error).ifPresent(since -> {
            LOG.warnf(
                    "Primary MX %s is down: %s; scoring is paused from %s on",
                    host, error, since.truncatedTo(ChronoUnit.SECONDS));
            publish(new ProtectionMessage.OutageBegan(since));
        });
    }

    /** Probes at once when a listing waits for it; the time until the next probe at the interval would be too long. */
    private void probeOnDemand() {
        WaitingListings waiting = monitor.outages().waitingListings();
        if (stopped) {
            return;
        }
        Instant now = limitedNow();
        publishIfVerified(now);
        OptionalLong dropped = waiting.dropIfWaitingSince(now.minus(patience).getEpochSecond());
        if (dropped.isPresent()) {
            Instant since = Instant.ofEpochSecond(dropped.getAsLong());
            LOG.warnf("No good probe of every primary MX since %s; senders caught since then are not listed", since);
            publish(new ProtectionMessage.OutageBegan(since));
        } else if (waiting.isProbeWanted(now.getEpochSecond()) && isDemandDue() && monitor.areAllUp()) {
            lastDemandAt = clock.durations().instant();
            monitor.monitoredHosts().forEach(this::probe);
        }
    }

    private boolean isDemandDue() {
        Instant now = clock.durations().instant();
        return Duration.between(lastDemandAt, now).abs().compareTo(MIN_DEMAND_INTERVAL) >= 0;
    }

    private void publish(ProtectionMessage message) {
        vertx.eventBus().publish(ProtectionMessage.EVENT_BUS_ADDRESS, message);
    }
}
