package org.decoymx.smtp.server;

import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.decoymx.net.ConnectionLimiter;
import org.decoymx.net.PrefixMap;
import org.decoymx.net.TcpServer;
import org.decoymx.net.WarmUp;
import org.decoymx.sighting.EnvelopeHasher;
import org.decoymx.sighting.Sighting;
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.smtp.protocol.ConversationSettings;

/** The real SMTP server on a free port of 127.0.0.1, with the sightings that it publishes. */
final class DecoyServer implements AutoCloseable {
    private static final Duration LONG_TIMEOUT = Duration.ofMinutes(5);
    private static final Buffer PEM =
            Buffer.buffer(SelfSignedCertificate.generatePem(DialogueFile.HOST, Instant.parse("2026-01-01T00:00:00Z")));
    private static final PemKeyCertOptions CERTIFICATE =
            new PemKeyCertOptions().addCertValue(PEM).addKeyValue(PEM);

    /** On a busy machine an event loop may have to wait for a processor for longer than the default of 2 seconds. */
    private static final Vertx VERTX = Vertx.vertx(new VertxOptions()
            .setPreferNativeTransport(true)
            .setMaxEventLoopExecuteTimeUnit(TimeUnit.MINUTES)
            .setMaxEventLoopExecuteTime(2));

    private static final WarmUp TLS_WARM_UP = SmtpServer.warmUp(VERTX, CERTIFICATE);

    /** The settings of a server. By default there are no delays, timeouts and connection limits. */
    record Setup(
            ConversationSettings settings,
            SmtpServerContext.SessionTimeouts timeouts,
            List<String> trustedProxies,
            int maxConnections,
            int maxConnectionsPerClient,
            WarmUp tlsWarmUp) {
        static Setup of(ConversationSettings settings) {
            return new Setup(
                    settings,
                    new SmtpServerContext.SessionTimeouts(Duration.ZERO, Duration.ZERO, LONG_TIMEOUT, LONG_TIMEOUT),
                    List.of(),
                    1_000,
                    1_000,
                    TLS_WARM_UP);
        }

        private Setup withTimeouts(UnaryOperator<SmtpServerContext.SessionTimeouts> change) {
            return new Setup(
                    settings,
                    change.apply(timeouts),
                    trustedProxies,
                    maxConnections,
                    maxConnectionsPerClient,
                    tlsWarmUp);
        }

        Setup withGreetingDelay(Duration delay) {
            return withTimeouts(t ->
                    new SmtpServerContext.SessionTimeouts(delay, t.replyDelay(), t.idleTimeout(), t.sessionTimeout()));
        }

        Setup withReplyDelay(Duration delay) {
            return withTimeouts(t -> new SmtpServerContext.SessionTimeouts(
                    t.greetingDelay(), delay, t.idleTimeout(), t.sessionTimeout()));
        }

        Setup withIdleTimeout(Duration timeout) {
            return withTimeouts(t -> new SmtpServerContext.SessionTimeouts(
                    t.greetingDelay(), t.replyDelay(), timeout, t.sessionTimeout()));
        }

        Setup withSessionTimeout(Duration timeout) {
            return withTimeouts(t ->
                    new SmtpServerContext.SessionTimeouts(t.greetingDelay(), t.replyDelay(), t.idleTimeout(), timeout));
        }

        Setup withTrustedProxies(String... networks) {
            return new Setup(settings, timeouts, List.of(networks), maxConnections, maxConnectionsPerClient, tlsWarmUp);
        }

        Setup withConnectionLimits(int max, int maxPerClient) {
            return new Setup(settings, timeouts, trustedProxies, max, maxPerClient, tlsWarmUp);
        }

        /** With this work before the first TLS handshake. */
        Setup withTlsWarmUp(Callable<?> work) {
            WarmUp warmUp = new WarmUp("TLS", work);
            return new Setup(settings, timeouts, trustedProxies, maxConnections, maxConnectionsPerClient, warmUp);
        }

        DecoyServer start() {
            return new DecoyServer(this);
        }
    }

    static final EnvelopeHasher ENVELOPES = new EnvelopeHasher("example.org");

    private final List<Sighting> sightings = new CopyOnWriteArrayList<>();
    private final ConnectionLimiter connectionLimiter;
    private final SightingBatcher sightingBatcher;
    private final TcpServer server;

    private DecoyServer(Setup setup) {
        sightingBatcher = new SightingBatcher(VERTX, sightings::add);
        connectionLimiter = new ConnectionLimiter(setup.maxConnections(), setup.maxConnectionsPerClient());
        SmtpServerContext serverContext = new SmtpServerContext(
                setup.settings(),
                setup.timeouts(),
                PrefixMap.parse(setup.trustedProxies()),
                new SmtpMetrics(connectionLimiter),
                ENVELOPES,
                new AtomicLong(),
                setup.tlsWarmUp(),
                Clock.systemUTC(),
                Clock.systemUTC());
        server = new TcpServer(
                VERTX,
                new NetServerOptions()
                        .setSslEngineOptions(new JdkSSLEngineOptions().setUseWorkerThread(true))
                        .setKeyCertOptions(CERTIFICATE),
                connectionLimiter,
                Clock.systemUTC(),
                () -> connection -> new SmtpSession(serverContext, sightingBatcher, connection));
        try {
            server.listen(List.of("127.0.0.1"), 0, 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The default settings with these protected domains. */
    static Setup setup(String domains) {
        return Setup.of(DialogueFile.conversationSettings("classic", domains));
    }

    SocketPeer client() {
        return client("127.0.0.1");
    }

    SocketPeer client(String source) {
        return new SocketPeer(this, source);
    }

    int port() {
        return server.port();
    }

    int openConnections() {
        return connectionLimiter.openConnections();
    }

    /** All sightings so far. */
    List<Sighting> sightings() {
        return List.copyOf(sightings);
    }

    /**
     * Waits until more than {@code endedBefore} sessions have ended, and returns the final sighting of the next one.
     */
    Sighting awaitFinalSighting(int endedBefore) {
        await().pollInterval(5, TimeUnit.MILLISECONDS)
                .atMost(Duration.ofMinutes(2))
                .until(() -> endedSessions() > endedBefore);
        return sightings.stream()
                .filter(s -> s.outcome() != Outcome.OPEN)
                .skip(endedBefore)
                .findFirst()
                .orElseThrow();
    }

    int endedSessions() {
        return (int) sightings.stream().filter(s -> s.outcome() != Outcome.OPEN).count();
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        sightingBatcher.flush();
    }
}
