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
import org.decoymx.net.Admission;
import org.decoymx.net.Networks;
import org.decoymx.sighting.Sighting;
import org.decoymx.sighting.Sighting.Ending;
import org.decoymx.smtp.protocol.Settings;

/** The real SMTP port on a free port of 127.0.0.1, and what it saw. */
final class DecoyServer implements AutoCloseable {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Buffer PEM = Buffer.buffer(SelfSigned.pem(Script.HOST, Instant.parse("2026-01-01T00:00:00Z")));
    private static final Vertx VERTX = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));

    /** How a server is set; by default nothing is held back, nothing times out, and nobody is turned away. */
    record Setup(Settings settings, Port.Delays delays, List<String> trusted, int max, int maxPerClient) {
        static Setup of(Settings settings) {
            return new Setup(
                    settings, new Port.Delays(Duration.ZERO, Duration.ZERO, LONG, LONG), List.of(), 1_000, 1_000);
        }

        Setup delays(UnaryOperator<Port.Delays> changed) {
            return new Setup(settings, changed.apply(delays), trusted, max, maxPerClient);
        }

        Setup greeting(Duration pause) {
            return delays(d -> new Port.Delays(pause, d.reply(), d.idle(), d.session()));
        }

        Setup reply(Duration pause) {
            return delays(d -> new Port.Delays(d.greeting(), pause, d.idle(), d.session()));
        }

        Setup idle(Duration timeout) {
            return delays(d -> new Port.Delays(d.greeting(), d.reply(), timeout, d.session()));
        }

        Setup session(Duration timeout) {
            return delays(d -> new Port.Delays(d.greeting(), d.reply(), d.idle(), timeout));
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
    private final Admission admission;
    private final SmtpVerticle verticle;
    private final String deployment;

    private DecoyServer(Setup setup) {
        admission = new Admission(setup.max(), setup.maxPerClient());
        Port port = new Port(
                setup.settings(),
                setup.delays(),
                new Networks(setup.trusted()),
                admission,
                new Traffic(admission),
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
        return Setup.of(Script.decoy("classic", domains));
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
        return admission.open();
    }

    /** All sightings so far. */
    List<Sighting> sightings() {
        return List.copyOf(sightings);
    }

    /** The sighting of the next session to end after {@code known} others have. */
    Sighting ended(int known) {
        await().pollInterval(5, TimeUnit.MILLISECONDS)
                .atMost(Duration.ofSeconds(10))
                .until(() -> endings() > known);
        return sightings.stream()
                .filter(s -> s.ending() != Ending.OPEN)
                .skip(known)
                .findFirst()
                .orElseThrow();
    }

    int endings() {
        return (int) sightings.stream().filter(s -> s.ending() != Ending.OPEN).count();
    }

    @Override
    public void close() {
        VERTX.undeploy(deployment).toCompletionStage().toCompletableFuture().join();
    }
}
