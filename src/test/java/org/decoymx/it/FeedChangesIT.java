package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The changes of the feed, on request and as an event stream. */
class FeedChangesIT {
    private static final Pattern VERSION = Pattern.compile("^# version (\\d+),", Pattern.MULTILINE);

    private static DecoyProcess decoy;

    @BeforeAll
    static void start() {
        decoy = DecoyProcess.start(
                "decoy.smtp.greeting-delay=0s", "decoy.smtp.proxy-protocol.trusted=" + ProxiedClient.PROXY);
    }

    @AfterAll
    static void stop() {
        if (decoy != null) {
            decoy.close();
        }
    }

    private static void listClient(String client, String entry) throws IOException {
        ProxiedClient.mail(decoy.smtpPort(), client, "user@example.org");
        decoy.awaitListed(entry);
    }

    private static long version() {
        Matcher version = VERSION.matcher(decoy.get("/feeds/plain").body());
        assertThat(version.find()).isTrue();
        return Long.parseLong(version.group(1));
    }

    private static EventSource follow(String query, String header) throws IOException {
        return new EventSource(decoy.url("/feeds/stream" + query), header);
    }

    @Test
    void changes_sinceVersion_leadToCurrentVersion() throws IOException {
        long before = version();
        listClient("192.0.2.1", "192.0.2.1");
        listClient("2001:db8::1", "2001:db8::/64");

        HttpResponse<String> changes = decoy.get("/feeds/changes?since=" + before);

        assertThat(changes.headers().firstValue("Content-Type")).contains("application/x-ndjson");
        assertThat(changes.body().lines())
                .containsExactly(
                        "{\"op\":\"add\",\"ip\":\"192.0.2.1\"}",
                        "{\"op\":\"add\",\"ip\":\"2001:db8::/64\"}",
                        "{\"op\":\"version\",\"version\":" + version() + "}");
        assertThat(decoy.get("/feeds/changes?family=6&since=" + before).body())
                .contains("2001:db8::/64")
                .doesNotContain("192.0.2.1");
        assertThat(decoy.get("/feeds/changes?since=" + version()).body())
                .isEqualTo("{\"op\":\"version\",\"version\":" + version() + "}\n");
    }

    @Test
    void changes_sinceUnknownVersion_areGone_withLinkToFeed() {
        for (long unknown : new long[] {1, version() + 1_000}) {
            HttpResponse<String> gone = decoy.get("/feeds/changes?since=" + unknown);

            assertThat(gone.statusCode()).isEqualTo(410);
            assertThat(gone.headers().firstValue("Link")).contains("</feeds/plain>; rel=\"alternate\"");
            assertThat(gone.body()).contains("\"status\":410").contains("/feeds/plain");
        }
    }

    @Test
    void stream_sendsChange_withinOneSecondOfFeed() throws IOException {
        try (EventSource events = follow("", "")) {
            assertThat(events.responseHead())
                    .startsWith("HTTP/1.0 200 OK\n")
                    .containsIgnoringCase("content-type: text/event-stream\n")
                    .containsIgnoringCase("cache-control: no-store");
            assertThat(events.readEvent()).containsExactly("retry: 2000");
            assertThat(events.readEvent()).contains("event: version", "id: " + version());

            listClient("192.0.2.2", "192.0.2.2");
            Stopwatch sinceListed = Stopwatch.start();

            assertThat(events.readEvent())
                    .containsExactly(
                            "event: change",
                            "data: {\"op\":\"add\",\"ip\":\"192.0.2.2\"}",
                            "data: {\"op\":\"version\",\"version\":" + version() + "}",
                            "id: " + version());
            sinceListed.assertWithin(Duration.ofSeconds(1));
        }
    }

    @Test
    void stream_resumed_sendsMissedChanges() throws IOException {
        long before = version();
        listClient("192.0.2.3", "192.0.2.3");
        listClient("2001:db8:3::1", "2001:db8:3::/64");
        for (String[] since : new String[][] {
            {"?since=" + before, ""},
            {"", "Last-Event-ID: " + before + "\n"},
            {"?since=1", "Last-Event-ID: " + before + "\n"}
        }) {
            try (EventSource events = follow(since[0], since[1])) {
                assertThat(events.readEvent()).containsExactly("retry: 2000");
                List<String> lines = new ArrayList<>();
                while (!lines.contains("id: " + version())) {
                    List<String> event = events.readEvent();
                    assertThat(event).contains("event: change");
                    lines.addAll(event);
                }
                assertThat(lines)
                        .contains(
                                "data: {\"op\":\"add\",\"ip\":\"192.0.2.3\"}",
                                "data: {\"op\":\"add\",\"ip\":\"2001:db8:3::/64\"}");
            }
        }
    }

    @Test
    void stream_sinceUnknownVersion_sendsReset_andContinues() throws IOException {
        try (EventSource events = follow("?since=1&family=4", "")) {
            events.readEvent();
            assertThat(events.readEvent())
                    .containsExactly(
                            "event: reset",
                            "data: {\"op\":\"reset\",\"version\":" + version() + ",\"url\":\"/feeds/plain?family=4\"}",
                            "id: " + version());
            listClient("2001:db8:4::1", "2001:db8:4::/64");
            assertThat(events.readEvent()).contains("event: change").noneMatch(line -> line.contains("2001:db8"));
            listClient("192.0.2.4", "192.0.2.4");
            assertThat(events.readEvent()).contains("data: {\"op\":\"add\",\"ip\":\"192.0.2.4\"}");
        }
    }

    @Test
    void stream_withoutChanges_sendsHeartbeat() throws IOException {
        try (EventSource events = follow("", "")) {
            events.readEvent();
            events.readEvent();
            Stopwatch sinceLastEvent = Stopwatch.start();
            assertThat(events.readEvent()).containsExactly(":");
            sinceLastEvent.assertWithin(Duration.ofSeconds(20));
        }
    }
}
