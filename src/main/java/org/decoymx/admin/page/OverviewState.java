package org.decoymx.admin.page;

import java.util.List;
import java.util.Set;
import org.decoymx.admin.check.Finding;
import org.decoymx.admin.check.Finding.Level;

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
    static List<Finding> of(List<Finding> findings) {
        List<Finding> urgent = findings.stream()
                .filter(OverviewState::isUrgent)
                .map(finding -> finding.level() == Level.UNKNOWN
                        ? new Finding(finding.id(), Level.WARNING, finding.text(), finding.advice())
                        : finding)
                .toList();
        return urgent.isEmpty()
                ? List.of(new Finding(
                        "state", Level.OK, "Who is caught is listed, and what protects good senders is active.", ""))
                : urgent;
    }

    private static boolean isUrgent(Finding finding) {
        return switch (finding.level()) {
            case OK -> false;
            case UNKNOWN -> NEEDED.contains(finding.id());
            case WARNING, PROBLEM -> true;
        };
    }
}
