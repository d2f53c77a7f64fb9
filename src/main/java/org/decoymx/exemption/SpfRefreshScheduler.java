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
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The thread that finds the networks of SPF records, once all else has started. */
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
            ScheduledExecutorService made = Executors.newSingleThreadScheduledExecutor(work -> new Thread(work, "spf"));
            scheduler = made;
            schedule(made, INITIAL_DELAY);
        }
    }

    private void schedule(ScheduledExecutorService on, Duration delay) {
        if (!on.isShutdown()) {
            var unused =
                    on.schedule(() -> schedule(on, refresh()), Math.max(1, delay.toMillis()), TimeUnit.MILLISECONDS);
        }
    }

    private Duration refresh() {
        try (NettyDnsResolver dns = new NettyDnsResolver(vertx, servers, DNS_TRY_TIMEOUT)) {
            return domains.refresh(dns);
        } catch (RuntimeException e) {
            LOG.errorf(e, "the networks of SPF records could not be looked for");
            return ERROR_RETRY_DELAY;
        }
    }

    void stop(@Observes ShutdownEvent event) {
        if (scheduler != null) {
            scheduler.shutdownNow();
        }
    }
}
