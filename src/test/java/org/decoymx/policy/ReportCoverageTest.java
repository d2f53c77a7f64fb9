package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReportCoverageTest {
    private static final long T = 1_767_225_600L;
    private static final long MINUTE = 60;
    private static final long HOUR = 3_600;

    private static ReportCoverage each5Minutes(long from, long until) {
        ReportCoverage coverage = ReportCoverage.NONE;
        for (long at = from; at <= until; at += 5 * MINUTE) {
            coverage = coverage.withReport(at);
        }
        return coverage;
    }

    @Test
    void coverage_reportsWithoutGap_isComplete() {
        ReportCoverage coverage = each5Minutes(T, T + HOUR);
        assertThat(coverage.isComplete(T, T + HOUR + 10 * MINUTE)).isTrue();
        assertThat(coverage.isComplete(T - 1, T + HOUR)).isFalse();
        assertThat(coverage.isComplete(T, T + HOUR + 10 * MINUTE + 1)).isFalse();
    }

    @Test
    void coverage_gap_isNotComplete() {
        ReportCoverage coverage = each5Minutes(T, T + HOUR).withReport(T + HOUR + 10 * MINUTE + 1);
        assertThat(coverage.gaps()).containsExactly(new ReportCoverage.Gap(T + HOUR, T + HOUR + 10 * MINUTE + 1));
        assertThat(coverage.isComplete(T, T + HOUR)).isTrue();
        assertThat(coverage.isComplete(T, T + HOUR + 1)).isFalse();
        assertThat(coverage.isComplete(T + HOUR + 10 * MINUTE + 1, T + HOUR + 15 * MINUTE))
                .isTrue();
    }

    @Test
    void coverage_lateReport_changesNothing() {
        ReportCoverage coverage = each5Minutes(T, T + HOUR);
        assertThat(coverage.withReport(T + MINUTE)).isEqualTo(coverage);
    }

    @Test
    void coverage_reportOfAClockThatWasAhead_isOfTheTimeWhenItIsRight() {
        long ahead = 8_640_000;
        ReportCoverage wrong =
                ReportCoverage.NONE.withReport(1_000).withReport(1_500).withReport(ahead);
        TimeLimit limit = new TimeLimit(2_000, TrustSettings.DEFAULTS);
        assertThat(wrong.limitedTo(limit))
                .isEqualTo(new ReportCoverage(1_000, 2_000, List.of(new ReportCoverage.Gap(1_500, 2_000))));
        assertThat(ReportCoverage.NONE.withReport(ahead).limitedTo(limit))
                .isEqualTo(ReportCoverage.NONE.withReport(2_000));
        ReportCoverage right = ReportCoverage.NONE.withReport(2_001);
        assertThat(right.limitedTo(limit)).isEqualTo(right);
        assertThat(ReportCoverage.NONE.limitedTo(limit)).isEqualTo(ReportCoverage.NONE);
    }

    @Test
    void coverage_manyGaps_forgetsTheOldest() {
        ReportCoverage coverage = ReportCoverage.NONE;
        for (int i = 0; i < 100; i++) {
            coverage = coverage.withReport(T + i * HOUR);
        }
        assertThat(coverage.gaps()).hasSize(64);
        assertThat(coverage.since()).isEqualTo(T + 35 * HOUR);
    }

    @Test
    void coverage_ofTwoPrimaries_isWhatBothSaw() {
        ReportCoverage one = each5Minutes(T, T + 3 * HOUR);
        ReportCoverage other = each5Minutes(T + HOUR, T + 2 * HOUR).withReport(T + 3 * HOUR);
        ReportCoverage both = one.and(other);
        assertThat(both.isComplete(T + HOUR, T + 2 * HOUR)).isTrue();
        assertThat(both.isComplete(T, T + 2 * HOUR)).isFalse();
        assertThat(both.isComplete(T + HOUR, T + 3 * HOUR)).isFalse();
        assertThat(one.and(ReportCoverage.NONE).isComplete(T, T)).isFalse();
        assertThat(one.and(ReportCoverage.COMPLETE)).isEqualTo(one);
    }

    private static ReportCoverage eachHour(long from, int reports) {
        ReportCoverage coverage = ReportCoverage.NONE.withReport(T);
        for (int i = 0; i < reports; i++) {
            coverage = coverage.withReport(from + i * HOUR);
        }
        return coverage;
    }

    @Test
    void coverage_ofTwoPrimariesWithManyGaps_forgetsTheOldestOfBoth() {
        ReportCoverage early = eachHour(T + HOUR, 40);
        ReportCoverage late = eachHour(T + 100 * HOUR, 40);
        for (ReportCoverage both : List.of(early.and(late), late.and(early))) {
            assertThat(both.gaps()).hasSize(64).endsWith(new ReportCoverage.Gap(T + 138 * HOUR, T + 139 * HOUR));
            assertThat(both.since()).isEqualTo(T + 16 * HOUR);
        }
    }

    @Test
    void coverage_encoded_isDecoded_withNoGapUpToTheMost() {
        for (int gaps : new int[] {0, 1, 64}) {
            ReportCoverage coverage = eachHour(T + HOUR, gaps);
            assertThat(coverage.gaps()).hasSize(gaps);
            assertThat(ReportCoverage.decode(coverage.encode())).isEqualTo(coverage);
        }
        for (int octets : new int[] {0, 8, 15, 17, 24, 66 * 16}) {
            assertThatThrownBy(() -> ReportCoverage.decode(new byte[octets]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a coverage of reports has 1 to 65 pairs of times");
        }
    }

    @Test
    void silence_upToTenMinutes_isNoGap() {
        assertThat(ReportCoverage.NONE.withReport(T).withReport(T + 10 * MINUTE).gaps())
                .isEmpty();
    }

    @Test
    void gapsInTheFuture_areForgotten() {
        ReportCoverage wrong =
                ReportCoverage.NONE.withReport(1_000).withReport(100_000).withReport(200_000);
        assertThat(wrong.limitedTo(new TimeLimit(2_000, TrustSettings.DEFAULTS)))
                .isEqualTo(new ReportCoverage(1_000, 2_000, List.of(new ReportCoverage.Gap(1_000, 2_000))));
        ReportCoverage right = ReportCoverage.NONE.withReport(2_000 + HOUR);
        assertThat(right.limitedTo(new TimeLimit(2_000, TrustSettings.DEFAULTS)))
                .isEqualTo(right);
    }
}
