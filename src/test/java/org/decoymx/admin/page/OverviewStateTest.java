package org.decoymx.admin.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.decoymx.admin.check.Finding;
import org.decoymx.admin.page.Overview.StateLine;
import org.decoymx.admin.page.Overview.Urgency;
import org.junit.jupiter.api.Test;

class OverviewStateTest {
    private static final Finding WELL = new Finding("dns", Finding.Level.OK, "DNS answers.", "");

    @Test
    void problemsAndWarnings_needAttention() {
        assertThat(OverviewState.lines(List.of(
                        new Finding("primary", Finding.Level.PROBLEM, "The real MX is down.", "Repair it."),
                        new Finding("mode", Finding.Level.WARNING, "OBSERVE", ""),
                        WELL)))
                .containsExactly(
                        new StateLine(Urgency.BAD, "The real MX is down.", "Repair it."),
                        new StateLine(Urgency.WARNING, "OBSERVE", ""));
    }

    @Test
    void whatIsNotKnown_needsAttention_onlyIfNothingCountsWithoutIt() {
        assertThat(OverviewState.lines(List.of(
                        new Finding("mx-order", Finding.Level.UNKNOWN, "Its MX records are not known.", ""),
                        new Finding("source-address", Finding.Level.UNKNOWN, "No client came yet.", ""))))
                .extracting(StateLine::text)
                .containsExactly("Its MX records are not known.");
    }

    @Test
    void nothing_toDo_isSaid() {
        assertThat(OverviewState.lines(List.of(WELL)))
                .extracting(StateLine::level)
                .containsExactly(Urgency.GOOD);
    }
}
