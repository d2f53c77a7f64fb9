package org.decoymx.exemption;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.decoymx.dns.DnsClient;
import org.decoymx.dns.NameServers;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Runs the thread that resolves SPF records, after all other beans have started. */
@Singleton
final class SpfRefreshScheduler {
    private static final Logger LOG = Logger.getLogger(SpfRefreshScheduler.class);
    private static final int BEFORE_LEDGER_START = 500;
    private static final int AFTER_ALL_STARTED = 5_000;
    private static final Duration INITIAL_DELAY = Duration.ofMillis(500);
    private static final Duration ERROR_RETRY_DELAY = Duration.ofMinutes(15);
    private static final Duration DNS_TRY_TIMEOUT = Duration.ofSeconds(2);

    private final SpfExemptions domains;
    private final NameServers servers;
    private final Vertx vertx;
    private @Nullable ScheduledExecutorService scheduler;

    SpfRefreshScheduler(SpfExemptions domains, NameServers servers, Vertx vertx) {
        this.domains = domains;
        this.servers = servers;
        this.vertx = vertx;
    }

    void restore(@Observes @Priority(BEFORE_LEDGER_START) StartupEvent event) {
        domains.restore();
    }

    void start(@Observes @Priority(AFTER_ALL_STARTED) StartupEvent event) {
        if (!domains.isEmpty()) {
            ScheduledExecutorService executor =
                    Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "spf"));
            scheduler = executor;
            schedule(executor, INITIAL_DELAY);
        }
    }

    private void schedule(ScheduledExecutorService executor, Duration delay) {
        if (!executor.isShutdown()) {
            var unused = executor.schedule(
                    () -> schedule(executor, refresh()), Math.max(1, delay.toMillis()), TimeUnit.MILLISECONDS);
        }
    }

    private Duration refresh() {
        try {
            return domains.refresh(new DnsClient(vertx, servers, DNS_TRY_TIMEOUT));
        } catch (RuntimeException e) {
            LOG.errorf(e, "SPF records could not be resolved");
            return ERROR_RETRY_DELAY;
        }
    }

    void stop(@Observes ShutdownEvent event) {
        if (scheduler != null) {
            scheduler.shutdownNow();
        }
    }
}
