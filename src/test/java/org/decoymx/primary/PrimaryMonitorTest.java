package org.decoymx.primary;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrimaryMonitorTest {
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration GRACE = Duration.ofMinutes(15);
    private static final PrimaryHost ONE = new PrimaryHost("mx1.example.org", 25);
    private static final PrimaryHost TWO = new PrimaryHost("mx2.example.org", 2525);

    private final PrimaryMonitor one = new PrimaryMonitor(List.of(ONE), GRACE, T);
    private final PrimaryMonitor two = new PrimaryMonitor(List.of(ONE, TWO), GRACE, T);

    private static Instant at(long second) {
        return T.plusSeconds(second);
    }

    private static boolean up(PrimaryMonitor outage, PrimaryHost host, long second) {
        return outage.markUp(host, at(second), at(second).plusMillis(100));
    }

    private static void assertCounts(PrimaryMonitor outage, long... seconds) {
        for (long second : seconds) {
            assertThat(outage.isScoringPaused(at(second))).as("at " + second).isFalse();
            assertThat(outage.describePause(at(second))).isEmpty();
        }
    }

    private static void assertCountsNot(PrimaryMonitor outage, long... seconds) {
        for (long second : seconds) {
            assertThat(outage.isScoringPaused(at(second))).as("at " + second).isTrue();
            assertThat(outage.describePause(at(second))).isPresent();
        }
    }

    @Test
    void withoutHosts_everythingCounts() {
        assertCounts(new PrimaryMonitor(), 0, 1_000_000);
        assertThat(new PrimaryMonitor().hosts()).isEmpty();
    }

    @Test
    void afterTheStart_nothingCounts_untilEachWasFoundUp() {
        assertCountsNot(two, 0, 5);
        assertThat(two.describePause(at(5))).contains("it was not yet known whether the primary MX was up");
        assertThat(up(two, ONE, 1)).isTrue();
        assertCountsNot(two, 5);
        up(two, TWO, 2);
        assertCountsNot(two, 0, 2);
        assertCounts(two, 3, 5);
        assertThat(two.transitionCount()).isZero();
        assertThat(two.scoringResumesAt(at(5))).isEmpty();
    }

    @Test
    void down_nothingCountsSinceTheLastGoodLook_untilTheGraceIsOver() {
        up(one, ONE, 1);
        up(one, ONE, 30);
        assertCounts(one, 29, 30, 60);
        assertThat(one.markDown(ONE, at(60), "the connection is refused")).contains(at(30));
        assertThat(one.markDown(ONE, at(90), "the connection is refused")).isEmpty();
        assertCounts(one, 29);
        assertCountsNot(one, 30, 59, 60, 1_000_000);
        assertThat(one.describePause(at(31)))
                .contains("the primary MX mx1.example.org is down since 2026-01-01T00:00:30Z");
        assertThat(one.scoringResumesAt(at(100))).isEmpty();
        assertThat(up(one, ONE, 120)).isTrue();
        assertCountsNot(one, 30, 120, 1_019);
        assertCounts(one, 29, 1_021);
        assertThat(one.describePause(at(500)))
                .contains("the primary MX mx1.example.org was down from 2026-01-01T00:00:30Z to 2026-01-01T00:02:00Z,"
                        + " and nothing counts until 2026-01-01T00:17:00Z");
        assertThat(one.scoringResumesAt(at(500))).contains(at(1_020).plusMillis(100));
        assertThat(one.scoringResumesAt(at(2_000))).isEmpty();
        assertThat(one.transitionCount()).isEqualTo(2);
    }

    @Test
    void anyHostDown_isAnOutage_untilAllAreUp() {
        up(two, ONE, 1);
        up(two, TWO, 1);
        up(two, ONE, 60);
        two.markDown(TWO, at(60), "x");
        assertThat(two.markDown(ONE, at(90), "y")).contains(at(60));
        up(two, TWO, 100);
        assertCountsNot(two, 1, 50_000);
        up(two, ONE, 200);
        assertCountsNot(two, 1, 1_099);
        assertCounts(two, 1_101);
        assertThat(two.describePause(at(500)).orElseThrow()).contains("mx1.example.org, mx2.example.org:2525 was down");
    }

    @Test
    void downAgainDuringTheGrace_isTheSameOutage() {
        up(one, ONE, 1);
        for (long i = 1; i < 100; i++) {
            one.markDown(ONE, at(i * 100), "x");
            up(one, ONE, i * 100 + 50);
        }
        assertCountsNot(one, 1, 5_000, 9_950, 10_849);
        assertCounts(one, 10_851);
        assertThat(one.snapshot().windows()).hasSize(1);
    }

    @Test
    void thoseOfLate_areKept_butNotForEver() {
        up(one, ONE, 1);
        for (long i = 1; i < 10; i++) {
            up(one, ONE, i * 10_000 - 30);
            one.markDown(ONE, at(i * 10_000), "x");
            up(one, ONE, i * 10_000 + 50);
        }
        assertCountsNot(one, 90_000, 80_000, 70_000, 60_000, 50_000);
        assertCounts(one, 95_000, 85_000, 40_000);
    }

    @Test
    void withoutGrace_itCountsAtOnce() {
        PrimaryMonitor none = new PrimaryMonitor(List.of(ONE), Duration.ZERO, T);
        up(none, ONE, 1);
        none.markDown(ONE, at(30), "x");
        up(none, ONE, 60);
        assertCountsNot(none, 1, 60);
        assertCounts(none, 61);
        assertThat(none.describePause(at(59)).orElseThrow()).endsWith("to 2026-01-01T00:01:00Z");
    }

    @Test
    void downAtTheStart_isAnOutageSinceThen() {
        assertThat(one.markDown(ONE, at(1), "x")).contains(T);
        assertThat(one.transitionCount()).isZero();
        up(one, ONE, 100);
        assertCountsNot(one, 0, 1, 999);
        assertCounts(one, 1_001);
    }

    @Test
    void restartDuringTheGrace_doesNotForgetIt() {
        up(one, ONE, 1);
        one.markDown(ONE, at(30), "x");
        up(one, ONE, 60);
        PrimaryMonitor next = new PrimaryMonitor(List.of(ONE), GRACE, at(100));
        next.restore(one.snapshot(), at(100));
        assertCountsNot(next, 1, 100, 500, 100_000);
        up(next, ONE, 110);
        assertCountsNot(next, 1, 100, 500, 959);
        assertCounts(next, 961);
        assertThat(next.describePause(at(105)).orElseThrow()).contains("mx1.example.org was down");
        assertThat(next.scoringResumesAt(at(200))).contains(at(960).plusMillis(100));
    }

    @Test
    void restartDuringTheOutage_doesNotForgetIt() {
        up(one, ONE, 1);
        one.markDown(ONE, at(30), "x");
        PrimaryMonitor next = new PrimaryMonitor(List.of(ONE), GRACE, at(100));
        next.restore(one.snapshot(), at(100));
        up(next, ONE, 110);
        assertCountsNot(next, 1, 110, 1_009);
        assertCounts(next, 1_011);
    }

    @Test
    void downAfterARestart_isSinceTheLastGoodLookBefore() {
        up(one, ONE, 90);
        PrimaryMonitor next = new PrimaryMonitor(List.of(ONE), GRACE, at(100));
        next.restore(one.snapshot(), at(100));
        assertThat(next.markDown(ONE, at(101), "x")).contains(at(90));
        assertCountsNot(next, 90, 100);
        assertCounts(next, 89);
    }

    @Test
    void keptByAFastClock_isPutToNow() {
        up(one, ONE, 1);
        one.markDown(ONE, at(30), "x");
        up(one, ONE, 1_000_000);
        PrimaryMonitor next = new PrimaryMonitor(List.of(ONE), GRACE, at(100));
        next.restore(one.snapshot(), at(100));
        up(next, ONE, 110);
        assertCounts(next, 1_001);
    }

    @Test
    void hostThatIsNoLongerWatched_holdsNothingUp() {
        one.markDown(ONE, at(30), "x");
        PrimaryMonitor next = new PrimaryMonitor(List.of(TWO), GRACE, at(100));
        next.restore(one.snapshot(), at(100));
        up(next, TWO, 110);
        assertCounts(next, 1_011);
        PrimaryMonitor none = new PrimaryMonitor();
        none.restore(one.snapshot(), at(100));
        assertCounts(none, 100);
    }
}
