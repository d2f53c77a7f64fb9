package org.decoymx.smtp.server;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.tls.CertificateUpdatedEvent;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServerOptions;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.decoymx.net.Admission;
import org.decoymx.net.Hosts;
import org.decoymx.net.OpenFiles;
import org.decoymx.sighting.Sighting;
import org.jboss.logging.Logger;

/** Opens the SMTP port when the application starts, and closes it politely when it stops. */
@ApplicationScoped
public class Listener {
    private static final Logger LOG = Logger.getLogger(Listener.class);

    private static final long PATIENCE_SECONDS = 8;
    private static final int FIRST = 1_000;
    private static final int LAST = 4_000;

    private final WireConfig.Smtp config;
    private final Wiring wiring;
    private final Admission admission;
    private final Traffic traffic;
    private final Vertx vertx;
    private final Clock clock;
    private final List<SmtpVerticle> verticles = new CopyOnWriteArrayList<>();
    private volatile boolean open;

    Listener(WireConfig config, Wiring wiring, Admission admission, Traffic traffic, Vertx vertx, Clock clock) {
        this.config = config.smtp();
        this.wiring = wiring;
        this.admission = admission;
        this.traffic = traffic;
        this.vertx = vertx;
        this.clock = clock;
    }

    @Produces
    @Singleton
    static Admission admission(WireConfig config) {
        int wanted = config.smtp().maxConnections();
        int possible = Math.min(wanted, OpenFiles.forSmtp());
        if (possible < wanted) {
            LOG.warnf(
                    "decoy.smtp.max-connections is %d, but the process may open only %d files (ulimit -n):"
                            + " %d connections are taken",
                    wanted, OpenFiles.most(), possible);
        }
        return new Admission(possible, config.smtp().maxConnectionsPerClient());
    }

    @Produces
    @Singleton
    static Traffic traffic(Admission admission) {
        return new Traffic(admission);
    }

    /** When all else is ready: a start that then fails has greeted nobody. */
    void start(@Observes @Priority(LAST) StartupEvent event) {
        Port port = new Port(
                wiring.settings(),
                wiring.delays(),
                wiring.trusted(),
                admission,
                traffic,
                sighting -> vertx.eventBus().publish(Sighting.ADDRESS, sighting),
                new AtomicLong(),
                clock);
        var binds = wiring.binds();
        for (int core = 0; core < Runtime.getRuntime().availableProcessors(); core++) {
            verticles.add(new SmtpVerticle(port, binds));
        }
        try {
            Hosts.checkFree(binds.stream().map(NetServerOptions::getHost).toList(), config.port());
            var all = verticles.stream()
                    .map(verticle -> vertx.deployVerticle(verticle))
                    .toList();
            await(Future.all(all));
        } catch (IOException | ExecutionException | TimeoutException e) {
            throw new ConfigurationException("decoy.smtp.host, decoy.smtp.port: cannot listen on " + where() + ": "
                    + (e.getCause() == null ? e : e.getCause()).getMessage()
                    + "; set an address of this machine and a port that is free");
        }
        open = true;
        LOG.infof("SMTP on %s, as %s", where(), port.settings().hostname());
    }

    void stop(@Observes @Priority(FIRST) ShutdownEvent event) {
        open = false;
        try {
            await(Future.join(verticles.stream()
                    .filter(verticle -> verticle.deploymentID() != null)
                    .map(verticle -> vertx.undeploy(verticle.deploymentID()))
                    .toList()));
        } catch (ExecutionException | TimeoutException e) {
            LOG.warnf("SMTP sessions did not end in time: %s", e.getMessage());
        }
    }

    void renew(@Observes CertificateUpdatedEvent event) {
        if (config.tls().filter(event.name()::equals).isPresent()) {
            var options = event.tlsConfiguration().getSSLOptions();
            verticles.forEach(verticle -> verticle.renew(options));
        }
    }

    /** Whether the SMTP port is bound. */
    public boolean isOpen() {
        return open;
    }

    /** The address and port that the decoy listens on, for people: {@code 0.0.0.0, :: port 2525}. */
    public String where() {
        return String.join(", ", config.host()) + " port " + config.port();
    }

    private static void await(Future<?> future) throws ExecutionException, TimeoutException {
        try {
            future.toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExecutionException("interrupted", e);
        }
    }
}
