package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.junit.jupiter.api.Test;

class PrimaryReportsTest {
    private static final long T = 1_800_000_000;
    private static final long HOUR = 3_600;

    private final PrimaryReports reports = new PrimaryReports();

    private static List<IpPrefix> addresses(String... texts) {
        return Stream.of(texts)
                .map(text -> IpText.parseAddress(text).orElseThrow())
                .toList();
    }

    /** Reports every five minutes for an hour. */
    private void reportFrom(String... sources) {
        for (long at = T; at <= T + HOUR; at += 300) {
            reports.recordReport(at, addresses(sources));
        }
    }

    private boolean isComplete() {
        return reports.coverage().isComplete(T, T + HOUR);
    }

    private void twoPrimaries() {
        reports.setPrimaries(Map.of(
                "mx1.example.org", addresses("192.0.2.1", "2001:db8::1"),
                "mx2.example.org", addresses("192.0.2.2")));
    }

    @Test
    void noPrimaryKnown_anyReportCounts() {
        assertThat(isComplete()).isFalse();
        reportFrom("198.51.100.1");
        assertThat(isComplete()).isTrue();
    }

    @Test
    void onePrimary_behindNat_anyReportCounts() {
        reports.setPrimaries(Map.of("mx1.example.org", addresses("192.0.2.1")));
        reportFrom("10.0.0.1");
        assertThat(isComplete()).isTrue();
    }

    @Test
    void twoPrimaries_bothMustReport() {
        twoPrimaries();
        reportFrom("192.0.2.1");
        assertThat(isComplete()).isFalse();
        reportFrom("192.0.2.2");
        assertThat(isComplete()).isTrue();
    }

    @Test
    void twoPrimaries_afterARestart_bothMustReport_beforeDnsNamesThem() {
        twoPrimaries();
        reportFrom("192.0.2.1");
        PrimaryReports restarted = new PrimaryReports();
        restarted.setPrimaries(Map.of());
        restarted.load(reports.encode());
        assertThat(restarted.coverage().isComplete(T, T + HOUR)).isFalse();
        reportFrom("192.0.2.2");
        restarted.load(reports.encode());
        assertThat(restarted.coverage().isComplete(T, T + HOUR)).isTrue();
    }

    @Test
    void twoPrimaries_reportsOfAnUnknownAddress_countForNone() {
        twoPrimaries();
        reportFrom("10.0.0.1");
        reportFrom("10.0.0.2");
        assertThat(isComplete()).isFalse();
    }

    @Test
    void primary_isFoundByAnyOfItsAddresses_orByThatOfTheServer() {
        twoPrimaries();
        reportFrom("10.0.0.1", "2001:db8::1");
        reportFrom("192.0.2.2", "10.0.0.2");
        assertThat(isComplete()).isTrue();
    }

    @Test
    void primaryWithoutAnAddress_isSilent() {
        reports.setPrimaries(Map.of("mx1.example.org", addresses("192.0.2.1"), "mx2.example.org", List.of()));
        reportFrom("192.0.2.1");
        assertThat(isComplete()).isFalse();
    }

    @Test
    void silenceOfOnePrimary_isAGap() {
        twoPrimaries();
        reportFrom("192.0.2.1");
        reports.recordReport(T, addresses("192.0.2.2"));
        reports.recordReport(T + HOUR, addresses("192.0.2.2"));
        assertThat(isComplete()).isFalse();
        assertThat(reports.coverage().isComplete(T + HOUR, T + HOUR)).isTrue();
    }

    @Test
    void reports_areKeptOverARestart() {
        twoPrimaries();
        reportFrom("192.0.2.1", "192.0.2.2");
        PrimaryReports next = new PrimaryReports();
        next.setPrimaries(Map.of("mx1.example.org", addresses("192.0.2.1"), "mx2.example.org", addresses("192.0.2.2")));
        next.recordReport(T + HOUR + 300, addresses("192.0.2.1"));
        next.load(reports.encode());
        assertThat(next.coverage().isComplete(T, T + HOUR)).isTrue();
        assertThat(next.lastReportAt()).isEqualTo(T + HOUR + 300);
        byte[] cut = Arrays.copyOf(reports.encode(), 30);
        assertThatThrownBy(() -> new PrimaryReports().load(cut)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void primariesThatCameAndWent_areForgotten() {
        for (int i = 0; i < 1_000; i++) {
            String name = "mx" + i + ".example.org";
            reports.setPrimaries(Map.of(name, addresses("192.0.2.1")));
            reports.recordReport(T + i, addresses("192.0.2.1"));
        }
        assertThat(reports.encode().length).isLessThan(66 * 50);
    }

    @Test
    void primary_thatDnsDoesNotKnowForAWhile_isKept() {
        twoPrimaries();
        reportFrom("192.0.2.1", "192.0.2.2");
        reports.setPrimaries(Map.of("mx1.example.org", addresses("192.0.2.1")));
        twoPrimaries();
        assertThat(isComplete()).isTrue();
    }

    @Test
    void primaries_upTo64_areKept() {
        Map<String, List<IpPrefix>> primaries = new HashMap<>();
        for (int i = 1; i <= 64; i++) {
            primaries.put("mx" + i + ".example.org", addresses("192.0.2.1"));
        }
        reports.setPrimaries(primaries);
        reports.recordReport(T, addresses("192.0.2.1"));
        int length = reports.encode().length;
        reports.setPrimaries(Map.of());
        assertThat(reports.encode()).hasSize(length);
        primaries.put("mx65.example.org", addresses("192.0.2.1"));
        reports.setPrimaries(primaries);
        reports.recordReport(T, addresses("192.0.2.1"));
        reports.setPrimaries(Map.of());
        assertThat(reports.encode()).hasSizeLessThan(length / 30);
    }

    @Test
    void reportsOfTheOnlyPrimary_areKeptOverARestart() {
        reportFrom("10.0.0.1");
        PrimaryReports next = new PrimaryReports();
        next.load(reports.encode());
        assertThat(next.coverage()).isEqualTo(reports.coverage());
        assertThat(next.coverage().isComplete(T, T + HOUR)).isTrue();
    }

    /** Another node is heard in these minutes. */
    private void hearOthers(long from, long until) {
        for (long minute = from; minute <= until; minute++) {
            reports.recordShared(T + 60 * minute);
        }
    }

    @Test
    void severalNodes_anyReportCounts_whileTheOthersAreHeard() {
        reports.startSharing();
        reportFrom("198.51.100.1");
        assertThat(isComplete()).isFalse();
        assertThat(reports.reported().isComplete(T, T + HOUR)).isTrue();
        hearOthers(0, 60);
        assertThat(isComplete()).isTrue();
    }

    @Test
    void severalNodes_elevenMinutesWithoutTheOthers_areAGap() {
        reports.startSharing();
        reportFrom("198.51.100.1");
        hearOthers(0, 20);
        hearOthers(30, 30);
        hearOthers(41, 60);
        assertThat(isComplete()).isFalse();
        assertThat(reports.coverage().isComplete(T, T + 1_800)).isTrue();
        assertThat(reports.coverage().isComplete(T + 2_460, T + HOUR)).isTrue();
    }

    @Test
    void severalNodes_onlyPrimary_thatReportsFromItsAddress_needsNoOthers() {
        reports.startSharing();
        reports.setPrimaries(Map.of("mx1.example.org", addresses("192.0.2.1")));
        reportFrom("10.0.0.1");
        assertThat(isComplete()).isFalse();
        reportFrom("192.0.2.1");
        assertThat(isComplete()).isTrue();
        reports.recordReport(T + HOUR + 601, addresses("10.0.0.1"));
        assertThat(isComplete()).as("another host reports now").isFalse();
    }

    @Test
    void severalNodes_onlyPrimary_thatReportsFromItsAddressNow_provesNothingOfThePast() {
        reports.startSharing();
        reports.setPrimaries(Map.of("mx1.example.org", addresses("192.0.2.1")));
        reportFrom("10.0.0.1");
        reports.recordReport(T + HOUR, addresses("192.0.2.1"));
        assertThat(isComplete()).isFalse();
    }

    @Test
    void severalNodes_severalPrimaries_thatReportHere_needNoOthers() {
        reports.startSharing();
        twoPrimaries();
        reportFrom("192.0.2.1", "192.0.2.2");
        assertThat(isComplete()).isTrue();
    }

    @Test
    void severalNodes_primaryWithTwoAddressesOfAFamily_needsTheOthers() {
        reports.startSharing();
        for (Map<String, List<IpPrefix>> primaries : List.of(
                Map.of("mx.example.org", addresses("192.0.2.1", "192.0.2.2")),
                Map.of("mx.example.org", addresses("2001:db8::1", "2001:db8::2", "192.0.2.1")),
                Map.of(
                        "a.example.org",
                        addresses("192.0.2.1", "192.0.2.2"),
                        "b.example.org",
                        addresses("192.0.2.1")))) {
            reports.setPrimaries(primaries);
            reportFrom("192.0.2.1", "2001:db8::1");
            assertThat(isComplete()).as(primaries.toString()).isFalse();
        }
        hearOthers(0, 60);
        assertThat(isComplete()).isTrue();
    }

    @Test
    void severalNodes_primaryWithAnAddressOfEachFamily_needsNoOthers() {
        reports.startSharing();
        reports.setPrimaries(Map.of("mx.example.org", addresses("192.0.2.1", "2001:db8::1")));
        reportFrom("2001:db8::1");
        assertThat(isComplete()).isTrue();
    }

    @Test
    void whatOthersWereHeard_isKeptOverARestart_andCorrectedWithTheClock() {
        reports.startSharing();
        reportFrom("198.51.100.1");
        hearOthers(0, 60);
        PrimaryReports next = new PrimaryReports();
        next.startSharing();
        next.load(reports.encode());
        assertThat(next.coverage()).isEqualTo(reports.coverage());
        next.recordShared(T + 100_000);
        next.recordReport(T + 100_000, List.of());
        next.limitTimes(new TimeLimit(T + 2 * HOUR, TrustSettings.DEFAULTS));
        assertThat(next.coverage().lastReportAt()).isEqualTo(T + 2 * HOUR);
        assertThat(next.coverage().isComplete(T, T + HOUR)).isTrue();
    }

    @Test
    void reportsWhileTheClockWasAhead_areOfTheTimeWhenItIsRight() {
        twoPrimaries();
        reports.recordReport(T + 100_000, addresses("192.0.2.1", "192.0.2.2"));
        reports.limitTimes(new TimeLimit(T, TrustSettings.DEFAULTS));
        assertThat(reports.lastReportAt()).isEqualTo(T);
        assertThat(reports.coverage()).isEqualTo(ReportCoverage.NONE.withReport(T));
    }
}
