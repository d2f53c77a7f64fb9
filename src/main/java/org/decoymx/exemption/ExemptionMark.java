package org.decoymx.exemption;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.jspecify.annotations.Nullable;

/**
 * The latest change of a run-time exemption, among all nodes that share theirs. It is a comment in the file; that of an
 * exemption that was removed stays for a while, so that no earlier one of another node brings it back.
 *
 * @param at in whole seconds
 * @param node where it was changed; empty for this node
 * @param removed whether the network is no longer exempt
 */
record ExemptionMark(IpPrefix network, Instant at, String node, boolean removed) {
    /** Of two changes, the later one holds; in the same second, that of the node whose name is the last one. */
    private static final Comparator<ExemptionMark> IN_ORDER =
            Comparator.comparing(ExemptionMark::at).thenComparing(ExemptionMark::node);

    private static final String OWN = "@";
    private static final Pattern LINE =
            Pattern.compile("# (changed|removed): (\\S{1,50}) (\\S{1,40}) (@|[A-Za-z0-9._-]{1,64})");

    boolean isAfter(@Nullable ExemptionMark other) {
        return other == null || IN_ORDER.compare(this, other) > 0;
    }

    ExemptionMark ofNode(String name) {
        return node.isEmpty() ? new ExemptionMark(network, at, name, removed) : this;
    }

    ExemptionMark asRemoved() {
        return new ExemptionMark(network, at, node, true);
    }

    SharedExemption toShared(@Nullable RuntimeExemption exemption) {
        return new SharedExemption(network, at, node, exemption);
    }

    /** The line in the file. */
    String toLine() {
        return "# " + (removed ? "removed: " : "changed: ") + network.cidr() + " " + at + " "
                + (node.isEmpty() ? OWN : node);
    }

    /** The inverse of {@link #toLine}; empty if it is another comment. */
    static Optional<ExemptionMark> parse(String line) {
        Matcher parts = LINE.matcher(line);
        if (!parts.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new ExemptionMark(
                    IpText.parseNetwork(parts.group(2)).hostNetwork(),
                    Instant.parse(parts.group(3)),
                    parts.group(4).equals(OWN) ? "" : parts.group(4),
                    parts.group(1).equals("removed")));
        } catch (IllegalArgumentException | DateTimeException e) {
            return Optional.empty();
        }
    }
}
