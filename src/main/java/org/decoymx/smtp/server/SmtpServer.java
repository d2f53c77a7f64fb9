package org.decoymx.smtp.server;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.tls.CertificateUpdatedEvent;
import io.vertx.core.Vertx;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.NetServerOptions;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.decoymx.net.ConnectionLimiter;
import org.decoymx.net.ListenAddresses;
import org.decoymx.net.OpenFileLimit;
import org.decoymx.net.TcpServer;
import org.decoymx.net.WarmUp;
import org.decoymx.sighting.EnvelopeHasher;
import org.decoymx.sighting.Sighting;
import org.decoymx.support.PeriodicJobs;
import org.decoymx.support.SteadyClock;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Opens the SMTP port when the application starts. When it stops, closes all sessions with 421. */
@ApplicationScoped
public class SmtpServer {
    private static final Logger LOG = Logger.getLogger(SmtpServer.class);

    private static final int STOP_PRIORITY = 1_000;
    private static final int START_PRIORITY = 4_000;
    private static final Duration CERTIFICATE_CHECK_INTERVAL = Duration.ofSeconds(10);

    private final SmtpServerConfig.Smtp config;
    private final SmtpServerProducer serverProducer;
    private final ConnectionLimiter connectionLimiter;
    private final SmtpMetrics metrics;
    private final EnvelopeHasher envelopeHasher;
    private final Vertx vertx;
    private final PeriodicJobs jobs;
    private final SteadyClock clock;
    private final List<SightingBatcher> sightingBatchers = new CopyOnWriteArrayList<>();
    private volatile @Nullable TcpServer server;
    private volatile @Nullable RenewableKeyManager keys;

    SmtpServer(
            SmtpServerConfig config,
            SmtpServerProducer serverProducer,
            ConnectionLimiter connectionLimiter,
            SmtpMetrics metrics,
            EnvelopeHasher envelopeHasher,
            Vertx vertx,
            PeriodicJobs jobs,
            SteadyClock clock) {
        this.config = config.smtp();
        this.serverProducer = serverProducer;
        this.connectionLimiter = connectionLimiter;
        this.metrics = metrics;
        this.envelopeHasher = envelopeHasher;
        this.vertx = vertx;
        this.jobs = jobs;
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

    /** Starts after all other beans, so that no client is greeted if the start of another bean fails. */
    void start(@Observes @Priority(START_PRIORITY) StartupEvent event) {
        RenewableKeyManager certificate = loadCertificate();
        keys = certificate;
        NetServerOptions listenOptions =
                serverProducer.listenOptions().setKeyCertOptions(KeyCertOptions.wrap(certificate));
        WarmUp tlsWarmUp = warmUp(vertx, listenOptions.getKeyCertOptions());
        Clock durations = clock.durations();
        SmtpServerContext serverContext = new SmtpServerContext(
                serverProducer.conversationSettings(),
                serverProducer.sessionTimeouts(),
                serverProducer.trustedProxies(),
                metrics,
                envelopeHasher,
                new AtomicLong(),
                tlsWarmUp,
                clock,
                durations);
        server = open(listenOptions, serverContext);
        tlsWarmUp.schedule();
        jobs.schedule("certificate", CERTIFICATE_CHECK_INTERVAL, () -> serverProducer
                .renewCertificate()
                .ifPresent(certificate::renew));
        LOG.infof(
                "SMTP on %s, host name %s",
                describeListenAddresses(), serverContext.settings().hostname());
    }

    private RenewableKeyManager loadCertificate() {
        try {
            return new RenewableKeyManager(vertx, serverProducer.keyCertOptions());
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("decoy.smtp.tls: " + e.getMessage());
        }
    }

    private TcpServer open(NetServerOptions listenOptions, SmtpServerContext serverContext) {
        TcpServer opened = new TcpServer(vertx, listenOptions, connectionLimiter, serverContext.durations(), () -> {
            SightingBatcher batcher = new SightingBatcher(
                    vertx, sighting -> vertx.eventBus().publish(Sighting.EVENT_BUS_ADDRESS, sighting));
            sightingBatchers.add(batcher);
            return connection -> new SmtpSession(serverContext, batcher, connection);
        });
        try {
            opened.listen(
                    ListenAddresses.removeRedundantWildcard(config.host()),
                    config.port(),
                    Runtime.getRuntime().availableProcessors());
        } catch (IOException e) {
            throw ListenAddresses.listenFailure("decoy.smtp.host", "decoy.smtp.port", config.host(), config.port(), e);
        }
        return opened;
    }

    /** What must be done before the first TLS handshake with a certificate. */
    static WarmUp warmUp(Vertx vertx, KeyCertOptions certificate) {
        return new WarmUp("TLS with the certificate of the SMTP port", () -> {
            TlsHandshakes.run(certificate.getKeyManagerFactory(vertx));
            return true;
        });
    }

    void stop(@Observes @Priority(STOP_PRIORITY) ShutdownEvent event) {
        TcpServer opened = server;
        if (opened != null) {
            server = null;
            try {
                opened.close();
            } catch (IOException e) {
                LOG.warnf("SMTP sessions did not end in time: %s", e.getMessage());
            }
            sightingBatchers.forEach(SightingBatcher::flush);
        }
    }

    void updateCertificate(@Observes CertificateUpdatedEvent event) {
        RenewableKeyManager used = keys;
        if (used != null && config.tls().filter(event.name()::equals).isPresent()) {
            try {
                used.renew(event.tlsConfiguration().getKeyStoreOptions());
            } catch (IllegalArgumentException e) {
                LOG.warnf("decoy.smtp.tls: the new certificate cannot be used, the old one stays: %s", e.getMessage());
            }
        }
    }

    /** Whether the SMTP port is bound. */
    public boolean isListening() {
        return server != null;
    }

    /** The certificate of STARTTLS; empty if it cannot be read. It may read a file. */
    public Optional<X509Certificate> certificate() {
        return serverProducer.certificate();
    }

    /** The addresses and the port for messages and logs: {@code 0.0.0.0, :: port 2525}. */
    public String describeListenAddresses() {
        return String.join(", ", config.host()) + " port " + config.port();
    }
}
