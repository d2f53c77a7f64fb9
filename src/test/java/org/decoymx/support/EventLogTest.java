package org.decoymx.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.decoymx.feed.MutableClock;
import org.junit.jupiter.api.Test;

/** A few lines a second, then only their number. */
class EventLogTest {
    private final MutableClock clock = new MutableClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final List<String> lines = new ArrayList<>();
    private final EventLog log = new EventLog(clock, lines::add);

    private void add(int count) {
        for (int i = 0; i < count; i++) {
            String line = "event " + i;
            log.add(() -> line);
        }
    }

    @Test
    void lines_arePrintedInOrder_andOnce() {
        add(2);
        assertThat(lines).isEmpty();
        log.print();
        log.print();
        assertThat(lines).containsExactly("event 0", "event 1");
    }

    @Test
    void flood_isCountedInOneLine() {
        add(EventLog.BURST + 1_000);
        log.print();
        assertThat(lines).hasSize(EventLog.BURST + 1).endsWith("1000 further events were not logged");
    }

    @Test
    void listener_getsAllLines_alsoThoseOfAFlood() {
        List<String> forwarded = new ArrayList<>();
        log.forwardTo(line -> forwarded.add(line.get()));
        add(EventLog.BURST + 1_000);
        assertThat(forwarded).hasSize(EventLog.BURST + 1_000);
    }

    @Test
    void lineOfFlood_isNotEvenBuilt() {
        add(EventLog.BURST);
        log.add(() -> {
            throw new AssertionError("built a line that is left out");
        });
    }

    @Test
    void lastingFlood_hasSomeLinesASecond_andItsNumberEveryTenSeconds() {
        add(EventLog.BURST);
        log.print();
        lines.clear();
        for (int second = 0; second < 20; second++) {
            clock.advance(Duration.ofSeconds(1));
            add(100);
            log.print();
        }
        List<String> summaries =
                lines.stream().filter(line -> line.endsWith("were not logged")).toList();
        assertThat(summaries)
                .containsExactly("90 further events were not logged", "900 further events were not logged");
        assertThat(lines).hasSize(20 * EventLog.LINES_PER_SECOND + 2);
    }

    @Test
    void quietTime_makesRoomForABurst() {
        add(EventLog.BURST + 1);
        log.print();
        lines.clear();
        clock.advance(Duration.ofMinutes(1));
        add(EventLog.BURST);
        log.print();
        assertThat(lines).hasSize(EventLog.BURST);
    }

    @Test
    void clockSetBack_doesNotSilenceTheLog() {
        add(EventLog.BURST);
        log.print();
        lines.clear();
        clock.advance(Duration.ofDays(-1));
        add(1);
        clock.advance(Duration.ofSeconds(1));
        add(1);
        log.print();
        assertThat(lines).containsExactly("event 0", "1 further events were not logged");
    }

    @Test
    void linesThatNobodyPrints_areBounded() {
        for (int minute = 0; minute < 10; minute++) {
            add(EventLog.BURST);
            clock.advance(Duration.ofMinutes(1));
        }
        log.print();
        assertThat(lines).hasSize(EventLog.BURST + 1).endsWith(9 * EventLog.BURST + " further events were not logged");
    }
}
