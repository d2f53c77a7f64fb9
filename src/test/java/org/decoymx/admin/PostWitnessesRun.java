package org.decoymx.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.decoymx.it.CompletedProgram;
import org.decoymx.it.RealProgram;
import org.decoymx.it.TestResources;

/** Runs deploy/witness/post-witnesses on a log, and shows the lines of its reports, which the real parser checks. */
final class PostWitnessesRun implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration RETENTION = Duration.ofDays(10_000);
    private static final Path SCRIPT = Path.of("deploy/witness/post-witnesses");

    private final Path dir = TestResources.createDirectory("post-witnesses");
    private final HttpServer server;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private volatile int status = 200;

    PostWitnessesRun() {
        RealProgram.require("perl");
        RealProgram.require("curl");
        try {
            Files.writeString(dir.resolve("token"), "witness\"token\\0123\n");
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/witnesses", this::handle);
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            byte[] answer = (status == 200 ? parse(body) : "{\"detail\":\"not now\"}").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    private String parse(byte[] body) throws IOException {
        PrimaryVisitReport report = PrimaryVisitReport.parse(new ByteArrayInputStream(body), Instant.now(), RETENTION);
        new String(body, StandardCharsets.US_ASCII).lines().forEach(lines::add);
        return new ObjectMapper().writeValueAsString(PrimaryVisitResource.VisitImportResult.of(report));
    }

    /** The server answers with this HTTP status from now on. */
    void answerWith(int status) {
        this.status = status;
    }

    /** Nobody listens at the URL from now on. */
    void stopServer() {
        server.stop(0);
    }

    /** The directory of the log, with nothing else in it at first. */
    Path logDirectory() throws IOException {
        return Files.createDirectories(dir.resolve("logs"));
    }

    Path log() throws IOException {
        return logDirectory().resolve("mail.log");
    }

    /** A line of smtpd: a visit that ended without a result. */
    static String visit(String time, String client) {
        return time + " mx1 postfix/smtpd[1]: disconnect from a.example[" + client + "] ehlo=1 quit=1 commands=2\n";
    }

    /** A line of a visit in 2024, and the line of its report. */
    static String visit(int number) {
        return visit("2024-05-01T10:00:00Z", "192.0.2." + number);
    }

    static String report(int number) {
        return "192.0.2." + number + " 2024-05-01T10:00:00Z";
    }

    void append(String text) throws IOException {
        Files.writeString(log(), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** Runs the script, after a prefix such as {@code env TZ=...}. */
    CompletedProgram run(String... prefix) throws IOException {
        return run(log(), prefix);
    }

    CompletedProgram run(Path log, String... prefix) {
        Stream<String> command = Stream.of(
                SCRIPT.toAbsolutePath().toString(),
                "http://127.0.0.1:" + server.getAddress().getPort() + "/",
                dir.resolve("token").toString(),
                log.toString(),
                dir.resolve("state").toString());
        return CompletedProgram.run(
                LIMIT, Stream.concat(Stream.of(prefix), command).toArray(String[]::new));
    }

    /** Runs the script, which must succeed silently, and returns the lines it reported. */
    List<String> report(String... prefix) throws IOException {
        CompletedProgram run = run(prefix);
        assertThat(run.output()).isEmpty();
        assertThat(run.code()).isZero();
        return takeLines();
    }

    /** Runs the script, which must fail with one line that contains a text. */
    void assertFails(String message) throws IOException {
        CompletedProgram run = run();
        assertThat(run.output())
                .startsWith("post-witnesses: ")
                .contains(message)
                .hasLineCount(1);
        assertThat(run.code()).isEqualTo(1);
    }

    /** The lines that were reported since the last call. */
    List<String> takeLines() {
        List<String> taken = new ArrayList<>(lines);
        lines.clear();
        return taken;
    }

    @Override
    public void close() {
        server.stop(0);
        TestResources.delete(dir);
    }
}
