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
final class SpfRefresh {
    private static final Logger LOG = Logger.getLogger(SpfRefresh.class);
    private static final int BEFORE_THE_LEDGER = 500;
    private static final int WHEN_ALL_IS_STARTED = 5_000;
    private static final Duration AFTER_THE_START = Duration.ofMillis(500);
    private static final Duration SETBACK = Duration.ofMinutes(15);
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final SpfDomains domains;
    private final NameServers servers;
    private final Vertx vertx;
    private @Nullable ScheduledExecutorService thread;

    SpfRefresh(SpfDomains domains, NameServers servers, Vertx vertx) {
        this.domains = domains;
        this.servers = servers;
        this.vertx = vertx;
    }

    void restore(@Observes @Priority(BEFORE_THE_LEDGER) StartupEvent event) {
        domains.restore();
    }

    void begin(@Observes @Priority(WHEN_ALL_IS_STARTED) StartupEvent event) {
        if (!domains.isEmpty()) {
            ScheduledExecutorService made = Executors.newSingleThreadScheduledExecutor(work -> new Thread(work, "spf"));
            thread = made;
            schedule(made, AFTER_THE_START);
        }
    }

    private void schedule(ScheduledExecutorService on, Duration delay) {
        if (!on.isShutdown()) {
            var unused =
                    on.schedule(() -> schedule(on, refresh()), Math.max(1, delay.toMillis()), TimeUnit.MILLISECONDS);
        }
    }

    private Duration refresh() {
        try (Dns dns = new Dns(vertx, servers, PATIENCE)) {
            return domains.refresh(dns);
        } catch (RuntimeException e) {
            LOG.errorf(e, "the networks of SPF records could not be looked for");
            return SETBACK;
        }
    }

    void stop(@Observes ShutdownEvent event) {
        if (thread != null) {
            thread.shutdownNow();
        }
    }
}
