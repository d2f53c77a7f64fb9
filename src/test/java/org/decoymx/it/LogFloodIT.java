package org.decoymx.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URLEncoder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whatever strangers send to a port, and however often, the log stays short, and nothing in it is an error. */
class LogFloodIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int TIMEOUT_MILLIS = 120_000;

    private static final int REPEATS = 60;

    /** For all repeats of a mistake, in octets; one line each would be more. */
    private static final int MAX_LOG_OF_MISTAKE = 1_000;

    private static final int MAX_LOG = 3_000;
    private static final int CATCHES = 400;
    private static final Pattern LEFT_OUT = Pattern.compile(" (\\d+) further events were not logged");

    private static final List<String> HTTP_MISTAKES = List.of(
            "GET /stats HTTP/1.1\n\n",
            "GET /stats HTTP/1.1\nHost: a b/c\n\n",
            "GET /stats HTTP/1.1\nHost: a\nHost: b\n\n",
            "GET /senders/%zz HTTP/1.1\nHost: a\n\n",
            "OPTIONS * HTTP/1.1\nHost: a\n\n",
            "CONNECT a:80 HTTP/1.1\nHost: a\n\n",
            "GET http://a HTTP/1.1\nHost: a\n\n",
            "POST /witnesses HTTP/1.1\nHost: a\nTransfer-Encoding: foo\n\n",
            "POST /witnesses HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\nzz\n",
            "POST /witnesses HTTP/1.1\nHost: a\nContent-Length: 5\n\nhelloGET /send",
            "POST /witnesses HTTP/1.1\nHost: a\nContent-Length: 500\n\nhello",
            "POST /ledger HTTP/1.1\nHost: a\nContent-Length: 5\nContent-Type: \u00ff/;;\n\nhello",
            "GET /senders HTTP/1.1\nHost: a\n\n".repeat(14),
            "GET /senders/192.0.2.1 HTTP/1.1\nHost: a\n\n".repeat(14),
            "GET /stats HTTP/1.1\nHost: a\nAccept: ;q=x,,/\nAuthorization: Basic !\n\n",
            "GET /stats HTTP/1.1\nHost: a\nUpgrade: h2c\nConnection: Upgrade, HTTP2-Settings\nHTTP2-Settings: x\n\n",
            "GET /q/health HTTP/1.1\nHost: a\n\n",
            "GET /q/nothing HTTP/1.1\nHost: a\n\n",
            "PRI * HTTP/2.0\n\nSM\n\n",
            "\u0016\u0003\u0001\u0000\u00a5\u0001\n\n",
            "x".repeat(20_000));

    private static final List<String> SMTP_MISTAKES = List.of(
            "EHLO x\nSTARTTLS\nno TLS at all\n",
            "EHLO x\nSTARTTLS\n\u0016\u0003\u0001\u0000\u0005\u0001\u0000\u0000\u0001\u0000",
            "GET / HTTP/1.1\n\n",
            "EHLO x\nMAIL FROM:<a@example.net>\nRCPT TO:<b@example.net>\nDATA\nQUIT\n",
            "x\n".repeat(40),
            "x".repeat(20_000),
            "\u0000\u00ff\n");

    private static final List<String> QUERY_MISTAKES = List.of(
            "GET / HTTP/1.1\n\n",
            "\u0000\u00ff\n\n",
            "request=smtpd_access_policy\nclient_address=x\n\n",
            "5:hello,",
            "99999999999:x",
            "\u0000\u0005hello",
            "\u0000\u0100" + "\u00c0\u000c".repeat(128),
            "x".repeat(20_000));

    private static DecoyProcess decoy;

    /** Without a real MX its health is DOWN. */
    @BeforeAll
    static void start() {
        decoy = DecoyProcess.start("decoy.domains=example.org", "decoy.smtp.greeting-delay=0s");
    }

    @AfterAll
    static void stop() {
        if (decoy != null) {
            decoy.close();
        }
    }

    /** Sends all of it, and leaves with a reset, or after the end of the response. */
    private static void send(int port, String octets, boolean leavesByReset) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(octets.replace("\n", "\r\n").getBytes(ISO_8859_1));
            if (leavesByReset) {
                socket.setSoLinger(true, 0);
            } else {
                socket.shutdownOutput();
                socket.getInputStream().readAllBytes();
            }
        } catch (SocketException e) {
            assertThat(e).hasMessageMatching("(?i).*(reset|broken pipe|abort).*");
        }
    }

    private static void flood(int port, List<String> mistakes) throws IOException {
        for (String mistake : mistakes) {
            int before = decoy.log().length();
            for (int i = 0; i < REPEATS; i++) {
                send(port, mistake, i % 3 != 0);
            }
            assertThat(decoy.log().substring(before)).as(mistake).hasSizeLessThan(MAX_LOG_OF_MISTAKE);
        }
    }

    @Test
    void mistakes_onEachPort_keepTheLogShort() throws IOException {
        await("the end of startup").atMost(LIMIT).until(() -> decoy.log().contains("Installed features: "));
        int before = decoy.log().length();

        flood(decoy.httpPort(), HTTP_MISTAKES);
        flood(decoy.managementPort(), HTTP_MISTAKES);
        flood(decoy.smtpPort(), SMTP_MISTAKES);
        for (int port : List.of(decoy.dnsPort(), decoy.policyPort(), decoy.socketmapPort())) {
            flood(port, QUERY_MISTAKES);
        }
        try (RawDnsClient dns = new RawDnsClient(decoy.dnsPort(), "bl.decoy.test")) {
            Random random = new Random(1);
            for (int i = 0; i < 20 * REPEATS; i++) {
                byte[] octets = new byte[random.nextInt(100)];
                random.nextBytes(octets);
                dns.send(octets);
            }
        }

        assertThat(decoy.get("/stats").statusCode()).isEqualTo(200);
        assertThat(decoy.log().substring(before))
                .hasSizeLessThan(MAX_LOG)
                .doesNotContain(" ERROR ", "\tat ", "Exception");
        assertThat(decoy.hasExited()).isFalse();
    }

    /** Of many senders that are caught at once, some lines are logged, and the number of the others. */
    @Test
    void linesThatAreLeftOut_areCounted() throws IOException {
        String session = "EHLO a.example\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.org>\r\nDATA\r\nQUIT\r\n";
        List<SlowClient> senders = List.of();
        try (DecoyProcess trial = DecoyProcess.start("decoy.smtp.greeting-delay=0s")) {
            senders = SlowClient.sending(trial.smtpPort(), session, CATCHES, 1);
            await("a line for each sender, or its number").atMost(LIMIT).untilAsserted(() -> {
                long logged = trial.log()
                        .lines()
                        .filter(line -> line.contains(": listed, "))
                        .count();
                long leftOut = LEFT_OUT.matcher(trial.log())
                        .results()
                        .mapToLong(number -> Long.parseLong(number.group(1)))
                        .sum();
                assertThat(leftOut).isPositive();
                assertThat(logged + leftOut).isGreaterThanOrEqualTo(CATCHES);
            });
        } finally {
            SlowClient.close(senders);
        }
    }

    /** As JSON, an event is one line as well, whatever is in it, and the limits are the same. */
    @Test
    void logAsJson_isAnObjectOnEachLine_andLimited() throws IOException {
        String token = "admin-token-012345";
        String reason = "${jndi:ldap://x} <b>\"\\";
        try (DecoyProcess json = DecoyProcess.start(
                "quarkus.log.console.json.enabled=true",
                "quarkus.http.access-log.enabled=true",
                "quarkus.http.access-log.pattern=%{i,User-Agent}",
                "decoy.admin.token=" + token,
                "decoy.smtp.greeting-delay=0s")) {
            SmtpClient.mail(json.smtpPort(), "127.0.0.55", "user@example.org");
            json.awaitListed("127.0.0.55");
            String path = "/senders/127.0.0.55?reason=" + URLEncoder.encode(reason, UTF_8);
            assertThat(HttpRequests.send("DELETE", json.url(path), "Authorization", "Bearer " + token)
                            .statusCode())
                    .isEqualTo(200);
            for (int i = 0; i < REPEATS; i++) {
                HttpRequests.send("GET", json.url("/feeds"), "User-Agent", "${jndi:ldap://x} \"\\");
            }
            json.stop();

            List<JsonNode> events = new ArrayList<>();
            for (String line : json.log().lines().toList()) {
                events.add(new ObjectMapper().readTree(line));
            }
            assertThat(events).allSatisfy(event -> {
                assertThat(event.path("level").asText()).isIn("INFO", "WARN");
                assertThat(Instant.parse(event.path("timestamp").asText())).isAfter(Instant.EPOCH);
                assertThat(event.path("message").asText()).isNotEmpty().matches("\\p{Print}*");
            });
            assertThat(events.stream().map(event -> event.path("message").asText()))
                    .anyMatch(message -> message.startsWith("sender 127.0.0.55: listed, "))
                    .anyMatch(message -> message.startsWith("By hand, by ") && message.contains("${jndi:ldap://x}"));
            assertThat(events.stream()
                            .filter(event -> event.path("loggerName").asText().equals("io.quarkus.http.access-log")))
                    .hasSize(10);
        }
    }
}
