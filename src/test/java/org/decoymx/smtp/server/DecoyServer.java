package org.decoymx.smtp.server;

import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.decoymx.net.CidrSet;
import org.decoymx.net.ConnectionLimiter;
import org.decoymx.sighting.Sighting;
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.smtp.protocol.ConversationSettings;

/** The real SMTP port on a free port of 127.0.0.1, and what it saw. */
final class DecoyServer implements AutoCloseable {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Buffer PEM =
            Buffer.buffer(SelfSignedCertificate.generatePem(DialogueFile.HOST, Instant.parse("2026-01-01T00:00:00Z")));
    /** On a busy machine an event loop may have to wait for a processor for longer than the default of 2 seconds. */
    private static final Vertx VERTX = Vertx.vertx(new VertxOptions()
            .setPreferNativeTransport(true)
            .setMaxEventLoopExecuteTimeUnit(TimeUnit.MINUTES)
            .setMaxEventLoopExecuteTime(2));

    /** How a server is set; by default nothing is held back, nothing times out, and nobody is turned away. */
    record Setup(
            ConversationSettings settings,
            SmtpServerContext.SessionTimeouts delays,
            List<String> trusted,
            int max,
            int maxPerClient) {
        static Setup of(ConversationSettings settings) {
            return new Setup(
                    settings,
                    new SmtpServerContext.SessionTimeouts(Duration.ZERO, Duration.ZERO, LONG, LONG),
                    List.of(),
                    1_000,
                    1_000);
        }

        Setup delays(UnaryOperator<SmtpServerContext.SessionTimeouts> changed) {
            return new Setup(settings, changed.apply(delays), trusted, max, maxPerClient);
        }

        Setup greeting(Duration pause) {
            return delays(d ->
                    new SmtpServerContext.SessionTimeouts(pause, d.replyDelay(), d.idleTimeout(), d.sessionTimeout()));
        }

        Setup reply(Duration pause) {
            return delays(d -> new SmtpServerContext.SessionTimeouts(
                    d.greetingDelay(), pause, d.idleTimeout(), d.sessionTimeout()));
        }

        Setup idle(Duration timeout) {
            return delays(d -> new SmtpServerContext.SessionTimeouts(
                    d.greetingDelay(), d.replyDelay(), timeout, d.sessionTimeout()));
        }

        Setup session(Duration timeout) {
            return delays(d ->
                    new SmtpServerContext.SessionTimeouts(d.greetingDelay(), d.replyDelay(), d.idleTimeout(), timeout));
        }

        Setup trusting(String... networks) {
            return new Setup(settings, delays, List.of(networks), max, maxPerClient);
        }

        Setup limits(int all, int each) {
            return new Setup(settings, delays, trusted, all, each);
        }

        DecoyServer start() {
            return new DecoyServer(this);
        }
    }

    private final List<Sighting> sightings = new CopyOnWriteArrayList<>();
    private final ConnectionLimiter admission;
    private final SmtpVerticle verticle;
    private final String deployment;

    private DecoyServer(Setup setup) {
        admission = new ConnectionLimiter(setup.max(), setup.maxPerClient());
        SmtpServerContext port = new SmtpServerContext(
                setup.settings(),
                setup.delays(),
                new CidrSet(setup.trusted()),
                admission,
                new SmtpMetrics(admission),
                sightings::add,
                new AtomicLong(),
                Clock.systemUTC());
        NetServerOptions bind = new NetServerOptions()
                .setHost("127.0.0.1")
                .setPort(0)
                .setSsl(false)
                .setKeyCertOptions(new PemKeyCertOptions().addCertValue(PEM).addKeyValue(PEM));
        verticle = new SmtpVerticle(port, List.of(bind));
        deployment = VERTX.deployVerticle(verticle)
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    /** The server that a dialogue needs, all else by default. */
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
        return verticle.actualPort();
    }

    int open() {
        return admission.openConnections();
    }

    /** All sightings so far. */
    List<Sighting> sightings() {
        return List.copyOf(sightings);
    }

    /** The sighting of the next session to end after {@code known} others have. */
    Sighting awaitFinalSighting(int known) {
        await().pollInterval(5, TimeUnit.MILLISECONDS)
                .atMost(Duration.ofMinutes(2))
                .until(() -> endedSessions() > known);
        return sightings.stream()
                .filter(s -> s.outcome() != Outcome.OPEN)
                .skip(known)
                .findFirst()
                .orElseThrow();
    }

    int endedSessions() {
        return (int) sightings.stream().filter(s -> s.outcome() != Outcome.OPEN).count();
    }

    @Override
    public void close() {
        VERTX.undeploy(deployment).toCompletionStage().toCompletableFuture().join();
    }
}
