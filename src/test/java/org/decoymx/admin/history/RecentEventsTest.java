package org.decoymx.admin.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.runtime.StartupEvent;
import java.time.Instant;
import java.util.List;
import org.decoymx.admin.history.RecentEvents.Event;
import org.decoymx.feed.MutableClock;
import org.decoymx.support.EventLog;
import org.decoymx.support.TestClocks;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The ring of events: what is in it, what it has after a flood, and after a restart. */
class RecentEventsTest {
    private final MutableClock clock = new MutableClock(Instant.parse("2026-01-01T08:00:00Z"));
    private final EventLog log = new EventLog(clock, line -> {});
    private final RecentEvents events = new RecentEvents(TestClocks.trusted(clock));

    @BeforeEach
    void listen() {
        events.listen(new StartupEvent(), log);
    }

    private static List<String> texts(List<Event> found) {
        return found.stream().map(Event::text).toList();
    }

    @Test
    void lines_haveASubject_andACause_theLatestFirst() {
        log.add(() -> "sender 2001:db8::/64: caught, 12 points, suspect until 2026-01-02T00:00:00Z: first catch");
        log.add(() -> "network 192.0.2.0/24: released: expired");
        log.add(() -> "blocklist: 5 entries after 3, too many changes to name them");
        List<Event> latest = events.latest(20);
        assertThat(latest)
                .extracting(Event::subject)
                .containsExactly("blocklist", "network 192.0.2.0/24", "2001:db8::/64");
        assertThat(latest).extracting(Event::isSender).containsExactly(false, false, true);
        assertThat(latest.get(2).text())
                .isEqualTo("caught, 12 points, suspect until 2026-01-02T00:00:00Z: first catch");
        assertThat(latest.get(2).time()).isEqualTo("08:00:00");
        assertThat(latest.get(0).id()).isEqualTo(latest.get(2).id() + 2);
    }

    @Test
    void flood_leavesTheLatest_andBuildsNoOtherText() {
        int[] built = {0};
        for (int i = 0; i < 100_000; i++) {
            String line = "sender 192.0.2.1: event " + i;
            log.add(() -> {
                built[0]++;
                return line;
            });
        }
        int logged = built[0];
        assertThat(texts(events.latest(2))).containsExactly("event 99999", "event 99998");
        assertThat(events.latest(1_000_000)).hasSize(RecentEvents.CAPACITY);
        assertThat(events.latest(1_000_000)).hasSize(RecentEvents.CAPACITY);
        assertThat(built[0] - logged).isEqualTo(RecentEvents.CAPACITY);
    }

    @Test
    void since_hasWhatCameAfter_alsoAfterARestart() {
        log.add(() -> "sender 192.0.2.1: one");
        long one = events.latestId();
        log.add(() -> "sender 192.0.2.1: two");
        log.add(() -> "sender 192.0.2.1: three");
        assertThat(texts(events.since(one, 10))).containsExactly("three", "two");
        assertThat(texts(events.since(one, 1))).containsExactly("three");
        assertThat(events.since(events.latestId(), 10)).isEmpty();
        assertThat(events.since(one + 1_000_000, 10))
                .as("of a time before the restart")
                .hasSize(3);
        assertThat(events.since(1, 10)).hasSize(3);
    }

    @Test
    void invisibleCharacters_areEscaped() {
        log.add(() -> "sender 192.0.2.1: a\r\nb\u202ec\u001b[31m");
        assertThat(texts(events.latest(1))).containsExactly("a\\u000d\\u000ab\\u202ec\\u001b[31m");
    }
}
