package org.decoymx.admin.check;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.decoymx.admin.NodeReport;
import org.decoymx.admin.check.Finding.Level;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.TierFilter;
import org.decoymx.exchange.ExchangeStatus;
import org.decoymx.exchange.NodeStatus;
import org.jspecify.annotations.Nullable;

/**
 * The answer of {@code GET /check}.
 *
 * @param state that of the worst finding
 * @param mode enforce, observe or trial
 * @param listed senders on the list; in observe mode, those that would be
 * @param exchange the nodes, and how the sharing with them goes; null if nothing is shared
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CheckReport(
        Level state,
        String mode,
        Instant asOf,
        ListedNumbers listed,
        @Nullable NodeReport exchange,
        List<Finding> findings) {
    private static final int MAX_NODES = 20;
    private static final int LEVEL_WIDTH = 9;

    /** The number of entries of each tier. */
    public record ListedNumbers(int suspect, int confirmed) {}

    /**
     * @param brief whether only what needs attention is shown
     */
    static CheckReport of(
            List<Finding> findings, boolean brief, Blocklist list, Optional<NodeReport> nodes, Instant now) {
        return new CheckReport(
                findings.stream().map(Finding::level).max(Level::compareTo).orElse(Level.UNKNOWN),
                list.mode().text(),
                now,
                new ListedNumbers(list.size(TierFilter.SUSPECT), list.size(TierFilter.CONFIRMED)),
                nodes.orElse(null),
                brief
                        ? findings.stream()
                                .filter(finding -> finding.level() != Level.OK)
                                .toList()
                        : findings);
    }

    /** The report for people: lines of visible characters. */
    String toText() {
        StringBuilder out = new StringBuilder("State: ")
                .append(state.text())
                .append("\nMode: ")
                .append(mode)
                .append(mode.equals("observe") ? "\nWould be listed: " : "\nListed: ")
                .append(listed.suspect())
                .append(" suspect, ")
                .append(listed.confirmed())
                .append(" confirmed\n");
        if (exchange != null) {
            appendNodes(exchange, out);
        }
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

    private static void appendNodes(NodeReport exchange, StringBuilder out) {
        ExchangeStatus sharing = exchange.sharing();
        out.append("Nodes: ").append(exchange.nodes().size());
        if (sharing != null) {
            out.append(", ")
                    .append(sharing.pending())
                    .append(" commits wait to be shared, ")
                    .append(sharing.lagRecords())
                    .append(" records wait to be read");
        }
        out.append('\n');
        for (NodeStatus node : exchange.first(MAX_NODES)) {
            out.append("  ")
                    .append(node.name())
                    .append(": ")
                    .append(node.life())
                    .append(", ");
            out.append(node.states()).append(" senders\n");
        }
        if (exchange.nodes().size() > MAX_NODES) {
            out.append("  and more: GET /nodes\n");
        }
    }
}
