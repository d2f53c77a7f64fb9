package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.decoymx.policy.HourCounts.Counted;
import org.decoymx.policy.HourCounts.HourEntry;
import org.junit.jupiter.api.Test;

/** Counts of hours, what is written of them, and their number. */
class HourCountsTest {
    private static final long T = 1_800_000_000;
    private static final long HOUR = HourCounts.HOUR;

    private final HourCounts hours = new HourCounts();

    private static TimeLimit now(long second) {
        return new TimeLimit(second, TrustSettings.DEFAULTS);
    }

    private static HourEntry sessions(long hour, long count) {
        return new HourEntry(hour, List.of(count, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L));
    }

    @Test
    void events_areCountedInTheirHour_andWrittenOnce() {
        hours.add(Counted.SESSIONS, T);
        hours.add(Counted.SESSIONS, T + HOUR - 1);
        hours.add(Counted.SESSIONS, T + HOUR);
        assertThat(hours.takeChanges()).containsExactly(sessions(T, 2), sessions(T + HOUR, 1));
        assertThat(hours.takeChanges()).isEmpty();
        hours.add(Counted.SESSIONS, T + HOUR);
        List<HourEntry> changes = hours.takeChanges();
        assertThat(changes).containsExactly(sessions(T + HOUR, 2));
        hours.restoreChanges(changes);
        assertThat(hours.takeChanges()).isEqualTo(changes);
        assertThat(hours.between(T + 1, T + HOUR - 1)).containsExactly(sessions(T, 2));
        assertThat(hours.between(T, T - 1)).isEmpty();
    }

    @Test
    void storedHour_isAddedToWhatWasCountedBefore() {
        hours.add(Counted.SESSIONS, T);
        hours.takeChanges();
        hours.load(sessions(T, 5));
        hours.load(sessions(T - HOUR, 7));
        assertThat(hours.all()).containsExactly(sessions(T - HOUR, 7), sessions(T, 6));
        assertThat(hours.takeChanges()).containsExactly(sessions(T, 6));
    }

    @Test
    void hours_areBounded_theOldestIsDropped_alsoOnDisk() {
        for (int i = 0; i < HourCounts.MAX_HOURS; i++) {
            hours.add(Counted.SESSIONS, T + i * HOUR);
        }
        hours.takeChanges();
        hours.add(Counted.SESSIONS, T + HourCounts.MAX_HOURS * HOUR);
        assertThat(hours.all()).hasSize(HourCounts.MAX_HOURS).startsWith(sessions(T + HOUR, 1));
        assertThat(hours.takeChanges())
                .containsExactly(new HourEntry(T, null), sessions(T + HourCounts.MAX_HOURS * HOUR, 1));
        hours.markOutage(0, T + HOUR);
        assertThat(hours.all()).hasSize(HourCounts.MAX_HOURS);
    }

    @Test
    void future_afterTheClockWasAhead_isMovedToTheCurrentHour() {
        hours.add(Counted.SESSIONS, T);
        hours.add(Counted.SESSIONS, T + 100 * HOUR);
        hours.add(Counted.SESSIONS, T + 9_000 * HOUR);
        hours.takeChanges();
        hours.limitTimes(now(T + 5));
        assertThat(hours.all()).containsExactly(sessions(T, 3));
        assertThat(hours.takeChanges())
                .containsExactly(
                        sessions(T, 3), new HourEntry(T + 100 * HOUR, null), new HourEntry(T + 9_000 * HOUR, null));
        hours.limitTimes(now(T + 6));
        assertThat(hours.takeChanges()).isEmpty();
    }

    @Test
    void outage_marksItsHours_once() {
        hours.markOutage(T + 10, T + HOUR);
        assertThat(hours.all()).hasSize(2).allMatch(hour -> hour.count(Counted.OUTAGE) == 1);
        hours.takeChanges();
        hours.markOutage(T + 10, T + HOUR + 60);
        assertThat(hours.takeChanges()).isEmpty();
    }
}
