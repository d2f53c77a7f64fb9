package org.decoymx.primary;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrimaryMonitorTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration GRACE = Duration.ofMinutes(15);
    private static final PrimaryHost ONE = new PrimaryHost("mx1.example.org", 25);
    private static final PrimaryHost TWO = new PrimaryHost("mx2.example.org", 2525);

    private final PrimaryMonitor one = new PrimaryMonitor(List.of(ONE), GRACE, START);
    private final PrimaryMonitor two = new PrimaryMonitor(List.of(ONE, TWO), GRACE, START);

    private static Instant at(long second) {
        return START.plusSeconds(second);
    }

    private static boolean up(PrimaryMonitor monitor, PrimaryHost host, long second) {
        return monitor.markUp(host, at(second), at(second).plusMillis(100));
    }

    private static void assertScored(PrimaryMonitor monitor, long... seconds) {
        for (long second : seconds) {
            assertThat(monitor.outages().isScoringPaused(at(second)))
                    .as("at " + second)
                    .isFalse();
            assertThat(monitor.outages().describePause(at(second))).isEmpty();
        }
    }

    private static void assertPaused(PrimaryMonitor monitor, long... seconds) {
        for (long second : seconds) {
            assertThat(monitor.outages().isScoringPaused(at(second)))
                    .as("at " + second)
                    .isTrue();
            assertThat(monitor.outages().describePause(at(second))).isPresent();
        }
    }

    @Test
    void withoutHosts_scoringIsNeverPaused() {
        assertScored(new PrimaryMonitor(List.of(), GRACE, START), 0, 1_000_000);
        assertThat(new PrimaryMonitor(List.of(), GRACE, START).hosts()).isEmpty();
    }

    @Test
    void afterStart_scoringIsPaused_untilEachHostIsUp() {
        assertPaused(two, 0, 5);
        assertThat(two.outages().describePause(at(5))).contains("it was not yet known whether the primary MX was up");
        assertThat(up(two, ONE, 1)).isTrue();
        assertPaused(two, 5);
        up(two, TWO, 2);
        assertPaused(two, 0, 2);
        assertScored(two, 3, 5);
        assertThat(two.transitionCount()).isZero();
        assertThat(two.outages().scoringResumesAt(at(5))).isEmpty();
    }

    @Test
    void outage_pausesScoring_fromTheLastSuccessfulProbe_untilTheGraceEnds() {
        up(one, ONE, 1);
        up(one, ONE, 30);
        assertScored(one, 29, 30, 60);
        assertThat(one.markDown(ONE, at(60), "connection refused")).contains(at(30));
        assertThat(one.markDown(ONE, at(90), "connection refused")).isEmpty();
        assertScored(one, 29);
        assertPaused(one, 30, 59, 60, 1_000_000);
        assertThat(one.outages().describePause(at(31)))
                .contains("the primary MX mx1.example.org has been down since 2026-01-01T00:00:30Z");
        assertThat(one.outages().scoringResumesAt(at(100))).isEmpty();
        assertThat(up(one, ONE, 120)).isTrue();
        assertPaused(one, 30, 120, 1_019);
        assertScored(one, 29, 1_021);
        assertThat(one.outages().describePause(at(500)))
                .contains("the primary MX mx1.example.org was down from 2026-01-01T00:00:30Z to 2026-01-01T00:02:00Z,"
                        + " and scoring is paused until 2026-01-01T00:17:00Z");
        assertThat(one.outages().scoringResumesAt(at(500))).contains(at(1_020).plusMillis(100));
        assertThat(one.outages().scoringResumesAt(at(2_000))).isEmpty();
        assertThat(one.transitionCount()).isEqualTo(2);
    }

    @Test
    void anyHostDown_isAnOutage_untilAllHostsAreUp() {
        up(two, ONE, 1);
        up(two, TWO, 1);
        up(two, ONE, 60);
        two.markDown(TWO, at(60), "x");
        assertThat(two.markDown(ONE, at(90), "y")).contains(at(60));
        up(two, TWO, 100);
        assertPaused(two, 1, 50_000);
        up(two, ONE, 200);
        assertPaused(two, 1, 1_099);
        assertScored(two, 1_101);
        assertThat(two.outages().describePause(at(500)).orElseThrow())
                .contains("mx1.example.org, mx2.example.org:2525 was down");
    }

    @Test
    void downAgainDuringTheGrace_extendsTheOutage() {
        up(one, ONE, 1);
        for (long i = 1; i < 100; i++) {
            one.markDown(ONE, at(i * 100), "x");
            up(one, ONE, i * 100 + 50);
        }
        assertPaused(one, 1, 5_000, 9_950, 10_849);
        assertScored(one, 10_851);
        assertThat(one.snapshot().windows()).hasSize(1);
    }

    @Test
    void recentOutages_areKept_andOlderOnesDropped() {
        up(one, ONE, 1);
        for (long i = 1; i < 10; i++) {
            up(one, ONE, i * 10_000 - 30);
            one.markDown(ONE, at(i * 10_000), "x");
            up(one, ONE, i * 10_000 + 50);
        }
        assertPaused(one, 90_000, 80_000, 70_000, 60_000, 50_000);
        assertScored(one, 95_000, 85_000, 40_000);
    }

    @Test
    void withoutGrace_scoringResumesAtOnce() {
        PrimaryMonitor none = new PrimaryMonitor(List.of(ONE), Duration.ZERO, START);
        up(none, ONE, 1);
        none.markDown(ONE, at(30), "x");
        up(none, ONE, 60);
        assertPaused(none, 1, 60);
        assertScored(none, 61);
        assertThat(none.outages().describePause(at(59)).orElseThrow()).endsWith("to 2026-01-01T00:01:00Z");
    }

    @Test
    void downAtStart_isAnOutageSinceTheStart() {
        assertThat(one.markDown(ONE, at(1), "x")).contains(START);
        assertThat(one.transitionCount()).isZero();
        up(one, ONE, 100);
        assertPaused(one, 0, 1, 999);
        assertScored(one, 1_001);
    }

    @Test
    void restartDuringTheGrace_keepsIt() {
        up(one, ONE, 1);
        one.markDown(ONE, at(30), "x");
        up(one, ONE, 60);
        PrimaryMonitor next = new PrimaryMonitor(List.of(ONE), GRACE, at(100));
        next.restore(one.snapshot(), at(100));
        assertPaused(next, 1, 100, 500, 100_000);
        up(next, ONE, 110);
        assertPaused(next, 1, 100, 500, 959);
        assertScored(next, 961);
        assertThat(next.outages().describePause(at(105)).orElseThrow()).contains("mx1.example.org was down");
        assertThat(next.outages().scoringResumesAt(at(200))).contains(at(960).plusMillis(100));
    }

    @Test
    void restartDuringTheOutage_keepsIt() {
        up(one, ONE, 1);
        one.markDown(ONE, at(30), "x");
        PrimaryMonitor next = new PrimaryMonitor(List.of(ONE), GRACE, at(100));
        next.restore(one.snapshot(), at(100));
        up(next, ONE, 110);
        assertPaused(next, 1, 110, 1_009);
        assertScored(next, 1_011);
    }

    @Test
    void downAfterRestart_isAnOutageSinceTheLastSuccessfulProbe() {
        up(one, ONE, 90);
        PrimaryMonitor next = new PrimaryMonitor(List.of(ONE), GRACE, at(100));
        next.restore(one.snapshot(), at(100));
        assertThat(next.markDown(ONE, at(101), "x")).contains(at(90));
        assertPaused(next, 90, 100);
        assertScored(next, 89);
    }

    @Test
    void savedTimesInTheFuture_areSetToNow() {
        up(one, ONE, 1);
        one.markDown(ONE, at(30), "x");
        up(one, ONE, 1_000_000);
        PrimaryMonitor next = new PrimaryMonitor(List.of(ONE), GRACE, at(100));
        next.restore(one.snapshot(), at(100));
        up(next, ONE, 110);
        assertScored(next, 1_001);
    }

    @Test
    void hostNoLongerMonitored_doesNotPauseScoring() {
        one.markDown(ONE, at(30), "x");
        PrimaryMonitor next = new PrimaryMonitor(List.of(TWO), GRACE, at(100));
        next.restore(one.snapshot(), at(100));
        up(next, TWO, 110);
        assertScored(next, 1_011);
        PrimaryMonitor none = new PrimaryMonitor(List.of(), GRACE, START);
        none.restore(one.snapshot(), at(100));
        assertScored(none, 100);
    }

    @Test
    void addedHost_pausesScoring_untilItIsUp_andTheOthersKeepTheirState() {
        up(one, ONE, 1);
        assertThat(one.replaceHosts(List.of(ONE, TWO), at(100))).isTrue();
        assertThat(one.isUp(ONE)).isTrue();
        assertThat(one.hosts().get(1).state()).isEqualTo(PrimaryMonitor.HostState.UNKNOWN);
        assertScored(one, 99);
        assertPaused(one, 100, 1_000);
        up(one, TWO, 110);
        assertScored(one, 111);
        assertThat(one.replaceHosts(List.of(TWO, ONE), at(120)))
                .as("the same hosts")
                .isFalse();
        assertScored(one, 121);
    }

    @Test
    void addedHost_thatIsDown_isAnOutageSinceItIsMonitored() {
        up(one, ONE, 1);
        one.replaceHosts(List.of(ONE, TWO), at(100));
        assertThat(one.markDown(TWO, at(101), "x")).contains(at(100));
        assertPaused(one, 100, 100_000);
        assertScored(one, 99);
    }

    @Test
    void addedHost_duringTheGrace_keepsThePauseOfTheOutage() {
        up(one, ONE, 1);
        one.markDown(ONE, at(30), "x");
        up(one, ONE, 60);
        one.replaceHosts(List.of(ONE, TWO), at(100));
        up(one, TWO, 101);
        assertPaused(one, 50, 100, 959);
        assertScored(one, 961);
    }

    @Test
    void removedHost_noLongerHoldsScoring() {
        up(two, ONE, 1);
        two.markDown(TWO, at(30), "x");
        assertThat(two.replaceHosts(List.of(ONE), at(100))).isTrue();
        assertPaused(two, 0, 100, 999);
        assertScored(two, 1_001);
        assertThat(up(two, TWO, 200)).as("a late result").isFalse();
        assertThat(two.markDown(TWO, at(200), "x")).isEmpty();
        assertThat(two.hosts()).hasSize(1);
        assertThat(two.snapshot().lastUpAt()).containsOnlyKeys("mx1.example.org");
    }

    @Test
    void withoutAnyHostLeft_scoringResumes() {
        one.replaceHosts(List.of(), at(100));
        assertPaused(one, 0, 99);
        assertScored(one, 101);
    }

    @Test
    void hostsFoundAfterTheStart_keepTheOutageBeforeIt() {
        up(one, ONE, 1);
        one.markDown(ONE, at(30), "x");
        PrimaryMonitor next = new PrimaryMonitor(List.of(), GRACE, at(100));
        next.outages().pauseUntilKnown(at(100));
        next.restore(one.snapshot(), at(100));
        assertPaused(next, 1, 100);
        next.replaceHosts(List.of(ONE), at(105));
        assertThat(next.markDown(ONE, at(106), "x")).contains(at(1));
        up(next, ONE, 110);
        assertPaused(next, 1, 110, 1_009);
        assertScored(next, 1_011);
    }
}
