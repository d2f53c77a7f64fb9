package org.decoymx.admin.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.SelfSignedCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.decoymx.admin.notify.NotifyConfig.EventKind;
import org.decoymx.admin.notify.StateNotifications.HostDetail;
import org.decoymx.support.TestClocks;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Posts to a real HTTP server. */
class WebhookDeliveryTest {
    private static final Instant NOW = Instant.parse("2026-11-27T05:00:00Z");
    private static final String SECRET = "sixteen-letters!";
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final Vertx VERTX = Vertx.vertx();

    private final BlockingQueue<Received> requests = new LinkedBlockingQueue<>();
    private HttpServer server;
    private volatile int status = 204;

    private record Received(HttpExchange exchange, String body) {
        String header(String name) {
            return exchange.getRequestHeaders().getFirst(name);
        }
    }

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            requests.add(new Received(exchange, new String(body, StandardCharsets.UTF_8)));
            exchange.getResponseHeaders().add("Location", "/elsewhere");
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @AfterAll
    static void close() {
        VERTX.close();
    }

    private void deliver(String url, Duration maxWait, String... addresses) throws DeliveryException {
        WebhookDelivery delivery = new WebhookDelivery(
                url,
                SECRET,
                VERTX,
                name -> {
                    InetAddress[] found = new InetAddress[addresses.length];
                    for (int i = 0; i < found.length; i++) {
                        found[i] = InetAddress.getByName(addresses[i]);
                    }
                    return List.of(found);
                },
                new ObjectMapper(),
                TestClocks.trusted(Clock.fixed(NOW, ZoneOffset.UTC)),
                maxWait);
        delivery.deliver(new Notification(
                "5e0c",
                EventKind.PRIMARY,
                "down",
                NOW,
                "mx9.example.org",
                "It is down",
                List.of(new HostDetail("mx1.example.org", "down", "2026-11-27T05:00:00Z", "connection refused")),
                0,
                0));
    }

    private String url() {
        return "http://hooks.example.org:" + server.getAddress().getPort() + "/decoy?key=1";
    }

    private DeliveryException failure(String url, Duration maxWait, String... addresses) {
        return catchThrowableOfType(DeliveryException.class, () -> deliver(url, maxWait, addresses));
    }

    /** The signature is that of openssl dgst -sha256 -hmac. */
    @Test
    void notification_isPostedAsJson_andSigned() throws Exception {
        deliver(url(), LONG, "127.0.0.1");
        Received request = requests.take();
        assertThat(request.exchange().getRequestMethod()).isEqualTo("POST");
        assertThat(request.exchange().getRequestURI()).hasToString("/decoy?key=1");
        assertThat(request.header("Host"))
                .isEqualTo("hooks.example.org:" + server.getAddress().getPort());
        assertThat(request.header("Content-Type")).isEqualTo("application/json");
        assertThat(request.header("Decoy-Id")).isEqualTo("5e0c");
        assertThat(request.body())
                .isEqualTo("{\"id\":\"5e0c\",\"event\":\"primary\",\"state\":\"down\",\"at\":\"2026-11-27T05:00:00Z\","
                        + "\"decoy\":\"mx9.example.org\",\"text\":\"It is down\",\"omitted\":0,\"more\":0,\"details\":["
                        + "{\"host\":\"mx1.example.org\",\"state\":\"down\",\"since\":\"2026-11-27T05:00:00Z\","
                        + "\"reason\":\"connection refused\"}]}");
        assertThat(request.header("Decoy-Signature"))
                .isEqualTo("t=1795755600,v1=631472e935d28441bcf4abe1185f74b37462457706b0bfe73f3a14119e87eed6");
    }

    @Test
    void eachAddress_isTried() throws Exception {
        deliver(url(), LONG, "127.0.0.77", "::1", "127.0.0.1");
        assertThat(requests).hasSize(1);
        DeliveryException failure = failure(url(), LONG, "127.0.0.77", "::1");
        assertThat(failure).hasMessageMatching("(?s)[0-9a-f:.]+1: .*refused.*");
        assertThat(failure.isRefused()).isFalse();
        assertThat(failure(url(), LONG)).hasMessage("the host has no address");
    }

    @ParameterizedTest
    @CsvSource({"302,true", "400,true", "404,true", "408,false", "429,false", "500,false", "503,false"})
    void otherAnswers_areFailures_andRedirectsAreNotFollowed(int answer, boolean refused) {
        status = answer;
        DeliveryException failure = failure(url(), LONG, "127.0.0.1", "127.0.0.1");
        assertThat(failure).hasMessageStartingWith("the URL answers " + answer);
        assertThat(failure.isRefused()).isEqualTo(refused);
        assertThat(requests).hasSize(1);
    }

    @Test
    void receiverThatDoesNotAnswer_isNotWaitedForLonger() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            String url = "http://hooks.example.org:" + silent.getLocalPort() + "/";
            assertThat(failure(url, Duration.ofSeconds(1), "127.0.0.1")).hasMessage("127.0.0.1: no answer within 1 s");
        }
    }

    @Test
    void certificateOfNoKnownAuthority_isRefused() throws Exception {
        SelfSignedCertificate certificate = SelfSignedCertificate.create("hooks.example.org");
        io.vertx.core.http.HttpServer tls = VERTX.createHttpServer(new HttpServerOptions()
                        .setHost("127.0.0.1")
                        .setSsl(true)
                        .setKeyCertOptions(certificate.keyCertOptions()))
                .requestHandler(request -> request.response().end());
        int port = tls.listen(0).toCompletionStage().toCompletableFuture().get().actualPort();
        assertThat(failure("https://hooks.example.org:" + port + "/", LONG, "127.0.0.1"))
                .hasMessageContaining("certification path");
        tls.close();
    }
}
