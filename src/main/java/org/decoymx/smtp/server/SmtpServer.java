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
import org.decoymx.net.ConnectionLimiter;
import org.decoymx.net.ListenAddresses;
import org.decoymx.net.OpenFileLimit;
import org.decoymx.sighting.Sighting;
import org.jboss.logging.Logger;

/** Opens the SMTP port when the application starts. When it stops, closes all sessions with 421. */
@ApplicationScoped
public class SmtpServer {
    private static final Logger LOG = Logger.getLogger(SmtpServer.class);

    private static final long START_STOP_TIMEOUT_SECONDS = 8;
    private static final int STOP_PRIORITY = 1_000;
    private static final int START_PRIORITY = 4_000;

    private final SmtpServerConfig.Smtp config;
    private final SmtpServerProducer serverProducer;
    private final ConnectionLimiter connectionLimiter;
    private final SmtpMetrics metrics;
    private final Vertx vertx;
    private final Clock clock;
    private final List<SmtpVerticle> verticles = new CopyOnWriteArrayList<>();
    private volatile boolean listening;

    SmtpServer(
            SmtpServerConfig config,
            SmtpServerProducer serverProducer,
            ConnectionLimiter connectionLimiter,
            SmtpMetrics metrics,
            Vertx vertx,
            Clock clock) {
        this.config = config.smtp();
        this.serverProducer = serverProducer;
        this.connectionLimiter = connectionLimiter;
        this.metrics = metrics;
        this.vertx = vertx;
        this.clock = clock;
    }

    @Produces
    @Singleton
    static ConnectionLimiter connectionLimiter(SmtpServerConfig config) {
        int configured = config.smtp().maxConnections();
        int limit = Math.min(configured, OpenFileLimit.maxSmtpConnections());
        if (limit < configured) {
            LOG.warnf(
                    "decoy.smtp.max-connections: %d is more than the open file limit of %d (ulimit -n) allows;"
                            + " the limit is now %d connections",
                    configured, OpenFileLimit.maxOpenFiles(), limit);
        }
        return new ConnectionLimiter(limit, config.smtp().maxConnectionsPerClient());
    }

    @Produces
    @Singleton
    static SmtpMetrics smtpMetrics(ConnectionLimiter connectionLimiter) {
        return new SmtpMetrics(connectionLimiter);
    }

    /** Starts after all other beans, so that no client is greeted if the start of another bean fails. */
    void start(@Observes @Priority(START_PRIORITY) StartupEvent event) {
        SmtpServerContext serverContext = new SmtpServerContext(
                serverProducer.conversationSettings(),
                serverProducer.sessionTimeouts(),
                serverProducer.trustedProxies(),
                connectionLimiter,
                metrics,
                sighting -> vertx.eventBus().publish(Sighting.EVENT_BUS_ADDRESS, sighting),
                new AtomicLong(),
                clock);
        var listenOptions = serverProducer.listenOptions();
        for (int core = 0; core < Runtime.getRuntime().availableProcessors(); core++) {
            verticles.add(new SmtpVerticle(serverContext, listenOptions));
        }
        try {
            ListenAddresses.checkPortIsFree(
                    listenOptions.stream().map(NetServerOptions::getHost).toList(), config.port());
            var deployments = verticles.stream()
                    .map(verticle -> vertx.deployVerticle(verticle))
                    .toList();
            await(Future.all(deployments));
        } catch (IOException | ExecutionException | TimeoutException e) {
            throw new ConfigurationException(
                    "decoy.smtp.host, decoy.smtp.port: cannot listen on " + describeListenAddresses() + ": "
                            + (e.getCause() == null ? e : e.getCause()).getMessage()
                            + "; set an address of this machine and a free port");
        }
        listening = true;
        LOG.infof(
                "SMTP on %s, host name %s",
                describeListenAddresses(), serverContext.settings().hostname());
    }

    void stop(@Observes @Priority(STOP_PRIORITY) ShutdownEvent event) {
        listening = false;
        try {
            await(Future.join(verticles.stream()
                    .filter(verticle -> verticle.deploymentID() != null)
                    .map(verticle -> vertx.undeploy(verticle.deploymentID()))
                    .toList()));
        } catch (ExecutionException | TimeoutException e) {
            LOG.warnf("SMTP sessions did not end in time: %s", e.getMessage());
        }
    }

    void updateCertificate(@Observes CertificateUpdatedEvent event) {
        if (config.tls().filter(event.name()::equals).isPresent()) {
            var options = event.tlsConfiguration().getSSLOptions();
            verticles.forEach(verticle -> verticle.updateCertificate(options));
        }
    }

    /** Whether the SMTP port is bound. */
    public boolean isListening() {
        return listening;
    }

    /** The addresses and the port for messages and logs: {@code 0.0.0.0, :: port 2525}. */
    public String describeListenAddresses() {
        return String.join(", ", config.host()) + " port " + config.port();
    }

    private static void await(Future<?> future) throws ExecutionException, TimeoutException {
        try {
            future.toCompletionStage().toCompletableFuture().get(START_STOP_TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExecutionException("interrupted", e);
        }
    }
}
