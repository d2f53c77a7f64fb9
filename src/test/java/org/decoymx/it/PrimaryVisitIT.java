package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A sender that a primary MX put off before its session is not listed; curl sends the visit reports. */
class PrimaryVisitIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String TOKEN = "witness-token-0123";
    private static final String ADMIN = "admin-token-012345";
    private static final String PATH = "/witnesses";

    private static Path dir;
    private static DecoyProcess decoy;

    @BeforeAll
    static void start() {
        dir = TestResources.createDirectory("witness");
        String[] tokens = {"decoy.witness.token=" + TOKEN, "decoy.admin.token=" + ADMIN};
        decoy = DecoyProcess.start(Stream.of(DecoyWithLedger.settings(dir), tokens)
                .flatMap(Stream::of)
                .toArray(String[]::new));
    }

    @AfterAll
    static void stop() {
        if (decoy != null) {
            decoy.close();
        }
        TestResources.delete(dir);
    }

    private static String curl(String token, Path body, String... options) {
        String[] command = {
            RealProgram.require("curl"),
            "-sS",
            "-m",
            "100",
            "-w",
            "%{http_code}",
            "-X",
            "POST",
            "-T",
            body.toString(),
            "-H",
            "Authorization: Bearer " + token,
            decoy.url(PATH)
        };
        return CompletedProgram.run(
                        LIMIT, Stream.of(command, options).flatMap(Stream::of).toArray(String[]::new))
                .output();
    }

    private static String post(String body, String... options) throws IOException {
        return curl(TOKEN, Files.writeString(dir.resolve("body"), body), options);
    }

    private static void sendMail(String client) throws IOException {
        assertThat(ProxiedClient.mail(decoy.smtpPort(), client, DecoyWithLedger.RECIPIENT))
                .startsWith("451 ");
    }

    private static void assertListedAfterMail(String client) throws IOException {
        sendMail(client);
        decoy.awaitListed(client);
    }

    private static void assertNotListedAfterMail(String client) throws IOException {
        sendMail(client);
        assertThat(decoy.awaitSender(client, 1)).contains("\"listed\":false");
        assertThat(decoy.feedEntries()).doesNotContain(client);
    }

    @Test
    void clientSeenBefore_isNotListed_andOfItsNeighborsThoseWithTheSameRecipient() throws IOException {
        double visits = decoy.metricValue("decoy_witnesses");
        double recorded = decoy.metricValue("decoy_witnesses_recorded_total");
        String deferred = " from=another@example.net to=" + DecoyWithLedger.RECIPIENT + " result=deferred\n";
        assertThat(post("23.1.0.1\n23.1.1.1" + deferred + "2a01:111:f400::25" + deferred))
                .isEqualTo("{\"lines\":3,\"taken\":3,\"old\":0,\"bad\":0,\"errors\":[]}200");
        assertNotListedAfterMail("23.1.0.1");
        assertListedAfterMail("23.1.0.200");
        assertNotListedAfterMail("23.1.1.200");
        assertListedAfterMail("23.1.2.1");
        sendMail("2a01:111:f400::26");
        sendMail("2a01:111:f400:1::25");
        decoy.awaitListed("2a01:111:f400:1::25");
        assertThat(decoy.feedEntries()).doesNotContain("2a01:111:f400::26");
        assertThat(decoy.metricValue("decoy_witnesses")).isEqualTo(visits + 3);
        assertThat(decoy.metricValue("decoy_witnesses_recorded_total")).isEqualTo(recorded + 3);
    }

    @Test
    void clientSeenBefore_isExplainedByThePrimary() throws IOException {
        post("23.8.0.1\n");
        sendMail("23.8.0.1");
        assertThat(decoy.awaitSender("23.8.0.1", 1)).contains("primary");
    }

    @Test
    void lateReport_delistsOnlyClientsSeenBeforeTheSession() throws IOException {
        Instant before = Instant.now().minusSeconds(60);
        assertListedAfterMail("23.2.0.1");
        assertListedAfterMail("23.2.1.1");
        assertListedAfterMail("23.2.2.1");
        Instant listed = Instant.now();
        await("more than the tolerance of clocks").atMost(LIMIT).until(() -> Instant.now()
                .isAfter(listed.plusSeconds(11)));
        Instant after = Instant.now().plusSeconds(30);
        post("23.2.0.1 " + before + "\n23.2.1.1 " + after + "\n23.2.3.1 " + before.getEpochSecond() + "\n");
        await("23.2.0.1 to be delisted").atMost(LIMIT).until(() -> !decoy.feedEntries()
                .contains("23.2.0.1"));
        assertThat(decoy.feedEntries().stream().filter(entry -> entry.startsWith("23.2.")))
                .containsExactlyInAnyOrder("23.2.1.1", "23.2.2.1");
        assertThat(decoy.get("/senders/23.2.0.1").body()).contains("\"listed\":false");
    }

    @Test
    void kill9_knownSendersAreKept() throws IOException {
        String accepted = " from=another@example.net to=user@example.org result=accepted\n";
        Instant now = Instant.now();
        StringBuilder lines = new StringBuilder();
        for (int day = 1; day <= 5; day++) {
            lines.append("23.3.0.1 ").append(now.minus(Duration.ofDays(day))).append(accepted);
        }
        post(lines + "23.3.1.1 " + now + accepted);
        await("the visits to be on disk").atMost(LIMIT).until(PrimaryVisitIT::areStored);
        decoy.killProcess();
        decoy.restart();
        assertThat(decoy.metricValue("decoy_witnesses")).isGreaterThanOrEqualTo(2);
        assertNotListedAfterMail("23.3.0.1");
        assertThat(decoy.get("/senders/23.3.0.1").body()).contains("\"KNOWN\"");
        assertListedAfterMail("23.3.1.1");
    }

    private static boolean areStored() {
        Path file = dir.resolve("primary.db");
        return Files.exists(file)
                && Files.isRegularFile(file)
                && CompletedProgram.run(
                                LIMIT,
                                RealProgram.require("sqlite3"),
                                file.toString(),
                                "SELECT origin FROM accepted JOIN witness USING (origin) WHERE origin LIKE '23.3.%'")
                        .output()
                        .strip()
                        .equals("23.3.0.1\n23.3.1.1");
    }

    @Test
    void mxOfAReport_mustBeAnAddress() throws IOException {
        Path body = Files.writeString(dir.resolve("body"), "23.9.0.1\n");
        assertThat(curl(TOKEN, body, "--url", decoy.url(PATH + "?mx=2001:db8::1")))
                .contains("200");
        assertThat(curl(TOKEN, body, "--url", decoy.url(PATH + "?mx=mx1.example.org")))
                .contains("mx must be an IP address");
    }

    @Test
    void report_withoutTheRole_isRejected() throws IOException {
        Path body = Files.writeString(dir.resolve("body"), "23.4.0.1\n");
        assertThat(curl("wrong", body)).contains("decoy.witness.token").endsWith("401");
        assertThat(curl(ADMIN, body)).endsWith("200");
        assertThat(curl(TOKEN, body)).endsWith("200");
        CompletedProgram ledger = CompletedProgram.run(
                LIMIT,
                RealProgram.require("curl"),
                "-sS",
                "-H",
                "Authorization: Bearer " + TOKEN,
                "-w",
                "%{http_code}",
                decoy.url("/ledger"));
        assertThat(ledger.output()).contains("decoy.admin.token").endsWith("401");
        try (DecoyProcess withoutToken = DecoyProcess.start()) {
            CompletedProgram run = CompletedProgram.run(
                    LIMIT,
                    RealProgram.require("curl"),
                    "-sS",
                    "-w",
                    "%{http_code}",
                    "-d",
                    "23.4.0.1",
                    withoutToken.url(PATH));
            assertThat(run.output()).contains("decoy.witness.token").endsWith("403");
        }
    }

    @Test
    void badLines_areReported_andTheOthersAccepted() throws IOException {
        String response = post("""
                # seen at mx1
                23.5.0.1

                <script>alert(1)</script>
                23.5.0.2 yesterday
                23.5.0.3 2001-01-01T00:00:00Z
                23.5.0.4 2101-01-01T00:00:00Z
                23.5.0.5 2026-01-01T00:00:00
                """);
        assertThat(response)
                .startsWith("{\"lines\":8,\"taken\":1,\"old\":1,\"bad\":4,"
                        + "\"errors\":[{\"line\":4,\"error\":\"not a valid IP address")
                .contains("{\"line\":7,\"error\":\"the time is in the future")
                .doesNotContain("script")
                .endsWith("200");
        assertThat(decoy.log()).doesNotContain("script");
    }

    @Test
    void manyLines_areAccepted_upToTheLimit() throws IOException {
        double before = decoy.metricValue("decoy_witnesses");
        String lines = addresses(100_000);
        assertThat(post(lines))
                .startsWith("{\"lines\":100000,\"taken\":100000,")
                .endsWith("200");
        assertThat(decoy.metricValue("decoy_witnesses")).isEqualTo(before + 100_000);
        assertThat(post(addresses(100_001).replace("11.", "12.")))
                .contains("more than 100000 lines")
                .contains("nothing was recorded")
                .endsWith("413");
        assertThat(decoy.metricValue("decoy_witnesses")).isEqualTo(before + 100_000);
        assertThat(post(("23.6.0.1 " + " ".repeat(8_000) + "\n").repeat(3_000)))
                .contains("more than 16 MB")
                .endsWith("413");
    }

    private static String addresses(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "11." + (i >> 16) + "." + (i >> 8 & 0xff) + "." + (i & 0xff) + " "
                        + Instant.now().minusSeconds(i % 3_600))
                .collect(Collectors.joining("\n", "", "\n"));
    }

    @Test
    void gzip_isAccepted_andAGzipBombIsRejected() throws IOException {
        Path gzipFile = dir.resolve("body.gz");
        writeGzip(gzipFile, "23.7.0.1\n");
        assertThat(curl(TOKEN, gzipFile, "-H", "Content-Encoding: gzip"))
                .contains("\"taken\":1,")
                .endsWith("200");
        writeGzip(gzipFile, " ".repeat(40_000_000));
        assertThat(curl(TOKEN, gzipFile, "-H", "Content-Encoding: gzip")).endsWith("413");
        assertThat(curl(TOKEN, gzipFile, "-H", "Content-Encoding: br")).endsWith("400");
        Files.writeString(gzipFile, "23.7.0.1\n");
        assertThat(curl(TOKEN, gzipFile, "-H", "Content-Encoding: gzip")).endsWith("400");
    }

    private static void writeGzip(Path file, String text) throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(text.getBytes(StandardCharsets.US_ASCII));
        }
    }
}
