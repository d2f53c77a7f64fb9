package org.decoymx.admin.check;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.decoymx.admin.check.Finding.Level;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.TierFilter;

/**
 * The answer of {@code GET /check}.
 *
 * @param state that of the worst finding
 * @param mode enforce, observe or trial
 * @param listed senders on the list; in observe mode, those that would be
 */
public record CheckReport(Level state, String mode, Instant asOf, ListedNumbers listed, List<Finding> findings)
        implements TextReport {
    private static final int LEVEL_WIDTH = 9;

    /** The number of entries of each tier. */
    public record ListedNumbers(int suspect, int confirmed) {}

    /**
     * @param brief whether only what needs attention is shown
     */
    static CheckReport of(List<Finding> findings, boolean brief, Blocklist list, Instant now) {
        return new CheckReport(
                findings.stream().map(Finding::level).max(Level::compareTo).orElse(Level.UNKNOWN),
                list.mode().name().toLowerCase(Locale.ROOT),
                now,
                new ListedNumbers(list.size(TierFilter.SUSPECT), list.size(TierFilter.CONFIRMED)),
                brief
                        ? findings.stream()
                                .filter(finding -> finding.level() != Level.OK)
                                .toList()
                        : findings);
    }

    @Override
    public String toText() {
        StringBuilder out = new StringBuilder("State: ")
                .append(state.text())
                .append("\nMode: ")
                .append(mode)
                .append(mode.equals("observe") ? "\nWould be listed: " : "\nListed: ")
                .append(listed.suspect())
                .append(" suspect, ")
                .append(listed.confirmed())
                .append(" confirmed\n");
        if (!findings.isEmpty()) {
            out.append('\n');
        }
        for (Finding finding : findings) {
            String level = finding.level().text();
            out.append(level).append(" ".repeat(LEVEL_WIDTH - level.length()));
            out.append(finding.id()).append(": ").append(finding.text()).append('\n');
            if (!finding.advice().isEmpty()) {
                out.append(" ".repeat(LEVEL_WIDTH)).append(finding.advice()).append('\n');
            }
        }
        return out.toString();
    }
}
