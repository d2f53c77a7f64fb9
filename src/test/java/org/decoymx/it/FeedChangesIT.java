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
                "decoy.smtp.greeting-delay=0s",
                TrialDecoy.QUICK_TIERS[0],
                TrialDecoy.QUICK_TIERS[1],
                "decoy.smtp.proxy-protocol.trusted=" + ProxiedClient.PROXY);
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
        return version("");
    }

    private static long version(String query) {
        Matcher version = VERSION.matcher(decoy.get("/feeds/plain" + query).body());
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
        listClient("2001:db8::1", "2001:db8::1");

        HttpResponse<String> changes = decoy.get("/feeds/changes?tier=all&since=" + before);

        assertThat(changes.headers().firstValue("Content-Type")).contains("application/x-ndjson");
        assertThat(changes.body().lines())
                .containsExactly(
                        "{\"op\":\"add\",\"ip\":\"192.0.2.1\"}",
                        "{\"op\":\"add\",\"ip\":\"2001:db8::1\"}",
                        "{\"op\":\"version\",\"version\":" + version() + "}");
        assertThat(decoy.get("/feeds/changes?tier=all&family=6&since=" + before).body())
                .contains("2001:db8::1")
                .doesNotContain("192.0.2.1");
        assertThat(decoy.get("/feeds/changes?tier=all&since=" + version()).body())
                .isEqualTo("{\"op\":\"version\",\"version\":" + version() + "}\n");
    }

    @Test
    void changes_sinceUnknownVersion_areGone_withLinkToFeed() {
        for (long unknown : new long[] {1, version() + 1_000}) {
            HttpResponse<String> gone = decoy.get("/feeds/changes?since=" + unknown);

            assertThat(gone.statusCode()).isEqualTo(410);
            assertThat(gone.headers().firstValue("Link")).contains("</feeds/plain?tier=confirmed>; rel=\"alternate\"");
            assertThat(gone.body()).contains("\"status\":410").contains("/feeds/plain");
        }
    }

    @Test
    void stream_sendsChange_withinOneSecondOfFeed() throws IOException {
        try (EventSource events = follow("?tier=all", "")) {
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
        listClient("2001:db8:3::1", "2001:db8:3::1");
        for (String[] since : new String[][] {
            {"?tier=all&since=" + before, ""},
            {"?tier=all", "Last-Event-ID: " + before + "\n"},
            {"?tier=all&since=1", "Last-Event-ID: " + before + "\n"}
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
                                "data: {\"op\":\"add\",\"ip\":\"2001:db8:3::1\"}");
            }
        }
    }

    @Test
    void stream_sinceUnknownVersion_sendsReset_andContinues() throws IOException {
        try (EventSource events = follow("?tier=all&since=1&family=4", "")) {
            events.readEvent();
            assertThat(events.readEvent())
                    .containsExactly(
                            "event: reset",
                            "data: {\"op\":\"reset\",\"version\":" + version()
                                    + ",\"url\":\"/feeds/plain?tier=all&family=4\"}",
                            "id: " + version());
            listClient("2001:db8:4::1", "2001:db8:4::1");
            assertThat(events.readEvent()).contains("event: change").noneMatch(line -> line.contains("2001:db8"));
            listClient("192.0.2.4", "192.0.2.4");
            assertThat(events.readEvent()).contains("data: {\"op\":\"add\",\"ip\":\"192.0.2.4\"}");
        }
    }

    /** A suspect is no change for a firewall; its promotion is. Each reader ends with the feed of its tier. */
    @Test
    void promotion_isAdditionByDefault_andRemovalForSuspects() throws IOException {
        String client = "192.0.2.5";
        String add = "{\"op\":\"add\",\"ip\":\"" + client + "\"}";
        String remove = "{\"op\":\"remove\",\"ip\":\"" + client + "\"}";
        long before = version();
        listClient(client, client);
        long caught = version();
        assertThat(decoy.get("/feeds/changes?since=" + before).body())
                .isEqualTo("{\"op\":\"version\",\"version\":" + caught + "}\n");
        assertThat(decoy.get("/feeds/changes?tier=suspect&since=" + before).body())
                .contains(add);
        try (EventSource events = follow("?since=" + version("?tier=confirmed"), "")) {
            assertThat(events.readEvent()).containsExactly("retry: 2000");

            TrialDecoy.confirmClient(decoy, client);

            List<String> lines = new ArrayList<>();
            while (!lines.contains("data: " + add)) {
                lines.addAll(events.readEvent());
            }
            assertThat(lines).doesNotContain("data: " + remove);
        }
        assertThat(decoy.get("/feeds/changes?since=" + caught).body()).contains(add);
        assertThat(decoy.get("/feeds/changes?tier=suspect&since=" + caught).body())
                .contains(remove);
        assertThat(decoy.get("/feeds/changes?tier=all&since=" + caught).body()).doesNotContain(client);
        assertThat(decoy.get("/feeds/pf").body()).contains("\n" + client + "\n");
        assertThat(decoy.get("/feeds/csv").body()).containsPattern("\n192\\.0\\.2\\.5,.*,confirmed\n");
        assertThat(decoy.get("/feeds/postfix-cidr").body()).contains("\n192.0.2.5/32 REJECT 5.7.1 ");
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
