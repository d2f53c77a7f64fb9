package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The ledger endpoint requires the token, and other endpoints limit the size of a request body. */
class LedgerAccessIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String TOKEN = "test-token-0123456789";
    private static final String PATH = "/ledger";

    @TempDir
    private static Path dir;

    private static DecoyProcess decoy;
    private static Path large;

    @BeforeAll
    static void start() throws IOException {
        large = Files.writeString(dir.resolve("large"), "x".repeat(2_000_000));
        decoy = DecoyProcess.start("decoy.admin.token=" + TOKEN);
    }

    @AfterAll
    static void stop() {
        decoy.close();
    }

    private static CompletedProgram curl(DecoyProcess target, String path, String... options) {
        String[] command = {RealProgram.require("curl"), "-sS", "-m", "100", target.url(path)};
        return CompletedProgram.run(
                LIMIT, Stream.of(command, options).flatMap(Stream::of).toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/ledger",
                "//ledger",
                "/ledger/",
                "/ledger;x",
                "/ledger;x=/feeds",
                "/ledger%3Bx",
                "/ledger%2F",
                "/%6cedger",
                "/feeds/../ledger",
                "/feeds/..%2Fledger",
                "/./ledger",
                "/ledger%5C",
                "/LEDGER"
            })
    void ledgerPath_inAnyNotation_isRejectedWithoutToken(String path) {
        for (String method : List.of("GET", "POST", "HEAD", "PUT", "DELETE")) {
            String code = curl(decoy, path, "--path-as-is", "-o", "/dev/null", "-w", "%{http_code}", "-X", method, "-I")
                    .output();
            assertThat(code).as(method + " " + path).matches("40[1345]");
        }
    }

    @Test
    void wrongToken_withLargeBody_isRejectedAndNotLogged() {
        double before = decoy.metricValue("decoy_logins_refused_total");
        for (String[] login : new String[][] {{}, {"-u", "admin:" + TOKEN + "x"}, {"-H", "Authorization: Bearer x"}}) {
            String[] post = {"-i", "-X", "POST", "-T", large.toString()};
            assertThat(curl(
                                    decoy,
                                    PATH,
                                    Stream.of(login, post).flatMap(Stream::of).toArray(String[]::new))
                            .output())
                    .startsWith("HTTP/1.1 401 ")
                    .contains("WWW-Authenticate: Bearer ")
                    .contains("application/problem+json")
                    .contains("decoy.admin.token");
        }
        assertThat(decoy.metricValue("decoy_logins_refused_total")).isEqualTo(before + 3);
        assertThat(decoy.log()).doesNotContain(TOKEN);
    }

    @Test
    void noTokenConfigured_isForbiddenAndNamesTheKey() {
        try (DecoyProcess decoyWithoutToken = DecoyProcess.start()) {
            assertThat(curl(decoyWithoutToken, PATH, "-i", "-u", "admin:").output())
                    .startsWith("HTTP/1.1 403 ")
                    .contains("application/problem+json")
                    .contains("decoy.admin.token");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/blocklist.txt", "/feeds", "/senders/192.0.2.1", "/ledger/x", "/"})
    void largeBody_onOtherPaths_isRejected(String path) {
        String[] post = {"-u", "x:" + TOKEN, "-X", "POST", "-T", large.toString()};
        assertThat(curl(
                                decoy,
                                path,
                                Stream.of(post, new String[] {"-i"})
                                        .flatMap(Stream::of)
                                        .toArray(String[]::new))
                        .output())
                .startsWith("HTTP/1.1 413 ");
    }

    @Test
    void bodyNotSent_afterRejection_connectionIsClosed() throws IOException {
        try (Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), URI.create(decoy.url(PATH)).getPort())) {
            String head = "POST /ledger HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 401");
            Stopwatch closing = Stopwatch.start();
            socket.getInputStream().readAllBytes();
            closing.assertWithin(Duration.ofSeconds(10));
        }
    }
}
