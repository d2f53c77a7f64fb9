package org.decoymx.smtp.server;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.vertx.core.Vertx;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.NetServerOptions;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.decoymx.net.ConnectionLimiter;
import org.decoymx.net.ListenAddresses;
import org.decoymx.net.OpenFileLimit;
import org.decoymx.net.PrefixMap;
import org.decoymx.net.TcpServer;
import org.decoymx.net.WarmUp;
import org.decoymx.sighting.EnvelopeHasher;
import org.decoymx.sighting.Sighting;
import org.decoymx.smtp.protocol.ConversationSettings;
import org.decoymx.smtp.protocol.ProtectedDomains;
import org.decoymx.support.MachineName;
import org.decoymx.support.StartOrder;
import org.decoymx.support.SteadyClock;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Opens the SMTP port when the application starts. When it stops, closes all sessions with 421. */
@ApplicationScoped
public class SmtpServer {
    private static final Logger LOG = Logger.getLogger(SmtpServer.class);

    private static final int ACCEPT_BACKLOG = 4_096;
    private static final long TLS_HANDSHAKE_SECONDS = 10;
    private static final Pattern HOSTNAME = Pattern.compile("[A-Za-z0-9._-]{1,255}");

    private final SmtpServerConfig config;
    private final Optional<List<String>> decoyHosts;
    private final SmtpCertificate certificate;
    private final ConnectionLimiter connectionLimiter;
    private final SmtpMetrics metrics;
    private final EnvelopeHasher envelopeHasher;
    private final Vertx vertx;
    private final SteadyClock clock;
    private final List<SightingBatcher> sightingBatchers = new CopyOnWriteArrayList<>();
    private volatile @Nullable TcpServer server;

    SmtpServer(
            SmtpServerConfig config,
            @ConfigProperty(name = "decoy.policy.decoy-hosts") Optional<List<String>> decoyHosts,
            SmtpCertificate certificate,
            ConnectionLimiter connectionLimiter,
            SmtpMetrics metrics,
            EnvelopeHasher envelopeHasher,
            Vertx vertx,
            SteadyClock clock) {
        this.config = config;
        this.decoyHosts = decoyHosts;
        this.certificate = certificate;
        this.connectionLimiter = connectionLimiter;
        this.metrics = metrics;
        this.envelopeHasher = envelopeHasher;
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

    /** Starts after all other beans, so that no client is greeted if the start of another bean fails. */
    void start(@Observes @Priority(StartOrder.SMTP_PORT) StartupEvent event) {
        SmtpServerConfig.Smtp smtp = config.smtp();
        KeyCertOptions keys = certificate.load();
        WarmUp tlsWarmUp = warmUp(vertx, keys);
        SmtpServerContext serverContext = new SmtpServerContext(
                conversationSettings(),
                new SmtpServerContext.SessionTimeouts(
                        smtp.greetingDelay(), smtp.replyDelay(), smtp.idleTimeout(), smtp.sessionTimeout()),
                PrefixMap.parse(smtp.proxyProtocol().trusted().orElse(List.of())),
                metrics,
                envelopeHasher,
                new AtomicLong(),
                tlsWarmUp,
                clock,
                clock.durations());
        server = open(listenOptions(keys), serverContext);
        tlsWarmUp.schedule();
        LOG.infof(
                "SMTP on %s, host name %s",
                describeListenAddresses(), serverContext.settings().hostname());
    }

    private ConversationSettings conversationSettings() {
        String hostname = hostname(config);
        long maxSize = config.smtp().maxSize();
        Set<String> decoyNames = new HashSet<>(decoyHosts.orElse(List.of()));
        decoyNames.add(hostname);
        return new ConversationSettings(
                hostname,
                PersonaLoader.load(config.smtp().persona(), hostname, maxSize),
                new ProtectedDomains(config.domains().orElse(List.of()), decoyNames),
                maxSize,
                true);
    }

    /** The configured name, or that of the machine, which may not be valid. */
    static String hostname(SmtpServerConfig config) {
        String name = config.hostname().orElseGet(MachineName::find);
        if (!HOSTNAME.matcher(name).matches()) {
            throw new ConfigurationException("decoy.hostname: '" + name
                    + "' is not a valid host name (1 to 255 letters, digits, hyphens, underscores and dots)");
        }
        return name;
    }

    /** The options of the port. Keys are agreed on worker threads. */
    private static NetServerOptions listenOptions(KeyCertOptions keys) {
        return new NetServerOptions()
                .setAcceptBacklog(ACCEPT_BACKLOG)
                .setKeyCertOptions(keys)
                .setSslHandshakeTimeout(TLS_HANDSHAKE_SECONDS)
                .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS)
                .setSslEngineOptions(new JdkSSLEngineOptions().setUseWorkerThread(true));
    }

    private TcpServer open(NetServerOptions listenOptions, SmtpServerContext serverContext) {
        TcpServer opened = new TcpServer(vertx, listenOptions, connectionLimiter, serverContext.durations(), () -> {
            SightingBatcher batcher = new SightingBatcher(
                    vertx, sighting -> vertx.eventBus().publish(Sighting.EVENT_BUS_ADDRESS, sighting));
            sightingBatchers.add(batcher);
            return connection -> new SmtpSession(serverContext, batcher, connection);
        });
        List<String> hosts = config.smtp().host();
        int port = config.smtp().port();
        try {
            opened.listen(
                    ListenAddresses.removeRedundantWildcard(hosts),
                    port,
                    Runtime.getRuntime().availableProcessors());
        } catch (IOException e) {
            throw ListenAddresses.listenFailure("decoy.smtp.host", "decoy.smtp.port", hosts, port, e);
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

    void stop(@Observes @Priority(StartOrder.STOP_SMTP_PORT) ShutdownEvent event) {
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

    /** Whether the SMTP port is bound. */
    public boolean isListening() {
        return server != null;
    }

    /** The addresses and the port for messages and logs: {@code 0.0.0.0, :: port 2525}. */
    public String describeListenAddresses() {
        return String.join(", ", config.smtp().host()) + " port "
                + config.smtp().port();
    }
}
