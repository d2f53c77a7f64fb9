package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.decoymx.policy.DomainProtection.Protection;
import org.decoymx.policy.DomainProtection.ProtectionState;
import org.decoymx.policy.ProtectionFacts.MxPosition;
import org.decoymx.policy.ProtectionFacts.PrimaryFact;
import org.junit.jupiter.api.Test;

/** What protects a domain, and one line that says what to do about what does not. */
class DomainProtectionTest {
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final PrimaryFact UP = new PrimaryFact("mx1.example.org", true, true);
    private static final PrimaryFact DOWN = new PrimaryFact("mx2.example.org", true, false);
    private static final PrimaryFact NOT_PROBED = new PrimaryFact("mx3.example.org", false, false);

    private static ReportCoverage reportedAt(Instant at) {
        return ReportCoverage.NONE.withReport(at.getEpochSecond());
    }

    private static DomainProtection judge(
            MxPosition order, List<PrimaryFact> hosts, ReportCoverage coverage, int spf, List<String> unknownSpf) {
        return DomainProtection.of(
                new ProtectionFacts("example.org", order, "", hosts, coverage, coverage, spf, unknownSpf), NOW);
    }

    private static Protection primary(PrimaryFact... hosts) {
        return judge(MxPosition.WORST, List.of(hosts), reportedAt(NOW), 0, List.of())
                .primary();
    }

    private static Protection witnesses(ReportCoverage coverage) {
        return judge(MxPosition.WORST, List.of(UP), coverage, 0, List.of()).witnesses();
    }

    private static Protection mxOrder(MxPosition order) {
        return judge(order, List.of(UP), reportedAt(NOW), 0, List.of()).mxOrder();
    }

    @Test
    void domain_isComplete_ifAllIsActiveOrSwitchedOff() {
        DomainProtection all = judge(MxPosition.WORST, List.of(UP), reportedAt(NOW), 26, List.of());
        assertThat(all.isComplete()).isTrue();
        assertThat(all.names(protection -> protection.state() == ProtectionState.ACTIVE))
                .containsExactly("MX order", "real MX", "witnesses", "SPF");
        assertThat(judge(MxPosition.NOT_CHECKED, List.of(UP), reportedAt(NOW), 0, List.of())
                        .isComplete())
                .isTrue();
    }

    @Test
    void domain_isNotComplete_ifOneIsMissing() {
        DomainProtection domain = judge(MxPosition.WORST, List.of(UP), ReportCoverage.NONE, 0, List.of());
        assertThat(domain.isComplete()).isFalse();
        assertThat(domain.names(protection -> !protection.suffices())).containsExactly("witnesses");
    }

    @Test
    void realMx_mustBeKnown_andUp() {
        assertThat(primary(UP)).isEqualTo(new Protection(ProtectionState.ACTIVE, "the real MX mx1.example.org is up"));
        assertThat(primary(UP, DOWN, NOT_PROBED).state()).isEqualTo(ProtectionState.MISSING);
        assertThat(primary(UP, DOWN).words()).contains("mx2.example.org is down, so nothing counts");
        assertThat(primary(UP, NOT_PROBED).state()).isEqualTo(ProtectionState.PENDING);
        assertThat(primary().state()).isEqualTo(ProtectionState.MISSING);
        assertThat(primary().words()).contains("correct its MX records, or set decoy.primary.hosts");
        assertThat(judge(MxPosition.UNKNOWN, List.of(), reportedAt(NOW), 0, List.of())
                        .primary()
                        .state())
                .as("DNS has not answered yet")
                .isEqualTo(ProtectionState.PENDING);
    }

    @Test
    void witnesses_mustHaveArrivedInTheLastTenMinutes() {
        assertThat(witnesses(reportedAt(NOW.minusSeconds(600))).state()).isEqualTo(ProtectionState.ACTIVE);
        Protection silent = witnesses(reportedAt(NOW.minusSeconds(601)));
        assertThat(silent.state()).isEqualTo(ProtectionState.MISSING);
        assertThat(silent.words()).contains("since 2026-01-01T11:49:59Z, so nobody is confirmed");
        assertThat(witnesses(ReportCoverage.NONE).words()).contains("never rejected", "deploy/witness");
    }

    @Test
    void witnesses_ofOtherDecoys_mustBeHeard() {
        ProtectionFacts cutOff = new ProtectionFacts(
                "example.org", MxPosition.WORST, "", List.of(UP), reportedAt(NOW), ReportCoverage.NONE, 0, List.of());
        Protection witnesses = DomainProtection.of(cutOff, NOW).witnesses();
        assertThat(witnesses.state()).isEqualTo(ProtectionState.MISSING);
        assertThat(witnesses.words())
                .contains("other decoys of which this one hears nothing", "nodes in decoymx check");
    }

    @Test
    void mxOrder_saysWhatToCorrect() {
        assertThat(mxOrder(MxPosition.WORST).state()).isEqualTo(ProtectionState.ACTIVE);
        assertThat(mxOrder(MxPosition.NOT_CHECKED).state()).isEqualTo(ProtectionState.OFF);
        assertThat(mxOrder(MxPosition.UNKNOWN).state()).isEqualTo(ProtectionState.PENDING);
        assertThat(mxOrder(MxPosition.WRONG).state()).isEqualTo(ProtectionState.MISSING);
        assertThat(mxOrder(MxPosition.WRONG).words()).contains("nothing counts", "decoy.policy.decoy-hosts");
        assertThat(mxOrder(MxPosition.WRONG).words())
                .startsWith("the decoy is not its worst MX behind a better one, so nothing counts: ");
        ProtectionFacts withDetail = new ProtectionFacts(
                "example.org",
                MxPosition.UNKNOWN,
                "SERVFAIL",
                List.of(UP),
                reportedAt(NOW),
                reportedAt(NOW),
                0,
                List.of());
        assertThat(DomainProtection.of(withDetail, NOW).mxOrder().words())
                .startsWith("its MX records are not known (SERVFAIL), so nothing counts: ");
    }

    @Test
    void spf_namesAFewDomainsOnly() {
        List<String> unknown = List.of("a.test", "b.test", "c.test", "d.test", "e.test", "f.test", "g.test");
        Protection spf = judge(MxPosition.WORST, List.of(UP), reportedAt(NOW), 9, unknown)
                .spf();
        assertThat(spf.suffices()).isFalse();
        assertThat(spf.words()).contains("a.test, b.test, c.test, d.test, e.test and 2 more are not known");
        Protection five = judge(MxPosition.WORST, List.of(UP), reportedAt(NOW), 9, unknown.subList(0, 5))
                .spf();
        assertThat(five.words()).contains("a.test, b.test, c.test, d.test, e.test are not known");
    }
}
