package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pause is in proportion to the outage; see {@code PrimaryMonitorTest} for what begins and ends one. */
class OutageWindowsTest {
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");
    private static final OutageGrace GRACE = new OutageGrace(Duration.ofMinutes(15), Duration.ofHours(6));

    private final OutageWindows outages = new OutageWindows(GRACE);

    private static Instant at(long minute) {
        return T.plus(Duration.ofMinutes(minute));
    }

    private void outage(long from, long until) {
        outages.addOutage("mx1.example.org", at(from));
        outages.endOutage(at(until));
    }

    @ParameterizedTest
    @CsvSource({"1, 15", "5, 15", "6, 18", "60, 180", "120, 360", "600, 360"})
    void grace_isThreeTimesTheOutage_withinItsBounds(long outage, long grace) {
        assertThat(GRACE.after(Duration.ofMinutes(outage))).isEqualTo(Duration.ofMinutes(grace));
    }

    @Test
    void afterAnHour_nothingCountsForThreeHours() {
        outage(0, 60);
        assertThat(outages.isScoringPaused(at(239))).isTrue();
        assertThat(outages.isScoringPaused(at(240))).isFalse();
        assertThat(outages.scoringResumesAt(at(100))).contains(at(240));
        assertThat(outages.describePause(at(100)).orElseThrow())
                .contains("mx1.example.org was down from 2026-01-01T00:00:00Z to 2026-01-01T01:00:00Z, and scoring is"
                        + " paused until 2026-01-01T04:00:00Z");
    }

    @Test
    void shortOutageDuringAGrace_neitherShortensNorProlongsIt() {
        outage(0, 60);
        outage(100, 101);
        assertThat(outages.isScoringPaused(at(239))).isTrue();
        assertThat(outages.isScoringPaused(at(240))).isFalse();
        outage(238, 239);
        assertThat(outages.isScoringPaused(at(253))).isTrue();
        assertThat(outages.isScoringPaused(at(254))).isFalse();
    }

    @Test
    void moreThanSixHoursOfADay_pauseOnlyWhileAHostIsDown() {
        for (long hour = 0; hour < 12; hour++) {
            outage(hour * 60, hour * 60 + 10);
        }
        // each took 40 minutes; the ninth ends the sixth hour
        assertThat(outages.isScoringPaused(at(8 * 60 + 39))).isTrue();
        assertThat(outages.isSuspectOnly(at(8 * 60 + 39))).isFalse();
        assertThat(outages.isScoringPaused(at(9 * 60 + 9))).as("down").isTrue();
        assertThat(outages.isSuspectOnly(at(9 * 60 + 9))).isFalse();
        assertThat(outages.isScoringPaused(at(9 * 60 + 11))).as("grace").isFalse();
        assertThat(outages.isSuspectOnly(at(9 * 60 + 11))).isTrue();
        assertThat(outages.describePause(at(9 * 60 + 11))).isEmpty();
        assertThat(outages.scoringResumesAt(at(9 * 60 + 11))).isEmpty();
        assertThat(outages.isSuspectOnly(at(9 * 60 + 41))).as("after the grace").isFalse();
    }

    @Test
    void afterADay_theGraceCountsAgain() {
        outage(0, 240);
        assertThat(outages.isSuspectOnly(at(241))).isFalse();
        assertThat(outages.isSuspectOnly(at(360))).as("six hours").isFalse();
        assertThat(outages.isSuspectOnly(at(361))).isTrue();
        outage(48 * 60, 48 * 60 + 1);
        assertThat(outages.isScoringPaused(at(48 * 60 + 2))).isTrue();
    }

    @Test
    void manyOutages_becomeOne() {
        for (long second = 0; second < 6_000; second += 20) {
            outages.addOutage("mx1.example.org", T.plusSeconds(second));
            outages.endOutage(T.plusSeconds(second + 10));
        }
        assertThat(outages.outages()).hasSizeLessThanOrEqualTo(102);
        assertThat(outages.outages().get(0).from()).isEqualTo(T);
        assertThat(outages.isScoringPaused(T.plusSeconds(1_000))).isTrue();
    }

    @Test
    void timeInWhichNobodyLooked_isAnOutage() {
        outages.pauseUntilKnown(at(60));
        outages.addUnwatched(at(0), at(60));
        assertThat(outages.describePause(at(61)))
                .contains("nobody looked whether the primary MX was up since " + at(0));
        outages.endOutage(at(62));
        assertThat(outages.isScoringPaused(at(62 + 185))).isTrue();
        assertThat(outages.isScoringPaused(at(62 + 186))).isFalse();
        assertThat(outages.describePause(at(70)).orElseThrow())
                .startsWith("nobody looked whether the primary MX was up from " + at(0) + " to " + at(62)
                        + ", and scoring is paused until ");
        OutageWindows restored = new OutageWindows(GRACE);
        restored.restore(outages.outages());
        assertThat(restored.isScoringPaused(at(62 + 185))).isTrue();
        assertThat(restored.isScoringPaused(at(62 + 186))).isFalse();
    }

    @Test
    void unwatchedOutage_ofAClockThatWasAhead_endsWhenItIsRight() {
        outages.addUnwatched(at(0), at(8_640_000));
        assertThat(outages.isScoringPaused(at(7_200))).isTrue();
        outages.limitTo(at(60));
        assertThat(outages.isScoringPaused(at(30))).isTrue();
        assertThat(outages.isScoringPaused(at(7_200_000))).isFalse();
        outages.addUnwatched(at(8_000), at(9_000));
        outages.addUnwatched(at(9_500), at(9_900));
        outages.limitTo(at(100));
        assertThat(outages.isScoringPaused(at(8_500))).isFalse();
    }

    @Test
    void openOutage_ofAClockThatWasAhead_hasAGrace() {
        outages.addOutage("mx1.example.org", at(8_640_000));
        outages.limitTo(at(60));
        assertThat(outages.isScoringPaused(at(60))).isTrue();
        outages.endOutage(at(120));
        assertThat(outages.isScoringPaused(at(299))).isTrue();
        assertThat(outages.isScoringPaused(at(300))).isFalse();
    }

    @Test
    void restoredOutages_keepTheirTimes_whileTheClockIsBehind() {
        outage(0, 60);
        outage(3_000, 3_060);
        OutageWindows restored = new OutageWindows(GRACE);
        restored.restore(outages.outages());
        assertThat(restored.outages()).isEqualTo(outages.outages());
        restored.limitTo(at(3_070));
        assertThat(restored.isScoringPaused(at(3_239))).isTrue();
        assertThat(restored.isScoringPaused(at(3_240))).isFalse();
    }

    @Test
    void unwatchedOutage_thatIsOpen_isRestored() {
        outages.pauseUntilKnown(at(60));
        outages.restore(List.of(new OutageWindow(at(0), new TreeSet<>(), true, null)));
        outages.endOutage(at(61));
        assertThat(outages.isScoringPaused(at(61 + 182))).isTrue();
    }

    @Test
    void outage_isKept_whenAnotherPauseBegins() {
        outage(0, 60);
        outages.pauseUntilKnown(at(70));
        outages.endOutage(at(71));
        assertThat(outages.isScoringPaused(at(239))).isTrue();
        outages.addUnwatched(at(100), at(101));
        assertThat(outages.outages()).hasSize(2);
        outages.addUnwatched(at(102), at(103));
        assertThat(outages.outages()).hasSize(3);
        assertThat(outages.isScoringPaused(at(239))).isTrue();
        assertThat(outages.isScoringPaused(at(240))).isFalse();
    }

    @Test
    void openOutage_isNotReplaced_byAHostOfUnknownState() {
        outages.addOutage("mx1.example.org", at(0));
        outages.pauseUntilKnown(at(10));
        assertThat(outages.outages())
                .containsExactly(new OutageWindow(at(0), new TreeSet<>(List.of("mx1.example.org")), false, null));
        assertThat(outages.isScoringPaused(at(5))).isTrue();
        outages.endOutage(at(20));
        assertThat(outages.isScoringPaused(at(1_000))).isFalse();
    }

    @Test
    void outages_ofTheLastDay_areKept_andAtMost100() {
        outage(0, 10);
        outage(2 * 1_440, 2 * 1_440 + 10);
        outage(4 * 1_440, 4 * 1_440 + 10);
        assertThat(outages.outages()).extracting(OutageWindow::from).containsExactly(at(2 * 1_440), at(4 * 1_440));
        for (int count : new int[] {100, 101, 150}) {
            OutageWindows restored = new OutageWindows(GRACE);
            restored.restore(IntStream.range(0, count)
                    .mapToObj(i -> new OutageWindow(at(i), new TreeSet<>(List.of("mx" + i)), false, at(i + 1)))
                    .toList());
            assertThat(restored.outages()).hasSize(100);
            assertThat(restored.outages().get(0).hosts()).hasSize(count - 99);
        }
    }

    @Test
    void pauseAfterAStart_isNoOutage_andHasNoGrace() {
        outages.pauseUntilKnown(at(0));
        assertThat(outages.describePause(at(1))).contains("it was not yet known whether the primary MX was up");
        assertThat(outages.outages()).isEmpty();
        outages.endOutage(at(5));
        assertThat(outages.isScoringPaused(at(4))).isTrue();
        assertThat(outages.isScoringPaused(at(5))).isFalse();
    }

    @Test
    void outageOfSeveralHosts_beginsWithTheFirst() {
        outages.addOutage("mx1.example.org", at(10));
        outages.addOutage("mx2.example.org", at(5));
        outages.addOutage("mx3.example.org", at(7));
        assertThat(outages.outages()).extracting(OutageWindow::from).containsExactly(at(5));
        assertThat(outages.outages().get(0).hosts()).hasSize(3);
    }

    @Test
    void mergedOutage_wasUnwatched_ifOneWas() {
        OutageWindow watched = new OutageWindow(at(0), new TreeSet<>(List.of("mx1")), false, at(1));
        OutageWindow unwatched = new OutageWindow(at(2), new TreeSet<>(), true, at(3));
        assertThat(watched.mergedWith(unwatched))
                .isEqualTo(new OutageWindow(at(0), new TreeSet<>(List.of("mx1")), true, at(3)));
        assertThat(unwatched.mergedWith(watched).unwatched()).isTrue();
        assertThat(watched.mergedWith(watched).unwatched()).isFalse();
    }
}
