package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exports and imports ledgers of any size with curl. */
class LedgerTransferIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String TOKEN = "test-token-0123456789";
    private static final String WITNESS_TOKEN = "witness-token-0123456789";
    private static final String PATH = "/ledger";
    private static final int LINE_COUNT = 200_000;

    @TempDir
    private static Path dir;

    private static DecoyProcess large;
    private static DecoyProcess small;
    private static Path generated;

    /** Starts two decoys that close a connection that is idle for six seconds. One of them imports the large file. */
    @BeforeAll
    static void start() throws IOException {
        generated = dir.resolve("generated");
        generate(generated, LINE_COUNT);
        large = startWithIdleTimeout();
        small = startWithIdleTimeout();
    }

    private static DecoyProcess startWithIdleTimeout() {
        return DecoyProcess.start(
                "decoy.admin.token=" + TOKEN,
                // the imported senders were last seen long ago
                "decoy.ledger.retention=3650d",
                "quarkus.http.idle-timeout=6s",
                "quarkus.http.read-timeout=6s");
    }

    @AfterAll
    static void stop() {
        large.close();
        small.close();
    }

    private static void generate(Path file, int lines) throws IOException {
        try (BufferedWriter writer = Files.newBufferedWriter(file)) {
            for (int i = 0; i < lines; i++) {
                writer.write(line("10." + (i >> 16) + '.' + (i >> 8 & 0xff) + '.' + (i & 0xff)));
            }
        }
    }

    private static String line(String origin) {
        return """
                {"node":"gen","origin":"%s","firstSeen":"2026-01-01T00:00:00Z","lastSeen":"2026-01-02T00:00:00Z",\
                "sessions":1,"conversations":1,"points":10.0,"offences":0,"traits":["NO_QUIT"],"evidence":\
                {"helo":"client.test","senderDomain":"","deepest":"DATA","tls":false,"ended":"LEFT","recipients":1}}
                """.formatted(origin);
    }

    private static CompletedProgram curl(DecoyProcess decoy, String path, String... options) {
        String[] command = {RealProgram.require("curl"), "-sS", "-m", "100", decoy.url(path)};
        return CompletedProgram.run(
                LIMIT, Stream.of(command, options).flatMap(Stream::of).toArray(String[]::new));
    }

    /** Exports all lines except the one of the test harness, which checks whether the decoy is up. */
    private static String export(DecoyProcess decoy) {
        return curl(decoy, PATH, "-u", "admin:" + TOKEN)
                .output()
                .lines()
                .filter(line -> !line.contains("\"127.0.0.2\""))
                .map(line -> line + "\n")
                .collect(Collectors.joining());
    }

    private static String importFile(DecoyProcess decoy, Path file, String... moreOptions) {
        String[] options = {"-H", "Authorization: Bearer " + TOKEN, "-X", "POST", "-T", file.toString()};
        return curl(
                        decoy,
                        PATH,
                        Stream.of(options, moreOptions).flatMap(Stream::of).toArray(String[]::new))
                .output();
    }

    private static Path writeFile(String name, String... lines) throws IOException {
        return Files.writeString(dir.resolve(name), String.join("\n", lines));
    }

    /** A node exports the trust states of its own senders only. */
    private static String withoutTrust(String export) {
        return export.replaceAll(",\"trust\":\"[^\"]*\",\"envelopeKey\":\"[^\"]*\"", "");
    }

    private static void sendMail(DecoyProcess decoy, String address) throws IOException {
        try (SmtpClient socket = new SmtpClient(decoy.smtpPort(), "127.0.0.1")) {
            String family = address.contains(":") ? "TCP6 " + address + " ::1" : "TCP4 " + address + " 127.0.0.1";
            socket.sendLine("PROXY " + family + " 4321 25");
            assertThat(socket.mail("user@example.org")).startsWith("451 ");
        }
    }

    /** Starts a decoy with the key of the envelope hashes that all of these share. */
    private static DecoyProcess startBehindProxy() throws IOException {
        Path keyFile = writeFile("envelope-key", "00112233445566778899aabbccddeeff\n");
        return DecoyProcess.start(
                "decoy.admin.token=" + TOKEN,
                "decoy.witness.token=" + WITNESS_TOKEN,
                "decoy.policy.envelope-key-file=" + keyFile,
                "decoy.smtp.greeting-delay=0s",
                "decoy.smtp.proxy-protocol.trusted=127.0.0.1");
    }

    @Test
    void ledger_exportedAndImported_hasTheSameRecordsAndListings() throws IOException {
        List<String> origins = List.of("198.51.100.7", "203.0.113.9", "2001:db8:7::25");
        try (DecoyProcess source = startBehindProxy();
                DecoyProcess target = startBehindProxy()) {
            sendMail(source, "198.51.100.7");
            sendMail(source, "203.0.113.9");
            sendMail(source, "203.0.113.9");
            sendMail(source, "2001:db8:7::25");
            source.awaitSender("203.0.113.9", 2);
            source.awaitListed("2001:db8:7::25");
            await("the last sightings in the export")
                    .atMost(LIMIT)
                    .until(() -> export(source)
                                    .lines()
                                    .filter(line -> line.contains("\"ended\":\"QUIT\""))
                                    .count()
                            == 3);
            String exported = export(source);
            assertThat(exported.lines()).hasSize(3).allMatch(line -> line.contains("\"helo\":\"client.test\""));

            Path file = writeFile("exported", exported);
            assertThat(importFile(target, file)).contains("\"taken\":3,").contains("\"done\":true,\"errors\":[]");
            origins.forEach(target::awaitListed);
            assertThat(target.feedEntries()).isEqualTo(source.feedEntries()).hasSize(3);
            assertThat(withoutTrust(export(target))).isEqualTo(withoutTrust(exported));
            assertThat(exported).contains("\"trust\":\"", "\"envelopeKey\":\"");
            assertThat(target.get("/senders/203.0.113.9").body()).contains("\"tier\":\"suspect\"");

            assertThat(importFile(target, file)).contains("\"taken\":0,\"unchanged\":3,");
            assertThat(importFile(source, file)).contains("\"taken\":0,\"unchanged\":3,");
            assertThat(withoutTrust(export(target))).isEqualTo(withoutTrust(exported));
        }
    }

    @Test
    void importedListing_endedHere_isNotRenewed_andEndsAtItsDecoyToo() throws IOException {
        try (DecoyProcess source = startBehindProxy();
                DecoyProcess target = startBehindProxy()) {
            sendMail(source, "203.0.113.77");
            source.awaitListed("203.0.113.77");
            String exported = export(source);
            Path file = writeFile("listed", exported);
            importFile(target, file);
            target.awaitListed("203.0.113.77");

            Instant before = Instant.now().minusSeconds(600);
            Path visit = writeFile("visit", "203.0.113.77 " + before.truncatedTo(ChronoUnit.SECONDS) + "\n");
            curl(target, "/witnesses", "-u", "x:" + WITNESS_TOKEN, "--data-binary", "@" + visit);
            awaitNothingListed(target);
            importFile(target, file);
            assertThat(target.get("/senders/203.0.113.77").body()).contains("\"listed\":false");

            importFile(source, writeFile("released", export(target)));
            awaitNothingListed(source);
            importFile(target, file);
            importFile(source, file);
            assertThat(source.feedEntries()).isEmpty();
            assertThat(target.feedEntries()).isEmpty();
        }
    }

    private static void awaitNothingListed(DecoyProcess decoy) {
        await("the end of the listing").atMost(LIMIT).until(() -> decoy.feedEntries()
                .isEmpty());
    }

    @Test
    void import_withBadLines_reportsThemAndImportsTheRest() throws IOException {
        Path file = writeFile(
                "bad",
                line("192.0.2.1").strip(),
                "",
                "no json",
                line("192.0.2.999").strip(),
                "x".repeat(100_000),
                line("192.0.2.2").replace("NO_QUIT", "GOOD").strip(),
                line("192.0.2.1").strip(),
                line("192.0.2.3").strip());
        try (DecoyProcess decoy = startBehindProxy()) {
            // a slow import reports its progress before
            assertThat(importFile(decoy, file)
                            .lines()
                            .reduce((before, last) -> last)
                            .orElseThrow())
                    .startsWith(
                            "{\"lines\":7,\"taken\":2,\"unchanged\":1,\"bad\":4,\"done\":true,\"errors\":[{\"line\":3,")
                    .contains("{\"line\":4,\"error\":\"origin: ")
                    .contains("{\"line\":5,\"error\":\"the line is longer than 8192 octets\"}")
                    .contains("{\"line\":6,\"error\":\"traits: must be one of [");
            assertThat(export(decoy).lines()).hasSize(2);
        }
    }

    @Test
    void import_ofManyLines_reportsProgressAndCanBeExported() throws IOException {
        assertThat(Files.size(generated)).isGreaterThan(20L << 20);
        String output = importFile(large, generated, "-v");
        assertThat(output).contains("< HTTP/1.1 100 Continue");
        assertThat(output.lines().filter(line -> line.startsWith("{\"lines\":")))
                .hasSizeGreaterThan(1);
        assertThat(output)
                .contains("\"bad\":0,\"done\":true,\"errors\":[]")
                .contains("{\"lines\":" + LINE_COUNT + ",\"taken\":");

        Path out = dir.resolve("out");
        String headers = curl(large, PATH, "-u", "x:" + TOKEN, "-D", "-", "-o", out.toString())
                .output();
        assertThat(headers).contains("Content-Type: application/x-ndjson").contains("Decoy-Entries: 20000");
        assertThat(Files.mismatch(sorted(out), sorted(generated))).isEqualTo(-1);

        assertDisconnectEndsTheExport();
        assertPausedReaderGetsTheRest();
        assertStalledReaderIsDisconnected();
    }

    private static Path sorted(Path file) throws IOException {
        return Files.write(
                file.resolveSibling(file.getFileName() + ".sorted"),
                Files.readAllLines(file).stream()
                        .filter(line -> !line.contains("\"127.0.0.2\""))
                        .sorted()
                        .toList());
    }

    private static Socket open(DecoyProcess decoy, String method, String... headers) throws IOException {
        return connect(new Socket(), decoy, method, headers);
    }

    private static Socket connect(Socket socket, DecoyProcess decoy, String method, String... headers)
            throws IOException {
        int port = URI.create(decoy.url(PATH)).getPort();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setSoTimeout((int) LIMIT.toMillis());
        String head = method + " /ledger HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + TOKEN + "\r\n";
        socket.getOutputStream().write((head + String.join("", headers) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static void assertDisconnectEndsTheExport() throws IOException {
        for (int i = 0; i < 8; i++) {
            try (Socket socket = open(large, "GET")) {
                await("the first octet of the export")
                        .atMost(LIMIT)
                        .until(() -> socket.getInputStream().read() >= 0);
            }
        }
        await("a complete export")
                .atMost(LIMIT)
                .until(() -> export(large).lines().count() == LINE_COUNT);
    }

    private static void assertPausedReaderGetsTheRest() throws IOException {
        try (Socket socket = open(large, "GET", "Connection: close\r\n")) {
            InputStream in = socket.getInputStream();
            in.readNBytes(100_000);
            await().during(Duration.ofSeconds(1)).atMost(LIMIT).until(() -> true);
            assertThat(large.get("/blocklist.txt").statusCode()).isEqualTo(200);
            assertThat(readTail(in)).endsWith("}\n\r\n0\r\n\r\n");
        }
    }

    private static void assertStalledReaderIsDisconnected() throws IOException {
        try (Socket socket = open(large, "GET")) {
            InputStream in = socket.getInputStream();
            in.readNBytes(100_000);
            await().during(Duration.ofSeconds(12)).atMost(LIMIT).until(() -> true);
            assertThat(readTail(in)).doesNotContain("0\r\n\r\n");
        }
    }

    /** Reads until the connection is closed or reset, and returns the last octets. */
    private static String readTail(InputStream in) {
        String tail = "";
        byte[] buffer = new byte[65_536];
        try {
            for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
                String all = tail + new String(buffer, 0, n, StandardCharsets.ISO_8859_1);
                tail = all.substring(Math.max(0, all.length() - 100));
            }
        } catch (IOException e) {
            return tail + "\n" + e.getMessage();
        }
        return tail;
    }

    @Test
    void import_clientStopsSending_isDisconnectedAndItsLinesAreKept() throws IOException {
        try (Socket socket = open(small, "POST", "Content-Length: 100000\r\n")) {
            socket.getOutputStream().write(line("192.0.2.77").getBytes(StandardCharsets.US_ASCII));
            String response = readTail(socket.getInputStream());
            assertThat(response).doesNotContain("\"done\":true");
        }
        await("the imported line")
                .atMost(LIMIT)
                .until(() -> small.get("/senders/192.0.2.77").body().contains("\"sessions\":1"));
        assertThat(small.log()).doesNotContain("\tat ").doesNotContain("ERROR");
    }

    @Test
    void import_withGzip_reportsInvalidDataAndTakesValidData() throws IOException {
        Path plain = writeFile("plain", line("192.0.2.88"));
        Path gzip = dir.resolve("plain.gz");
        CompletedProgram.run(
                LIMIT, "sh", "-c", "gzip -c " + plain + " > " + gzip + "; gzip -c " + plain + " >> " + gzip);
        String[] header = {"-H", "Content-Encoding: gzip"};

        assertThat(importFile(small, plain, header)).contains("\"done\":false,\"error\":\"the body could not be read");
        assertThat(importFile(small, gzip, header)).contains("{\"lines\":2,\"taken\":1,\"unchanged\":1,\"bad\":0,");
    }

    @Test
    void stop_duringImport_isPrompt() throws IOException {
        try (Socket socket = new Socket();
                DecoyProcess decoy = startBehindProxy()) {
            connect(socket, decoy, "POST", "Content-Length: 100000\r\n");
            socket.getOutputStream().write(line("192.0.2.1").getBytes(StandardCharsets.US_ASCII));
            assertThat(decoy.get("/blocklist.txt").statusCode()).isEqualTo(200);
        }
    }
}
