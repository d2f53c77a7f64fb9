package org.decoymx.exemption;

import java.time.Instant;
import org.decoymx.net.IpPrefix;
import org.jspecify.annotations.Nullable;

/**
 * A run-time exemption as nodes share it: the latest change about a network holds everywhere.
 *
 * @param at when it was changed, in whole seconds
 * @param node where it was changed
 * @param exemption null if it was removed, or has ended
 */
public record SharedExemption(
        IpPrefix network, Instant at, String node, @Nullable RuntimeExemption exemption) {

    ExemptionMark mark() {
        return new ExemptionMark(network, at, node, exemption == null);
    }

    /** What happened, for the log. */
    String describe() {
        return (exemption == null
                        ? "No longer exempt at run time: " + network.cidr()
                        : "Exempt at run time: " + exemption.toFileLine())
                + " (by node " + node + ")";
    }
}
