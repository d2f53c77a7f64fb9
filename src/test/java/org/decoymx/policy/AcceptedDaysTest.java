package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AcceptedDaysTest {
    private static final long T = 1_767_225_600L;
    private static final long DAY = 86_400;

    @Test
    void days_fiveOf36_makeASenderKnown() {
        AcceptedDays days = AcceptedDays.NONE;
        for (int day = 0; day < 5; day++) {
            assertThat(days.isKnown(TrustSettings.DEFAULTS, T + day * DAY)).isFalse();
            days = days.withDay(T + day * DAY).withDay(T + day * DAY);
        }
        assertThat(days.isKnown(TrustSettings.DEFAULTS, T + 35 * DAY)).isTrue();
        assertThat(days.isKnown(TrustSettings.DEFAULTS, T + 36 * DAY)).isFalse();
        assertThat(days.withDay(T + 400 * DAY).count(T + 400 * DAY)).isEqualTo(1);
        assertThat(days.withDay(T - DAY).count(T + 4 * DAY)).isEqualTo(6);
    }

    @Test
    void day_thatIs36DaysOld_doesNotCount() {
        AcceptedDays today = AcceptedDays.NONE.withDay(T);
        assertThat(today.withDay(T - 36 * DAY)).isEqualTo(today);
        assertThat(today.withDay(T - 35 * DAY).count(T)).isEqualTo(2);
        assertThat(today.withDay(T + 36 * DAY)).isEqualTo(AcceptedDays.NONE.withDay(T + 36 * DAY));
    }

    @Test
    void nobodyIsKnown_ifThisIsTurnedOff() {
        TrustSettings s = TrustSettings.DEFAULTS;
        TrustSettings off = new TrustSettings(
                s.retryAfter(),
                s.retryUntil(),
                s.abandonedAfter(),
                s.clearedFirst(),
                s.clearedFor(),
                s.primaryRetryAfter(),
                0,
                s.ttl(),
                s.maxTtl(),
                s.forgiveAfter());
        assertThat(AcceptedDays.NONE.isKnown(off, T)).isFalse();
        assertThat(AcceptedDays.of(T / DAY, -1).isKnown(off, T)).isFalse();
        assertThat(AcceptedDays.of(T / DAY, -1).isKnown(s, T)).isTrue();
    }
}
