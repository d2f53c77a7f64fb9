package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The feed over HTTP, as curl and rspamd request it. */
class FeedHttpIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String FEED = "/blocklist.txt";

    private static DecoyProcess decoy;

    @BeforeAll
    static void start() throws IOException {
        decoy = DecoyProcess.start("decoy.smtp.greeting-delay=0s");
        SmtpClient.mail(decoy.smtpPort(), "127.0.0.61", "user@example.org");
        decoy.awaitListed("127.0.0.61");
    }

    @AfterAll
    static void stop() {
        decoy.close();
    }

    /** The end of a session may be reported a second after its 451. An older feed has no pending change. */
    @BeforeEach
    void awaitStableFeed() {
        await("a stable feed").atMost(LIMIT).untilAsserted(() -> {
            HttpResponse<String> feed = decoy.get(FEED);
            assertThat(date(feed, "Last-Modified")).isBefore(date(feed, "Date").minusSeconds(2));
        });
    }

    private static String etag() {
        return header(decoy.get(FEED), "ETag");
    }

    private static String header(HttpResponse<String> response, String name) {
        return response.headers().firstValue(name).orElseThrow(() -> new AssertionError("no " + name));
    }

    @Test
    void curlEtagCompare_secondRequest_gets304(@TempDir Path dir) throws IOException {
        Path tag = dir.resolve("tag");
        Path body = dir.resolve("body");
        assertThat(curl(body, "--etag-compare", tag.toString(), "--etag-save", tag.toString()))
                .isEqualTo("200");
        assertThat(body).content().contains("127.0.0.61\n");

        Path again = dir.resolve("again");
        assertThat(curl(again, "--etag-compare", tag.toString(), "--etag-save", tag.toString()))
                .isEqualTo("304");
        assertThat(Files.exists(again) && Files.size(again) > 0).isFalse();
    }

    @Test
    void curlTimeCondition_withCurrentFile_gets304(@TempDir Path dir) {
        Path body = dir.resolve("body");
        assertThat(curl(body)).isEqualTo("200");

        assertThat(curl(dir.resolve("again"), "-z", body.toString())).isEqualTo("304");
    }

    @Test
    void curlTimeCondition_withOldDate_getsFeed(@TempDir Path dir) {
        assertThat(curl(dir.resolve("body"), "-z", "Sun, 06 Nov 1994 08:49:37 GMT"))
                .isEqualTo("200");
    }

    @Test
    void curlCompressed_getsFeed_andLengthWithoutCompression(@TempDir Path dir) {
        Path body = dir.resolve("body");
        Path headers = dir.resolve("headers");
        assertThat(curl(body, "--compressed", "-D", headers.toString())).isEqualTo("200");
        HttpResponse<String> feed = decoy.get(FEED);
        assertThat(body).content().isEqualTo(feed.body());
        assertThat(header(feed, "X-Decoymx-Length"))
                .isEqualTo(String.valueOf(feed.body().length()));
        assertThat(headers)
                .content()
                .containsIgnoringCase("Content-Encoding: ")
                .containsIgnoringCase("X-Decoymx-Length: " + feed.body().length() + "\r\n");
    }

    private static String curl(Path body, String... options) {
        String[] command = {
            RealProgram.require("curl"), "-fsS", "-o", body.toString(), "-w", "%{http_code}", decoy.url(FEED)
        };
        CompletedProgram run = CompletedProgram.run(
                LIMIT, Stream.of(command, options).flatMap(Stream::of).toArray(String[]::new));
        assertThat(run.code()).as(run.output()).isZero();
        return run.output();
    }

    @Test
    void curlHead_getsHeadersOfGet() {
        CompletedProgram run = CompletedProgram.run(LIMIT, RealProgram.require("curl"), "-sSI", decoy.url(FEED));

        assertThat(run.output())
                .startsWith("HTTP/1.1 200 OK\r\n")
                .containsIgnoringCase("Content-Type: text/plain;charset=UTF-8")
                .containsIgnoringCase("ETag: " + etag())
                .containsIgnoringCase("X-Decoymx-Length: " + header(decoy.get(FEED), "X-Decoymx-Length"))
                .containsIgnoringCase("Last-Modified: " + header(decoy.get(FEED), "Last-Modified"))
                .endsWith("\r\n\r\n");
    }

    /** The exact request that rspamd 3.4 sends before it fetches a map again. */
    @Test
    void rspamdHead_withCurrentValidators_gets304WithValidators() throws IOException {
        HttpResponse<String> feed = decoy.get(FEED);
        String answer = head(header(feed, "ETag"), header(feed, "Last-Modified"));

        assertThat(answer).startsWith("HTTP/1.1 304 ");
        assertThat(answer)
                .containsPattern("(?i)\nDate: [^\r]* GMT\r\n")
                .containsPattern("(?i)\nExpires: [^\r]* GMT\r\n")
                .containsIgnoringCase("ETag: " + header(feed, "ETag") + "\r\n")
                .containsIgnoringCase("Last-Modified: " + header(feed, "Last-Modified") + "\r\n")
                .endsWith("\r\n\r\n");
        assertThat(answer.split("\r\n\r\n", -1)).as("no body").hasSize(2);
    }

    @Test
    void rspamdHead_withStaleValidators_gets200WithoutBody() throws IOException {
        String answer = head("\"stale\"", "Sun, 06 Nov 1994 08:49:37 GMT");

        assertThat(answer)
                .startsWith("HTTP/1.1 200 ")
                .containsIgnoringCase("ETag: " + etag())
                .endsWith("\r\n\r\n");
        assertThat(answer.split("\r\n\r\n", -1)).as("no body").hasSize(2);
    }

    private static String head(String tag, String modified) throws IOException {
        return RawHttp.send(decoy.url(FEED), """
                HEAD /blocklist.txt HTTP/1.1
                Connection: close
                Host: 127.0.0.1
                If-Modified-Since: %s
                If-None-Match: %s
                Content-Length: 0

                """.formatted(modified, tag));
    }

    @Test
    void expires_isInTheFuture_soThatRspamdHonorsIt() {
        HttpResponse<String> feed = decoy.get(FEED);

        assertThat(date(feed, "Expires")).isAfter(date(feed, "Date").plusSeconds(5));
    }

    @Test
    void change_setsNewETag_andLaterLastModified() throws IOException {
        HttpResponse<String> before = decoy.get(FEED);

        SmtpClient.mail(decoy.smtpPort(), "127.0.0.62", "user@example.org");

        decoy.awaitListed("127.0.0.62");
        HttpResponse<String> after = decoy.get(FEED);
        assertThat(header(after, "ETag")).isNotEqualTo(header(before, "ETag"));
        assertThat(date(after, "Last-Modified"))
                .isAfterOrEqualTo(date(before, "Last-Modified").plusSeconds(1));
    }

    @Test
    void sessionEnd_afterReported451_changesNothing() throws IOException {
        double sightings = decoy.metricValue("decoy_sightings_total");
        String tag;
        try (SmtpClient socket = new SmtpClient(decoy.smtpPort(), "127.0.0.63")) {
            socket.readReply();
            socket.sendCommand("EHLO client.test");
            socket.sendCommand("MAIL FROM:<sender@client.test>");
            socket.sendCommand("RCPT TO:<user@example.org>");
            assertThat(socket.sendCommand("DATA")).startsWith("451 ");
            decoy.awaitListed("127.0.0.63");
            tag = etag();
            socket.sendCommand("QUIT");
        }

        await("both sightings").atMost(LIMIT).until(() -> decoy.metricValue("decoy_sightings_total") == sightings + 2);
        await("an unchanged feed").during(Duration.ofSeconds(2)).atMost(LIMIT).until(() -> etag().equals(tag));
    }

    private static Instant date(HttpResponse<String> response, String name) {
        return ZonedDateTime.parse(header(response, name), DateTimeFormatter.RFC_1123_DATE_TIME)
                .toInstant();
    }

    @Test
    void plainFeed_isText_withTrialComment() {
        HttpResponse<String> feed = decoy.get(FEED);

        assertThat(header(feed, "Content-Type")).isEqualTo("text/plain;charset=UTF-8");
        assertThat(feed.body()).startsWith("# TRIAL").endsWith("\n");
        assertThat(feed.body().lines()).allMatch(line -> line.startsWith("#") || line.matches("127\\.0\\.0\\.\\d+"));
        assertThat(decoy.get("/feeds/plain").body()).isEqualTo(feed.body());
    }

    @Test
    void unknownFeed_returnsProblem_withFeedNames() {
        HttpResponse<String> answer = decoy.get("/feeds/nix");

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(header(answer, "Content-Type")).startsWith("application/problem+json");
        assertThat(answer.body()).contains("\"status\":404").contains("plain");
    }

    @Test
    void invalidSenderAddress_returnsProblem_withExample() {
        HttpResponse<String> answer = decoy.get("/senders/xx");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(header(answer, "Content-Type")).startsWith("application/problem+json");
        assertThat(answer.body()).contains("\"status\":400").contains("192.0.2.1");
    }
}
