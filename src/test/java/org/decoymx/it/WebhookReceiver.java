package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A receiver of notifications: an HTTPS server on 127.0.0.1 with a certificate for localhost. */
final class WebhookReceiver implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final String PASSWORD = "changeit";

    private final Path keys;
    private final int port = TestResources.reservePort();
    private final List<Posted> posted = new CopyOnWriteArrayList<>();
    private @Nullable HttpsServer server;
    private volatile int status = 204;

    /** Makes the key and the certificate. Nothing listens yet. */
    WebhookReceiver(Path dir) {
        keys = dir.resolve("receiver.p12");
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        CompletedProgram run = CompletedProgram.run(
                LIMIT,
                keytool,
                "-genkeypair",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=dns:localhost",
                "-keystore",
                keys.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-alias",
                "receiver");
        assertThat(run.code()).as(run.output()).isZero();
    }

    /**
     * A request.
     *
     * @param answer the status that it got
     */
    record Posted(String path, String contentType, String id, String signature, String body, int answer) {
        JsonNode json() {
            try {
                return new ObjectMapper().readTree(body);
            } catch (IOException e) {
                throw new AssertionError(body, e);
            }
        }

        boolean is(String event, String state) {
            return json().path("event").asText().equals(event)
                    && json().path("state").asText().equals(state);
        }
    }

    /** The JVM options of a decoy that trusts the certificate. */
    List<String> trustOptions() {
        return List.of("-Djavax.net.ssl.trustStore=" + keys, "-Djavax.net.ssl.trustStorePassword=" + PASSWORD);
    }

    String url() {
        return "https://localhost:" + port + "/decoy?key=1";
    }

    void listen() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keys)) {
            store.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        HttpsServer next = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        next.setHttpsConfigurator(new HttpsConfigurator(context));
        next.createContext("/", this::handle);
        next.start();
        server = next;
    }

    private void handle(HttpExchange exchange) throws IOException {
        int answer = status;
        posted.add(new Posted(
                exchange.getRequestURI().toString(),
                exchange.getRequestHeaders().getFirst("Content-Type"),
                exchange.getRequestHeaders().getFirst("Decoy-Id"),
                exchange.getRequestHeaders().getFirst("Decoy-Signature"),
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
                answer));
        exchange.getResponseHeaders().add("Location", "/elsewhere");
        exchange.sendResponseHeaders(answer, -1);
        exchange.close();
    }

    /** Answers with this status from now on. */
    void answer(int next) {
        status = next;
    }

    /** All requests so far. */
    List<Posted> posted() {
        return posted;
    }

    /** Waits until a notification was accepted that is of this event and state, and was not there before. */
    Posted await(String event, String state, int after) {
        return await(event + " " + state, post -> post.is(event, state), after);
    }

    /** Waits until a notification with this text was accepted. */
    Posted awaitText(String text) {
        return await(text, post -> post.json().path("text").asText().equals(text), 0);
    }

    private Posted await(String what, Predicate<Posted> wanted, int after) {
        return Awaitility.await(what)
                .atMost(LIMIT)
                .until(
                        () -> posted.stream()
                                .skip(after)
                                .filter(post -> post.answer() == 204 && wanted.test(post))
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    /** Waits until a request got this answer. */
    void awaitAnswered(int answer) {
        Awaitility.await("a request that got " + answer).atMost(LIMIT).until(() -> posted.stream()
                .anyMatch(post -> post.answer() == answer));
    }

    @Override
    public void close() {
        if (server != null) {
            server.stop(0);
        }
    }
}
