package org.decoymx.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections of the HTTP and the management port: framing of requests, half-closed connections, floods. */
class HttpConnectionIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String TOKEN = "witness-token-0123";

    /** More than fit on the port, from one client and from others. */
    private static final int FLOOD = 400;

    /** A sixth less than what is admitted of 300. */
    private static final int MAX_PER_CLIENT = 225;

    private static DecoyProcess decoy;
    private static QuietLog quiet;

    @BeforeAll
    static void start() {
        decoy = DecoyProcess.start("decoy.witness.token=" + TOKEN, "decoy.smtp.greeting-delay=0s");
        quiet = new QuietLog(decoy);
    }

    @AfterEach
    void assertNothingIsLogged() {
        quiet.assertUnchanged();
    }

    @AfterAll
    static void stop() {
        if (decoy != null) {
            decoy.close();
        }
    }

    private static String managementUrl() {
        return "http://127.0.0.1:" + decoy.managementPort();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\n\n",
                "GET / HTTP/1.1\nHost: a b/c\nConnection: close\n\n",
                "GET /senders/%zz HTTP/1.1\nHost: a\nConnection: close\n\n",
                "GET /feeds/%zz HTTP/1.1\nHost: a\nConnection: close\n\n",
                "GET /feeds/plain?x=%zz HTTP/1.1\nHost: a\nConnection: close\n\n",
                "GET / HTTP/1.1\nHost: a\nHost: b\n\n",
                "POST /witnesses HTTP/1.1\nHost: a\nTransfer-Encoding: identity\n\n",
                "POST /witnesses HTTP/1.1\nHost: a\nTransfer-Encoding: gzip\n\n",
                "POST /witnesses HTTP/1.1\nHost: a\nContent-Length: 5\nTransfer-Encoding: chunked\n\n0\n\n",
                "PRI * HTTP/2.0\n\nSM\n\n"
            })
    void invalidRequest_isAnswered400_withAProblemDocument_onBothPorts(String request) throws IOException {
        for (String url : List.of(decoy.url(""), managementUrl())) {
            String response = RawHttp.send(url, request);
            assertThat(response)
                    .startsWith("HTTP/1.1 400 Bad Request\r\n")
                    .containsIgnoringCase("\r\nContent-Type: application/problem+json\r\n")
                    .contains("\"status\":400")
                    .doesNotContain("vertx", "quarkus", "xception", "Error id");
        }
    }

    @Test
    void http2_isOffOnBothPorts() {
        String curl = RealProgram.require("curl");
        for (String url : List.of(decoy.url("/stats"), managementUrl() + "/q/health/ready")) {
            assertThat(CompletedProgram.run(
                                    LIMIT, curl, "-sS", "--http2", "-o", "/dev/null", "-w", "%{http_version}", url)
                            .output())
                    .isEqualTo("1.1");
            assertThat(CompletedProgram.run(LIMIT, curl, "-sS", "--http2-prior-knowledge", url)
                            .code())
                    .isNotZero();
        }
    }

    private static String netcat(String host, int port, String request) throws IOException {
        Path input = Files.writeString(Files.createTempFile("request", ""), request.replace("\n", "\r\n"), US_ASCII);
        try {
            String command = "exec " + RealProgram.require("nc") + " -N " + host + " " + port + " < " + input;
            return CompletedProgram.run(LIMIT, "/bin/sh", "-c", command).output();
        } finally {
            Files.delete(input);
        }
    }

    private static String netcat(String request) throws IOException {
        return netcat("127.0.0.1", decoy.httpPort(), request);
    }

    /** {@code nc -N} closes its sending side after the request. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/blocklist.txt",
                "/feeds",
                "/feeds/csv",
                "/feeds/plain.zst",
                "/feeds/changes?since=CURRENT",
                "/senders/192.0.2.1",
                "/stats"
            })
    void halfClosedConnection_isAnswered(String route) throws IOException {
        String path = route.replace("CURRENT", currentVersion());
        assertThat(netcat("GET " + path + " HTTP/1.1\nHost: a\n\n")).startsWith("HTTP/1.1 200 OK");
        assertThat(netcat(("GET " + path + " HTTP/1.1\nHost: a\n\n").repeat(3)).split("HTTP/1.1 200 OK", -1))
                .hasSize(4);
    }

    private static String currentVersion() {
        Matcher version = Pattern.compile("# version (\\d+),")
                .matcher(decoy.get("/feeds/plain").body());
        assertThat(version.find()).isTrue();
        return version.group(1);
    }

    /** A reader of the stream that closes its sending side at once gets the first event. */
    @Test
    void stream_onHalfClosedConnection_begins() throws IOException {
        try (Socket reader = new Socket(InetAddress.getLoopbackAddress(), decoy.httpPort())) {
            reader.setSoTimeout((int) LIMIT.toMillis());
            reader.getOutputStream().write("GET /feeds/stream HTTP/1.0\r\nHost: a\r\n\r\n".getBytes(US_ASCII));
            reader.shutdownOutput();
            BufferedReader lines = new BufferedReader(new InputStreamReader(reader.getInputStream(), US_ASCII));
            assertThat(lines.readLine()).isEqualTo("HTTP/1.0 200 OK");
            assertThat(lines.lines().filter(line -> line.startsWith("event: ")).findFirst())
                    .contains("event: version");
        }
    }

    @Test
    void halfClosedConnection_isAnswered_onTheManagementPort() throws IOException {
        assertThat(netcat("127.0.0.1", decoy.managementPort(), "GET /q/health HTTP/1.1\nHost: a\n\n"))
                .matches("(?s)HTTP/1.1 (200|503) .*\"checks\".*");
        for (String path : List.of("/q/health/ready", "/q/health/live", "/q/metrics")) {
            assertThat(netcat("127.0.0.1", decoy.managementPort(), "GET " + path + " HTTP/1.1\nHost: a\n\n"))
                    .startsWith("HTTP/1.1 200 OK");
        }
    }

    @Test
    void visitReport_onHalfClosedConnection_isRecorded() throws IOException {
        double before = decoy.metricValue("decoy_witnesses_recorded_total");
        String body = "192.0.2.77";
        assertThat(netcat("POST /witnesses HTTP/1.1\nHost: a\nAuthorization: Bearer " + TOKEN + "\nContent-Length: "
                        + body.length() + "\n\n" + body))
                .startsWith("HTTP/1.1 2");
        assertThat(decoy.metricValue("decoy_witnesses_recorded_total")).isEqualTo(before + 1);
    }

    /** Idle connections, from one address and then from many, keep nobody from list, health and SMTP. */
    @Test
    void idleConnections_keepNobodyOut() throws IOException {
        List<SlowClient> idle = new ArrayList<>();
        try {
            for (int port : List.of(decoy.httpPort(), decoy.managementPort())) {
                idle.addAll(SlowClient.silent(port, FLOOD, FLOOD));
                idle.addAll(SlowClient.silent(port, FLOOD, 40));
            }
            for (int i = 0; i < 10; i++) {
                assertThat(decoy.get("/blocklist.txt").statusCode()).isEqualTo(200);
                assertThat(decoy.getManagement("/q/health/ready").statusCode()).isEqualTo(200);
            }
            assertThat(SmtpClient.mail(decoy.smtpPort(), "127.0.0.9", "user@example.org"))
                    .startsWith("451 ");
            assertThat(decoy.metricValue("decoy_http_connections_open")).isBetween(2.0, 350.0);
            assertThat(decoy.metricValue("decoy_http_connections_refused_total"))
                    .isGreaterThan(100);
        } finally {
            SlowClient.close(idle);
        }
    }

    /** The head of a request and its body have deadlines, although octets arrive. */
    @Test
    void slowRequest_isClosed() throws IOException {
        String head = "POST /witnesses HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\n";
        byte[] octets = (head + "x".repeat(90_000)).getBytes(US_ASCII);
        try (SlowClient slowHead = SlowClient.dripping(
                        decoy.managementPort(), "GET".repeat(30_000).getBytes(US_ASCII));
                SlowClient slowBody = SlowClient.dripping(decoy.httpPort(), octets)) {
            for (int i = 0; i < head.length(); i++) {
                assertThat(slowBody.sendOctet()).isTrue();
            }
            await("the deadline of the body").atMost(LIMIT).until(() -> !slowBody.sendOctet());
            await("the deadline of the head").atMost(LIMIT).until(() -> !slowHead.sendOctet());
        }
    }

    private static String proxied(String client, String request) {
        return "PROXY TCP4 " + client + " 192.0.2.100 40000 80\n" + request;
    }

    /** What the tests above show, and that connections count for the client that the PROXY header names. */
    @Test
    void connections_behindTheProxyProtocol_haveTheSameLimits() throws IOException {
        List<SlowClient> open = new ArrayList<>();
        try (DecoyProcess behindProxy = DecoyProcess.start("quarkus.http.proxy.use-proxy-protocol=true")) {
            QuietLog log = new QuietLog(behindProxy);
            String url = behindProxy.url("");
            int port = behindProxy.httpPort();
            String get = "GET /stats HTTP/1.1\nHost: a\n\n";
            assertThat(RawHttp.send(url, proxied("127.0.0.1", get.replace("Host: a", "Host: a\nHost: b"))))
                    .startsWith("HTTP/1.1 400 Bad Request\r\n");
            assertThat(RawHttp.send(url, proxied("127.0.0.1", "PRI * HTTP/2.0\n\nSM\n\n")))
                    .startsWith("HTTP/1.1 400 Bad Request\r\n");
            assertThat(netcat("127.0.0.1", port, proxied("127.0.0.1", get.repeat(3)))
                            .split("HTTP/1.1 200 OK", -1))
                    .hasSize(4);
            assertThat(netcat("127.0.0.1", port, "PROXY UNKNOWN\n" + get)).startsWith("HTTP/1.1 200 OK");
            assertThat(netcat("127.0.0.1", port, proxied("192.0.2.1", get))).startsWith("HTTP/1.1 403 ");
            for (String noHeader : List.of(get, "PROXY TCP4 192.0.2.1", "PROXY TCP4 x y 1 2\n" + get, "")) {
                assertThat(netcat("127.0.0.1", port, noHeader)).as(noHeader).isEmpty();
            }

            String head = proxied("192.0.2.1", "").replace("\n", "\r\n");
            open.addAll(SlowClient.sending(port, head, FLOOD, FLOOD));
            await("the limit of a client").atMost(LIMIT).until(() -> SlowClient.countOpen(open) <= MAX_PER_CLIENT);
            // the same proxy as that of the slow clients
            assertThat(netcat("-s 127.1.0.1 127.0.0.1", port, proxied("127.0.0.1", get)))
                    .startsWith("HTTP/1.1 200 OK");
            assertThat(behindProxy.metricValue("decoy_http_connections_refused_total"))
                    .as("others were closed for connections whose header was not read yet")
                    .isPositive();

            await("the deadline of the head").atMost(LIMIT).until(() -> SlowClient.countOpen(open) == 0);
            SlowClient slowHeader = SlowClient.dripping(port, head.repeat(9).getBytes(US_ASCII));
            open.add(slowHeader);
            await("the deadline of the header").atMost(LIMIT).until(() -> !slowHeader.sendOctet());
            log.assertUnchanged();
        } finally {
            SlowClient.close(open);
        }
    }
}
