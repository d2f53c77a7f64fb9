package org.decoymx.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Comparator;
import java.util.List;
import org.decoymx.exchange.ExchangeStatus;
import org.decoymx.exchange.NodeStatus;
import org.jspecify.annotations.Nullable;

/**
 * The nodes whose states are here, and how the sharing with them goes.
 *
 * @param sharing null if it is switched off
 * @param nodes ordered by name
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record NodeReport(@Nullable ExchangeStatus sharing, List<NodeStatus> nodes) {

    /** Some of the nodes, as there may be thousands: first those that are silent, then this one. */
    public List<NodeStatus> first(int max) {
        return nodes.stream()
                .sorted(Comparator.comparing(NodeStatus::silent)
                        .thenComparing(NodeStatus::own)
                        .reversed()
                        .thenComparing(NodeStatus::name))
                .limit(max)
                .toList();
    }
}
