package org.decoymx.admin.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.decoymx.admin.check.Finding;
import org.decoymx.admin.check.Finding.Level;
import org.junit.jupiter.api.Test;

class OverviewStateTest {
    private static final Finding WELL = new Finding("dns", Level.OK, "DNS answers.", "");

    @Test
    void problemsAndWarnings_needAttention() {
        Finding problem = new Finding("primary", Level.PROBLEM, "The real MX is down.", "Repair it.");
        Finding warning = new Finding("mode", Level.WARNING, "OBSERVE", "");
        assertThat(OverviewState.of(List.of(problem, warning, WELL))).containsExactly(problem, warning);
    }

    @Test
    void whatIsNotKnown_needsAttention_onlyIfNothingCountsWithoutIt() {
        assertThat(OverviewState.of(List.of(
                        new Finding("mx-order", Level.UNKNOWN, "Its MX records are not known.", ""),
                        new Finding("source-address", Level.UNKNOWN, "No client came yet.", ""))))
                .containsExactly(new Finding("mx-order", Level.WARNING, "Its MX records are not known.", ""));
    }

    @Test
    void nothing_toDo_isSaid() {
        assertThat(OverviewState.of(List.of(WELL))).extracting(Finding::level).containsExactly(Level.OK);
    }
}
