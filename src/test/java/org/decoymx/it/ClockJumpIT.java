package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.decoymx.lab.LabClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The decoy with a clock that is wrong for some seconds, at run time and at a start: nothing is lost. */
class ClockJumpIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration JUMP = Duration.ofDays(100);
    private static final Duration MAX_TTL = Duration.ofDays(30);
    private static final String BEFORE = "23.0.0.1";
    private static final String DURING = "23.0.1.1";
    private static final String AT_START = "23.0.2.1";
    private static final String EXEMPT = "23.0.3.1";
    private static final String[] ALL = {BEFORE, DURING, AT_START};
    private static final Pattern UNTIL = Pattern.compile("\"until\":\"([^\"]+)\"");

    private final Path dir = TestResources.createDirectory("clock");
    private final LabClock clock = new LabClock(dir);
    private final List<Instant> versions = new ArrayList<>();

    @AfterEach
    void cleanUp() {
        TestResources.delete(dir);
    }

    private DecoyProcess start() throws IOException {
        Files.createFile(dir.resolve("partners.txt"));
        Instant since = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        Files.writeString(
                dir.resolve("exemptions.txt"),
                EXEMPT + " # " + since + "/" + since.plus(Duration.ofDays(9)) + " theirs\n");
        List<String> settings = new ArrayList<>(List.of(DecoyWithLedger.settings(dir)));
        settings.add("decoy.smtp.idle-timeout=8s");
        settings.add("decoy.smtp.session-timeout=30s");
        settings.add("decoy.exempt.files=" + dir.resolve("partners.txt"));
        return DecoyProcess.start(clock.environment(), settings.toArray(String[]::new));
    }

    @Test
    void jumpsAhead_loseNothing_andAreReported() throws IOException {
        try (DecoyProcess decoy = start()) {
            assertListed(decoy, BEFORE);
            recordVersion(decoy);

            clock.advance(JUMP);
            awaitHealth(decoy, "the clock jumped by 100 days,");
            assertListed(decoy, DURING);
            assertThat(decoy.feedEntries()).containsExactlyInAnyOrder(BEFORE, DURING);
            recordVersion(decoy);
            clock.advance(JUMP.negated());
            awaitUp(decoy);
            assertThat(decoy.feedEntries()).containsExactlyInAnyOrder(BEFORE, DURING);
            assertThat(decoy.log()).contains("The clock jumped by 100 days,", "The clock is right again");

            decoy.stop();
            clock.advance(JUMP);
            decoy.restart();
            awaitHealth(decoy, "the clock jumped by 100 days since the last write");
            assertListed(decoy, AT_START);
            clock.advance(JUMP.negated());
            awaitUp(decoy);
            await("the feed").atMost(LIMIT).untilAsserted(() -> assertThat(decoy.feedEntries())
                    .as(decoy.log())
                    .containsExactlyInAnyOrder(ALL));
            recordVersion(decoy);
            assertEndWithinMaxTtl(decoy, AT_START);
            assertThat(versions).isSorted().doesNotHaveDuplicates();
            ProxiedClient.mail(decoy.smtpPort(), EXEMPT, DecoyWithLedger.RECIPIENT);
            await("the exemption").atMost(LIMIT).untilAsserted(() -> assertThat(decoy.awaitSender(EXEMPT, 1))
                    .contains("(theirs)"));
            assertThat(SqliteShell.caughtOrigins(dir.resolve("ledger.db"))).contains(ALL);
            long caught = decoy.log()
                    .lines()
                    .filter(line -> line.contains(": caught, ") && line.contains(" points, suspect"))
                    .count();
            assertThat(HistoryIT.total(decoy, "catches"))
                    .as(decoy.log())
                    .isEqualTo(caught)
                    .isGreaterThanOrEqualTo(ALL.length);
            assertThat(dir.resolve("exemptions.txt")).content().contains(EXEMPT);
        }
    }

    @Test
    void start_in1970_isOvercome_andDurationsHoldWithTheClockSetBack() throws IOException {
        clock.advance(Duration.between(Instant.now(), Instant.EPOCH.plus(Duration.ofDays(1))));
        try (DecoyProcess decoy = start()) {
            awaitHealth(decoy, "before this version was built");
            assertThat(certificate().getNotAfter().toInstant()).isBefore(Instant.now());

            clock.advance(Duration.between(clock.instant(), Instant.now()));

            awaitUp(decoy);
            await("the renewed certificate").atMost(LIMIT).untilAsserted(() -> assertThatCode(
                            () -> certificate().checkValidity())
                    .doesNotThrowAnyException());
            assertListed(decoy, BEFORE);
            assertEndWithinMaxTtl(decoy, BEFORE);

            assertDurationsHoldWithTheClockSetBack(decoy);
        }
    }

    /** The clock is set back all the time, in steps that are followed at once: by it, no time would ever be over. */
    private void assertDurationsHoldWithTheClockSetBack(DecoyProcess decoy) throws IOException {
        Map<String, SlowClient> slow = connectSlowClients(decoy);
        try (SmtpClient smtp = ProxiedClient.connect(decoy.smtpPort(), DURING)) {
            smtp.readReply();
            Files.writeString(dir.resolve("partners.txt"), BEFORE + "\n", StandardOpenOption.APPEND);
            await("the ends of connections").atMost(LIMIT).untilAsserted(() -> {
                clock.advance(Duration.ofSeconds(-5));
                slow.values().removeIf(client -> !client.sendOctet());
                assertThat(slow.keySet()).isEmpty();
            });
            assertThat(smtp.readLine()).startsWith("421 ");
            assertThat(smtp.readLine()).isNull();
            await("the job that watches the file").atMost(LIMIT).untilAsserted(() -> assertThat(decoy.feedEntries())
                    .isEmpty());
        } finally {
            SlowClient.close(List.copyOf(slow.values()));
        }
    }

    /** Each sends octets all the time, so that it is never idle, and does not complete its request or its session. */
    private static Map<String, SlowClient> connectSlowClients(DecoyProcess decoy) throws IOException {
        String rest = "x".repeat(9_000);
        String head = "POST /witnesses HTTP/1.1\r\nHost: a\r\nContent-Length: 9000\r\n\r\n";
        SlowClient body = drip(decoy.httpPort(), head + rest);
        for (int i = 0; i < head.length(); i++) {
            body.sendOctet();
        }
        return new HashMap<>(Map.of(
                "SMTP session", drip(decoy.smtpPort(), "EHLO client.example.net\r\n".repeat(1_000)),
                "policy request", drip(decoy.policyPort(), "request=" + rest),
                "socketmap request", drip(decoy.socketmapPort(), "2000:" + rest),
                "DNS query", drip(decoy.dnsPort(), "\u000f" + rest),
                "head of a request", drip(decoy.httpPort(), "GET /" + rest),
                "body of a request", body));
    }

    private static SlowClient drip(int port, String octets) throws IOException {
        return SlowClient.dripping(port, octets.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Vert.x resets connections that arrive while the certificate is replaced. */
    private static void assertListed(DecoyProcess decoy, String client) {
        await(client)
                .atMost(LIMIT)
                .ignoreExceptionsInstanceOf(IOException.class)
                .untilAsserted(() -> assertThat(ProxiedClient.mail(decoy.smtpPort(), client, DecoyWithLedger.RECIPIENT))
                        .startsWith("451 "));
        await(client).atMost(LIMIT).untilAsserted(() -> assertThat(decoy.feedEntries())
                .contains(client));
    }

    private static void awaitHealth(DecoyProcess decoy, String text) {
        await(text).atMost(LIMIT).untilAsserted(() -> assertThat(
                        decoy.getManagement("/q/health").body())
                .contains(text));
        assertThat(decoy.isHealthy()).isFalse();
    }

    private static void awaitUp(DecoyProcess decoy) {
        await("health").atMost(LIMIT).untilAsserted(() -> assertThat(decoy.isHealthy())
                .as(() -> decoy.getManagement("/q/health").body())
                .isTrue());
    }

    private void recordVersion(DecoyProcess decoy) {
        String modified = decoy.get("/blocklist.txt")
                .headers()
                .firstValue("Last-Modified")
                .orElseThrow();
        versions.add(ZonedDateTime.parse(modified, DateTimeFormatter.RFC_1123_DATE_TIME)
                .toInstant());
    }

    private static void assertEndWithinMaxTtl(DecoyProcess decoy, String client) {
        await("the end of " + client).atMost(LIMIT).untilAsserted(() -> {
            String sender = decoy.get("/senders/" + client).body();
            Matcher until = UNTIL.matcher(sender);
            assertThat(until.find()).as(sender).isTrue();
            assertThat(Instant.parse(until.group(1)))
                    .isBetween(Instant.now(), Instant.now().plus(MAX_TTL));
        });
    }

    private X509Certificate certificate() {
        try {
            String pem = Files.readString(dir.resolve("self-signed.pem"));
            byte[] octets = pem.substring(pem.indexOf("-----BEGIN CERTIFICATE")).getBytes(StandardCharsets.US_ASCII);
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(octets));
        } catch (IOException | CertificateException e) {
            throw new AssertionError(e);
        }
    }
}
