package org.decoymx.exemption;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.decoymx.dns.DnsClient;
import org.decoymx.dns.NameServers;
import org.decoymx.support.PeriodicJobs;
import org.decoymx.support.StartOrder;
import org.decoymx.support.SteadyClock;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Resolves the SPF records that are due, on a worker thread, after all other beans have started. */
@Singleton
final class SpfRefreshScheduler {
    private static final Logger LOG = Logger.getLogger(SpfRefreshScheduler.class);
    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(5);
    private static final Duration ERROR_RETRY_DELAY = Duration.ofMinutes(15);
    private static final Duration DNS_TRY_TIMEOUT = Duration.ofSeconds(2);

    private final SpfExemptions domains;
    private final NameServers servers;
    private final PeriodicJobs jobs;
    private final Vertx vertx;
    private final Clock durations;
    private volatile Instant nextRefreshAt = Instant.MIN;
    private @Nullable Thread refreshing;

    SpfRefreshScheduler(SpfExemptions domains, NameServers servers, PeriodicJobs jobs, Vertx vertx, SteadyClock clock) {
        this.domains = domains;
        this.servers = servers;
        this.jobs = jobs;
        this.vertx = vertx;
        durations = clock.durations();
    }

    void restore(@Observes @Priority(StartOrder.PROTECTIONS) StartupEvent event) {
        domains.restore();
    }

    void start(@Observes @Priority(StartOrder.AFTER_ALL_PORTS) StartupEvent event) {
        if (!domains.isEmpty()) {
            jobs.schedule("SPF records", CHECK_INTERVAL, this::refreshIfDue);
        }
    }

    private void refreshIfDue() {
        if (durations.instant().isBefore(nextRefreshAt)) {
            return;
        }
        setRefreshing(Thread.currentThread());
        try {
            Duration delay = domains.refresh(new DnsClient(vertx, servers, DNS_TRY_TIMEOUT));
            nextRefreshAt = durations.instant().plus(delay);
        } catch (RuntimeException e) {
            LOG.errorf(e, "SPF records could not be resolved");
            nextRefreshAt = durations.instant().plus(ERROR_RETRY_DELAY);
        } finally {
            setRefreshing(null);
        }
    }

    private synchronized void setRefreshing(@Nullable Thread thread) {
        refreshing = thread;
    }

    /** Ends a wait for name servers, because the event loops do not answer any more. */
    synchronized void stop(@Observes ShutdownEvent event) {
        if (refreshing != null) {
            refreshing.interrupt();
        }
    }
}
