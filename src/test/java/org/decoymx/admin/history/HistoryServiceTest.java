package org.decoymx.admin.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.ws.rs.BadRequestException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.decoymx.admin.history.HistoryService.History;
import org.decoymx.admin.history.HistoryService.HourCount;
import org.decoymx.admin.history.HistoryService.OutageBand;
import org.decoymx.feed.MutableClock;
import org.decoymx.policy.HourCounts;
import org.decoymx.policy.HourCounts.Counted;
import org.decoymx.policy.OutageWindows;
import org.decoymx.policy.PolicyFixtures;
import org.decoymx.policy.TrustIndex;
import org.decoymx.support.TestClocks;
import org.junit.jupiter.api.Test;

/** Steps, sums and outages of each range. */
class HistoryServiceTest {
    private static final Instant NOW = Instant.parse("2026-03-10T08:30:00Z");
    private static final long T = NOW.getEpochSecond();
    private static final long HOUR = 3_600;
    private static final long DAY = 24 * HOUR;

    private final TrustIndex trust = PolicyFixtures.trustIndex();
    private final HourCounts hours = trust.events().hours();
    private final OutageWindows outages = PolicyFixtures.outages(Duration.ofHours(1));
    private final MutableClock clock = new MutableClock(NOW);
    private final HistoryService history = new HistoryService(trust, outages, TestClocks.trusted(clock));

    private static long second(String time) {
        return Instant.parse(time).getEpochSecond();
    }

    @Test
    void day_hasEachHour_alsoWithoutCounts() {
        hours.add(Counted.SESSIONS, T);
        hours.add(Counted.CATCHES, T - 24 * HOUR);
        hours.add(Counted.CATCHES, T - 25 * HOUR);
        History day = history.find(HistoryRange.DAY);
        assertThat(day.step()).isEqualTo(HOUR);
        assertThat(day.counts()).hasSize(25);
        assertThat(day.counts().get(0).time()).isEqualTo("2026-03-09 08:00");
        assertThat(day.counts().get(24)).isEqualTo(new HourCount(second("2026-03-10T08:00:00Z"), 1, 0, 0, 0, 0, 0));
        assertThat(day.total()).isEqualTo(new HourCount(second("2026-03-09T08:00:00Z"), 1, 1, 0, 0, 0, 0));
        assertThat(history.last(Duration.ofHours(24)).total()).isEqualTo(day.total());
    }

    @Test
    void month_andYear_haveDays() {
        hours.add(Counted.CONFIRMED, second("2026-03-09T00:00:00Z"));
        hours.add(Counted.CONFIRMED, second("2026-03-09T23:59:59Z"));
        hours.add(Counted.CONFIRMED, second("2025-03-10T00:00:00Z"));
        History month = history.find(HistoryRange.MONTH);
        assertThat(month.step()).isEqualTo(DAY);
        assertThat(month.counts()).hasSize(31);
        assertThat(month.counts().get(29)).isEqualTo(new HourCount(second("2026-03-09T00:00:00Z"), 0, 0, 2, 0, 0, 0));
        History year = history.find(HistoryRange.YEAR);
        assertThat(year.counts()).hasSize(366);
        assertThat(year.total().confirmed()).isEqualTo(3);
        assertThat(history.find(HistoryRange.WEEK).counts()).hasSize(7 * 24 + 1);
    }

    @Test
    void mx_thatAsksAndReports_isNotCountedTwice() {
        hours.add(Counted.REFUSED, T);
        hours.add(Counted.REPORTED_REFUSED, T);
        hours.add(Counted.REPORTED_DEFERRED, T);
        assertThat(history.last(Duration.ofHours(1)).total().refused()).isEqualTo(1);
        assertThat(history.last(Duration.ofHours(1)).total().deferred()).isEqualTo(1);
    }

    @Test
    void outages_areExactForADay_andByTheHourForLonger_alsoAfterTheyAreForgotten() {
        outages.addOutage("mx1.example.org", NOW.minus(Duration.ofMinutes(100)));
        outages.endOutage(NOW.minus(Duration.ofMinutes(95)));
        outages.addOutage("mx1.example.org", NOW.minus(Duration.ofMinutes(10)));
        history.markOutages();
        List<OutageBand> exact = List.of(new OutageBand(T - 100 * 60, T - 95 * 60), new OutageBand(T - 10 * 60, T));
        assertThat(history.find(HistoryRange.DAY).outages()).isEqualTo(exact);
        long hour = second("2026-03-10T08:00:00Z");
        List<OutageBand> byHour = List.of(new OutageBand(hour - 2 * HOUR, hour - HOUR), new OutageBand(hour, T));
        assertThat(history.find(HistoryRange.WEEK).outages()).isEqualTo(byHour);
        assertThat(history.find(HistoryRange.YEAR).outages()).isEqualTo(byHour);
        hours.markOutage(hour - HOUR, hour - HOUR);
        assertThat(history.find(HistoryRange.WEEK).outages()).containsExactly(new OutageBand(hour - 2 * HOUR, T));
    }

    @Test
    void unknownRange_isRefused() {
        assertThat(HistoryRange.parse("30d")).isEqualTo(HistoryRange.MONTH);
        assertThatThrownBy(() -> HistoryRange.parse("2d"))
                .isInstanceOf(BadRequestException.class)
                .hasMessage("range must be one of 24h, 7d, 30d, 1y");
    }
}
