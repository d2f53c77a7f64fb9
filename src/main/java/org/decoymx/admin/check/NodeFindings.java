package org.decoymx.admin.check;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.decoymx.admin.NodeReport;
import org.decoymx.admin.NodeReports;
import org.decoymx.exchange.NodeStatus;

/** Whether the other nodes are up, and what they share can be used. Whether this one shares is a health check. */
@Singleton
final class NodeFindings implements FindingSource {
    private static final String ID = "nodes";
    private static final int MAX_NAMED = 5;
    private static final long MAX_CLOCK_SECONDS = 60;

    private final Supplier<Optional<NodeReport>> reports;

    @Inject
    NodeFindings(NodeReports reports) {
        this(reports::ifShared);
    }

    /**
     * @param reports gives the nodes; empty if nothing is shared
     */
    NodeFindings(Supplier<Optional<NodeReport>> reports) {
        this.reports = reports;
    }

    @Override
    public List<Finding> find() {
        return reports.get().map(NodeFindings::judge).orElse(List.of());
    }

    private static List<Finding> judge(NodeReport report) {
        List<Finding> findings = new ArrayList<>();
        String silent = names(report, NodeStatus::silent);
        if (!silent.isEmpty()) {
            findings.add(Finding.warning(
                    ID,
                    "No heartbeat for more than " + NodeStatus.SILENCE.toMinutes() + " minutes from " + silent + ".",
                    "Start it, or look whether it reaches the brokers; if it is gone for good, drop its states:"
                            + " DELETE /nodes/NAME."));
        }
        String foreign = names(report, node -> !node.sameEnvelopeKey());
        if (!foreign.isEmpty()) {
            findings.add(Finding.warning(
                    ID,
                    "Messages cannot be recognized at another node, because of another envelope key at " + foreign
                            + ".",
                    "Give all nodes the same file in decoy.policy.envelope-key-file."));
        }
        long offset = report.sharing() == null ? 0 : report.sharing().clockOffsetSeconds();
        if (Math.abs(offset) > MAX_CLOCK_SECONDS) {
            findings.add(Finding.warning(
                    ID,
                    "This clock is " + Math.abs(offset) + " s " + (offset > 0 ? "ahead of" : "behind")
                            + " that of the brokers.",
                    "Look which is right, and set both by NTP."));
        }
        return findings.isEmpty()
                ? List.of(Finding.ok(ID, "One list is shared by " + names(report, node -> true) + "."))
                : findings;
    }

    private static String names(NodeReport report, Predicate<NodeStatus> which) {
        List<String> names =
                report.nodes().stream().filter(which).map(NodeStatus::name).toList();
        return names.stream().limit(MAX_NAMED).collect(Collectors.joining(", "))
                + (names.size() > MAX_NAMED ? " and " + (names.size() - MAX_NAMED) + " more" : "");
    }
}
