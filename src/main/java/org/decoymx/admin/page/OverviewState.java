package org.decoymx.admin.page;

import java.util.List;
import java.util.Set;
import org.decoymx.admin.check.Finding;
import org.decoymx.admin.page.Overview.StateLine;
import org.decoymx.admin.page.Overview.Urgency;

/** Says by the findings of the check whether the decoy works. */
final class OverviewState {
    /** While these are not known, nothing counts, or nothing is checked. */
    private static final Set<String> NEEDED = Set.of("check", "mx-order", "primary");

    private OverviewState() {}

    /**
     * What needs attention; never empty.
     *
     * @param findings the worst comes first
     */
    static List<StateLine> lines(List<Finding> findings) {
        List<StateLine> lines = findings.stream()
                .filter(OverviewState::isUrgent)
                .map(OverviewState::line)
                .toList();
        return lines.isEmpty()
                ? List.of(new StateLine(
                        Urgency.GOOD, "Who is caught is listed, and what protects good senders is active.", ""))
                : lines;
    }

    private static boolean isUrgent(Finding finding) {
        return switch (finding.level()) {
            case OK -> false;
            case UNKNOWN -> NEEDED.contains(finding.id());
            case WARNING, PROBLEM -> true;
        };
    }

    private static StateLine line(Finding finding) {
        return new StateLine(
                finding.level() == Finding.Level.PROBLEM ? Urgency.BAD : Urgency.WARNING,
                finding.text(),
                finding.advice());
    }
}
