package org.decoymx.primary;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.decoymx.policy.Listing;
import org.decoymx.policy.PolicyFixtures;
import org.decoymx.policy.Tier;
import org.junit.jupiter.api.Test;

class PrimaryMonitorTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration GRACE = Duration.ofMinutes(15);
    private static final PrimaryHost ONE = new PrimaryHost("mx1.example.org", 25);
    private static final PrimaryHost TWO = new PrimaryHost("mx2.example.org", 2525);

    private final PrimaryMonitor one = newMonitor(List.of(ONE), GRACE, START);
    private final PrimaryMonitor two = newMonitor(List.of(ONE, TWO), GRACE, START);

    private static Instant at(long second) {
        return START.plusSeconds(second);
    }

    private static boolean up(PrimaryMonitor monitor, PrimaryHost host, long second) {
        return monitor.markUp(host, at(second), at(second).plusMillis(100));
    }

    /** The same monitor in the next process. */
    private static PrimaryMonitor restarted(PrimaryMonitor before, long second, PrimaryHost... hosts) {
        return restore(newMonitor(List.of(hosts), GRACE, at(second)), before, second);
    }

    private static PrimaryMonitor restore(PrimaryMonitor next, PrimaryMonitor before, long second) {
        next.restore(before.snapshot(), at(second));
        return next;
    }

    /** The first host is down for some time. */
    private static void outage(PrimaryMonitor monitor, long lastUp, long down, long upAgain) {
        up(monitor, ONE, lastUp);
        monitor.markDown(ONE, at(down), "x");
        up(monitor, ONE, upAgain);
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

    /** A monitor for which no time between two processes is an outage. */
    static PrimaryMonitor newMonitor(List<PrimaryHost> hosts, Duration grace, Instant start) {
        return new PrimaryMonitor(hosts, PolicyFixtures.outages(grace), Duration.ofSeconds(Long.MAX_VALUE), start);
    }

    @Test
    void withoutHosts_scoringIsNeverPaused() {
        assertScored(newMonitor(List.of(), GRACE, START), 0, 1_000_000);
        assertThat(newMonitor(List.of(), GRACE, START).hosts()).isEmpty();
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
    void downAgainDuringTheGrace_extendsThePause() {
        up(one, ONE, 1);
        for (long i = 1; i < 100; i++) {
            one.markDown(ONE, at(i * 100), "x");
            up(one, ONE, i * 100 + 50);
        }
        assertPaused(one, 1, 5_000, 9_950, 10_849);
        assertScored(one, 10_851);
    }

    @Test
    void outagesOfTheLastDay_areKept_andOlderOnesDropped() {
        up(one, ONE, 1);
        for (long i = 1; i < 16; i++) {
            up(one, ONE, i * 10_000 - 30);
            one.markDown(ONE, at(i * 10_000), "x");
            up(one, ONE, i * 10_000 + 50);
        }
        assertPaused(one, 150_000, 140_000, 130_000, 120_000, 80_000);
        assertScored(one, 155_000, 145_000, 40_000);
    }

    @Test
    void withoutGrace_scoringResumesAtOnce() {
        PrimaryMonitor none = newMonitor(List.of(ONE), Duration.ZERO, START);
        outage(none, 1, 30, 60);
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
        outage(one, 1, 30, 60);
        PrimaryMonitor next = restarted(one, 100, ONE);
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
        PrimaryMonitor next = restarted(one, 100, ONE);
        up(next, ONE, 110);
        assertPaused(next, 1, 110, 1_009);
        assertScored(next, 1_011);
    }

    @Test
    void downAfterRestart_isAnOutageSinceTheLastSuccessfulProbe() {
        up(one, ONE, 90);
        PrimaryMonitor next = restarted(one, 100, ONE);
        assertThat(next.markDown(ONE, at(101), "x")).contains(at(90));
        assertPaused(next, 90, 100);
        assertScored(next, 89);
    }

    @Test
    void savedTimesInTheFuture_areSetToTheFirstTrustedProbe() {
        outage(one, 1, 30, 1_000_000);
        PrimaryMonitor next = restarted(one, 100, ONE);
        next.limitTo(at(110));
        up(next, ONE, 110);
        assertPaused(next, 1, 110, 1_009);
        assertScored(next, 1_010);
    }

    @Test
    void probeWhileTheClockIsBehind_keepsTheGrace() {
        outage(one, 10_000, 10_030, 10_060);
        up(one, ONE, 20);
        assertPaused(one, 10_000, 10_959);
        assertScored(one, 10_961);
    }

    @Test
    void outageWhileTheClockWasAhead_beganNoLaterThanWhenItIsRight() {
        up(two, ONE, 1_000_000);
        up(two, TWO, 1_000_000);
        two.markDown(TWO, at(1_000_030), "x");
        two.verifyListings(at(1_000_030));
        two.limitTo(at(100));
        two.verifyListings(at(130));
        assertThat(two.hosts()).extracting(HostStatus::since).containsExactly(at(100), at(100));
        assertThat(waits(two, 99)).isFalse();
        assertThat(waits(two, 100)).as("no probe since then").isTrue();
        assertThat(two.markDown(ONE, at(130), "x")).contains(at(100));
        up(two, ONE, 160);
        up(two, TWO, 160);
        assertPaused(two, 100, 1_059);
        assertScored(two, 1_061);
    }

    @Test
    void probeDuringWhichTheClockIsSetBack_beganNoLaterThanItEnded() {
        one.markUp(ONE, at(1_000_000), at(100));
        assertThat(one.snapshot().lastUpAt()).containsEntry("mx1.example.org", at(100));
    }

    @Test
    void restartWhileTheClockIsBehind_keepsTheGrace_andTheLastGoodProbe() {
        outage(one, 10_000, 10_030, 10_060);
        PrimaryMonitor next = restarted(one, 100, ONE);
        assertThat(next.snapshot().lastUpAt()).containsEntry("mx1.example.org", at(10_060));
        assertThat(waits(next, 100)).as("no probe yet").isTrue();
        next.limitTo(at(10_100));
        up(next, ONE, 10_100);
        assertPaused(next, 10_000, 10_959);
        assertScored(next, 10_961);
    }

    @Test
    void hostNoLongerMonitored_doesNotPauseScoring() {
        one.markDown(ONE, at(30), "x");
        PrimaryMonitor next = restarted(one, 100, TWO);
        up(next, TWO, 110);
        assertScored(next, 1_011);
        PrimaryMonitor none = newMonitor(List.of(), GRACE, START);
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
        outage(one, 1, 30, 60);
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
        PrimaryMonitor next = newMonitor(List.of(), GRACE, at(100));
        next.outages().pauseUntilKnown(at(100));
        next.restore(one.snapshot(), at(100));
        assertPaused(next, 1, 100);
        next.replaceHosts(List.of(ONE), at(105));
        assertThat(waits(next, 0)).isFalse();
        assertThat(waits(next, 1)).as("not verified before").isTrue();
        assertThat(next.markDown(ONE, at(106), "x")).contains(at(1));
        up(next, ONE, 110);
        assertPaused(next, 1, 110, 1_009);
        assertScored(next, 1_011);
    }

    private static boolean waits(PrimaryMonitor monitor, long second) {
        long since = at(second).getEpochSecond();
        return monitor.outages()
                .waitingListings()
                .isWaiting(new Listing(Tier.SUSPECT, since, since + 1, 0, false), since);
    }

    @Test
    void listing_waits_untilAProbeOfEachHost_beganAfterIt() {
        up(two, ONE, 1);
        up(two, TWO, 2);
        two.verifyListings(at(100));
        assertThat(waits(two, 0)).isFalse();
        assertThat(waits(two, 1)).isTrue();
        up(two, ONE, 30);
        two.verifyListings(at(100));
        assertThat(waits(two, 1)).isFalse();
        assertThat(waits(two, 2)).isTrue();
        two.markDown(TWO, at(31), "x");
        up(two, ONE, 60);
        two.verifyListings(at(100));
        assertThat(waits(two, 2)).isTrue();
        two.replaceHosts(List.of(ONE), at(70));
        two.verifyListings(at(100));
        assertThat(waits(two, 59)).isFalse();
        assertThat(waits(two, 60)).isTrue();
    }

    @Test
    void listing_goesOnWaiting_whenDnsNamesNoPrimaryAnyMore_alsoAfterARestart() {
        up(two, ONE, 10);
        up(two, TWO, 12);
        two.verifyListings(at(100));
        two.replaceHosts(List.of(), at(30));
        PrimaryMonitor next = newMonitor(List.of(), GRACE, at(35));
        next.outages().pauseUntilKnown(at(35));
        next.restore(two.snapshot(), at(35));
        for (PrimaryMonitor monitor : List.of(two, next)) {
            monitor.verifyListings(at(100));
            assertThat(waits(monitor, 9)).isFalse();
            assertThat(waits(monitor, 20)).isTrue();
        }
        register(two, 20);
        assertThat(two.outages().waitingListings().dropIfWaitingSince(at(80).getEpochSecond()))
                .as("without a good probe it is dropped")
                .hasValue(at(10).getEpochSecond());
    }

    @Test
    void listing_goesOnWaiting_whenDnsNamesAnotherPrimary_untilThatIsUp() {
        up(one, ONE, 10);
        one.verifyListings(at(100));
        register(one, 20);
        one.replaceHosts(List.of(TWO), at(30));
        assertThat(one.verifyListings(at(100))).isFalse();
        assertThat(waits(one, 20)).isTrue();
        up(one, TWO, 31);
        assertThat(one.verifyListings(at(100))).isTrue();
        assertThat(waits(one, 20)).isFalse();
    }

    private static void register(PrimaryMonitor monitor, long second) {
        long since = at(second).getEpochSecond();
        assertThat(monitor.outages()
                        .waitingListings()
                        .register(new Listing(Tier.SUSPECT, since, since + 1, 0, false), since))
                .isTrue();
    }

    @Test
    void whatWasListedBeforeTheStart_doesNotWait() {
        assertThat(waits(one, -1)).isFalse();
        assertThat(waits(one, 0)).isTrue();
        up(one, ONE, 50);
        PrimaryMonitor next = restarted(one, 100, ONE);
        assertThat(waits(next, 49)).isFalse();
        assertThat(waits(next, 50)).isTrue();
    }

    @Test
    void deferral_isUnknown_andHoldsListingsBack_untilItIsDown() {
        up(one, ONE, 1);
        assertThat(one.markDeferred(ONE, at(30), "greylisted")).isTrue();
        assertThat(one.markDeferred(ONE, at(60), "greylisted again")).isFalse();
        HostStatus status = one.hosts().get(0);
        assertThat(status.state()).isEqualTo(PrimaryMonitor.HostState.UNKNOWN);
        assertThat(status.since()).isEqualTo(at(30));
        assertThat(status.error()).isEqualTo("greylisted again");
        assertThat(one.areAllUp()).isFalse();
        assertScored(one, 60, 900);
        assertThat(waits(one, 2)).isTrue();
        assertThat(one.isDeferringTooLong(ONE, at(929))).isFalse();
        assertThat(one.isDeferringTooLong(ONE, at(930))).isTrue();
        assertThat(one.markDown(ONE, at(930), "greylisted")).contains(at(1));
        assertThat(one.markDeferred(ONE, at(960), "greylisted")).isFalse();
        assertThat(one.hosts().get(0).isDown()).isTrue();
        assertThat(one.isDeferringTooLong(ONE, at(9_000))).isFalse();
        assertThat(one.transitionCount()).isEqualTo(1);
        up(one, ONE, 1_000);
        assertThat(one.transitionCount()).isEqualTo(2);
        assertPaused(one, 1, 1_000, 1_899);
        assertScored(one, 1_901);
    }

    @Test
    void deferralThatEnds_isNoOutage() {
        up(one, ONE, 1);
        one.markDeferred(ONE, at(30), "greylisted");
        assertThat(up(one, ONE, 300)).isTrue();
        assertScored(one, 30, 300, 301);
        assertThat(one.transitionCount()).isZero();
    }

    @Test
    void deferralSinceTheStart_isAnOutageSinceThen() {
        one.markDeferred(ONE, at(5), "greylisted");
        assertPaused(one, 0, 5, 600);
        assertThat(one.markDown(ONE, at(905), "greylisted")).contains(START);
    }

    private static PrimaryMonitor restartedWithLimit(PrimaryMonitor before, long second) {
        return restore(
                new PrimaryMonitor(List.of(ONE), PolicyFixtures.outages(GRACE), Duration.ofMinutes(2), at(second)),
                before,
                second);
    }

    @Test
    void longTimeBetweenTwoProcesses_isAnOutage() {
        up(one, ONE, 50);
        PrimaryMonitor soon = restartedWithLimit(one, 170);
        up(soon, ONE, 171);
        assertScored(soon, 172);
        PrimaryMonitor late = restartedWithLimit(one, 171);
        assertPaused(late, 50, 171, 100_000);
        up(late, ONE, 172);
        assertPaused(late, 50, 172, 1_071);
        assertScored(late, 49, 1_073);
        assertThat(late.outages().describePause(at(500)).orElseThrow()).startsWith("nobody looked whether");
        assertThat(restartedWithLimit(late, 200).outages().outages()).hasSize(1);
    }

    @Test
    void firstStart_isNoOutage() {
        PrimaryMonitor first = restartedWithLimit(newMonitor(List.of(), GRACE, START), 1_000_000);
        up(first, ONE, 1_000_001);
        assertScored(first, 1_000_002);
    }
}
