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
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ledger goes out and in with curl, however large, and nobody else's hands get at it. */
class LedgerTransferIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String TOKEN = "test-token-0123456789";
    private static final String PATH = "/ledger";
    private static final int MANY = 200_000;

    @TempDir
    private static Path dir;

    private static DecoyProcess large;
    private static DecoyProcess small;
    private static Path generated;

    /** Two decoys that cut off who does nothing for six seconds; one for very many lines. */
    @BeforeAll
    static void start() throws IOException {
        generated = dir.resolve("generated");
        generate(generated, MANY);
        large = impatient();
        small = impatient();
    }

    private static DecoyProcess impatient() {
        return DecoyProcess.start(
                "decoy.admin.token=" + TOKEN, "quarkus.http.idle-timeout=6s", "quarkus.http.read-timeout=6s");
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

    /** All lines but that of the harness, which looks whether the decoy is up. */
    private static String export(DecoyProcess decoy) {
        return curl(decoy, PATH, "-u", "admin:" + TOKEN)
                .output()
                .lines()
                .filter(line -> !line.contains("\"127.0.0.2\""))
                .map(line -> line + "\n")
                .collect(Collectors.joining());
    }

    private static String importing(DecoyProcess decoy, Path file, String... more) {
        String[] options = {"-H", "Authorization: Bearer " + TOKEN, "-X", "POST", "-T", file.toString()};
        return curl(decoy, PATH, Stream.of(options, more).flatMap(Stream::of).toArray(String[]::new))
                .output();
    }

    private static Path file(String name, String... lines) throws IOException {
        return Files.writeString(dir.resolve(name), String.join("\n", lines));
    }

    private static void converse(DecoyProcess decoy, String address) throws IOException {
        try (SmtpClient socket = new SmtpClient(decoy.smtpPort(), "127.0.0.1")) {
            String family = address.contains(":") ? "TCP6 " + address + " ::1" : "TCP4 " + address + " 127.0.0.1";
            socket.sendLine("PROXY " + family + " 4321 25");
            assertThat(socket.mail("user@example.org")).startsWith("451 ");
        }
    }

    private static DecoyProcess behindProxy() {
        return DecoyProcess.start(
                "decoy.admin.token=" + TOKEN,
                "decoy.smtp.greeting-delay=0s",
                "decoy.smtp.proxy-protocol.trusted=127.0.0.1");
    }

    @Test
    void ledger_exportedAndImported_isTheSame_andListsTheSame() throws IOException {
        List<String> origins = List.of("198.51.100.7", "203.0.113.9", "2001:db8:7::/64");
        try (DecoyProcess one = behindProxy();
                DecoyProcess other = behindProxy()) {
            converse(one, "198.51.100.7");
            converse(one, "203.0.113.9");
            converse(one, "203.0.113.9");
            converse(one, "2001:db8:7::25");
            one.awaitSender("203.0.113.9", 2);
            one.awaitListed("2001:db8:7::/64");
            await("the last sightings on the disk")
                    .atMost(LIMIT)
                    .until(() -> export(one)
                                    .lines()
                                    .filter(line -> line.contains("\"ended\":\"QUIT\""))
                                    .count()
                            == 3);
            String exported = export(one);
            assertThat(exported.lines()).hasSize(3).allMatch(line -> line.contains("\"helo\":\"client.test\""));

            Path file = file("exported", exported);
            assertThat(importing(other, file)).contains("\"taken\":3,").contains("\"done\":true,\"errors\":[]");
            origins.forEach(other::awaitListed);
            assertThat(other.feedEntries()).isEqualTo(one.feedEntries()).hasSize(3);
            assertThat(export(other)).isEqualTo(exported);

            assertThat(importing(other, file)).contains("\"taken\":0,\"unchanged\":3,");
            assertThat(importing(one, file)).contains("\"taken\":0,\"unchanged\":3,");
            assertThat(export(other)).isEqualTo(exported);
        }
    }

    @Test
    void badLines_areCountedAndNamed_andTheRestIsTaken() throws IOException {
        Path file = file(
                "bad",
                line("192.0.2.1").strip(),
                "",
                "no json",
                line("192.0.2.999").strip(),
                "x".repeat(100_000),
                line("192.0.2.2").replace("NO_QUIT", "GOOD").strip(),
                line("192.0.2.1").strip(),
                line("192.0.2.3").strip());
        try (DecoyProcess decoy = behindProxy()) {
            assertThat(importing(decoy, file))
                    .startsWith(
                            "{\"lines\":7,\"taken\":2,\"unchanged\":1,\"bad\":4,\"done\":true,\"errors\":[{\"line\":3,")
                    .contains("{\"line\":4,\"error\":\"origin: ")
                    .contains("{\"line\":5,\"error\":\"the line is longer than 8192 octets\"}")
                    .contains("{\"line\":6,\"error\":\"traits: must be one of [");
            assertThat(export(decoy).lines()).hasSize(2);
        }
    }

    @Test
    void veryManyLines_goIn_withWordOfTheProgress_andComeOut() throws IOException {
        assertThat(Files.size(generated)).isGreaterThan(20L << 20);
        String said = importing(large, generated, "-v");
        assertThat(said).contains("< HTTP/1.1 100 Continue");
        assertThat(said.lines().filter(line -> line.startsWith("{\"lines\":"))).hasSizeGreaterThan(1);
        assertThat(said)
                .contains("\"bad\":0,\"done\":true,\"errors\":[]")
                .contains("{\"lines\":" + MANY + ",\"taken\":");

        Path out = dir.resolve("out");
        String headers = curl(large, PATH, "-u", "x:" + TOKEN, "-D", "-", "-o", out.toString())
                .output();
        assertThat(headers).contains("Content-Type: application/x-ndjson").contains("Decoy-Entries: 20000");
        assertThat(Files.mismatch(sorted(out), sorted(generated))).isEqualTo(-1);

        readerThatGoesAway_endsTheWork();
        readerThatRests_getsTheRest();
        readerThatDoesNotRead_isCutOff();
    }

    private static Path sorted(Path file) throws IOException {
        return Files.write(
                file.resolveSibling(file.getFileName() + ".sorted"),
                Files.readAllLines(file).stream()
                        .filter(line -> !line.contains("\"127.0.0.2\""))
                        .sorted()
                        .toList());
    }

    private static Socket open(DecoyProcess decoy, String request, String... more) throws IOException {
        return connect(new Socket(), decoy, request, more);
    }

    private static Socket connect(Socket socket, DecoyProcess decoy, String request, String... more)
            throws IOException {
        int port = URI.create(decoy.url(PATH)).getPort();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setSoTimeout((int) LIMIT.toMillis());
        String head = request + " /ledger HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + TOKEN + "\r\n";
        socket.getOutputStream().write((head + String.join("", more) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static void readerThatGoesAway_endsTheWork() throws IOException {
        for (int i = 0; i < 8; i++) {
            try (Socket socket = open(large, "GET")) {
                await("a place")
                        .atMost(LIMIT)
                        .until(() -> socket.getInputStream().read() >= 0);
            }
        }
        await("a place").atMost(LIMIT).until(() -> export(large).lines().count() == MANY);
    }

    private static void readerThatRests_getsTheRest() throws IOException {
        try (Socket socket = open(large, "GET", "Connection: close\r\n")) {
            InputStream in = socket.getInputStream();
            in.readNBytes(100_000);
            await().during(Duration.ofSeconds(1)).atMost(LIMIT).until(() -> true);
            assertThat(large.get("/blocklist.txt").statusCode()).isEqualTo(200);
            assertThat(end(in)).endsWith("}\n\r\n0\r\n\r\n");
        }
    }

    private static void readerThatDoesNotRead_isCutOff() throws IOException {
        try (Socket socket = open(large, "GET")) {
            InputStream in = socket.getInputStream();
            in.readNBytes(100_000);
            await().during(Duration.ofSeconds(12)).atMost(LIMIT).until(() -> true);
            assertThat(end(in)).doesNotContain("0\r\n\r\n");
        }
    }

    /** Reads to the end, or to the reset, and gives the last octets. */
    private static String end(InputStream in) {
        String end = "";
        byte[] buffer = new byte[65_536];
        try {
            for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
                String all = end + new String(buffer, 0, n, StandardCharsets.ISO_8859_1);
                end = all.substring(Math.max(0, all.length() - 100));
            }
        } catch (IOException e) {
            return end + "\n" + e.getMessage();
        }
        return end;
    }

    @Test
    void clientThatStopsSending_isCutOff_andWhatCameIsTaken() throws IOException {
        try (Socket socket = open(small, "POST", "Content-Length: 100000\r\n")) {
            socket.getOutputStream().write(line("192.0.2.77").getBytes(StandardCharsets.US_ASCII));
            String answer = end(socket.getInputStream());
            assertThat(answer).doesNotContain("\"done\":true");
        }
        await("the line")
                .atMost(LIMIT)
                .until(() -> small.get("/senders/192.0.2.77").body().contains("\"sessions\":1"));
        assertThat(small.log()).doesNotContain("\tat ").doesNotContain("ERROR");
    }

    @Test
    void brokenGzip_saysSo_andAWholeOneIsTaken() throws IOException {
        Path plain = file("plain", line("192.0.2.88"));
        Path gzip = dir.resolve("plain.gz");
        CompletedProgram.run(
                LIMIT, "sh", "-c", "gzip -c " + plain + " > " + gzip + "; gzip -c " + plain + " >> " + gzip);
        String[] header = {"-H", "Content-Encoding: gzip"};

        assertThat(importing(small, plain, header)).contains("\"done\":false,\"error\":\"the body could not be read");
        assertThat(importing(small, gzip, header)).contains("{\"lines\":2,\"taken\":1,\"unchanged\":1,\"bad\":0,");
    }

    @Test
    void stop_inTheMiddleOfAnImport_isPrompt() throws IOException {
        try (Socket socket = new Socket();
                DecoyProcess decoy = behindProxy()) {
            connect(socket, decoy, "POST", "Content-Length: 100000\r\n");
            socket.getOutputStream().write(line("192.0.2.1").getBytes(StandardCharsets.US_ASCII));
            assertThat(decoy.get("/blocklist.txt").statusCode()).isEqualTo(200);
        }
    }
}
