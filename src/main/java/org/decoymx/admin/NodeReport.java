package org.decoymx.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.decoymx.exchange.ExchangeStatus;
import org.decoymx.exchange.ExchangeStatus.NodeStatus;
import org.decoymx.ledger.Node;
import org.decoymx.support.Condition;
import org.jspecify.annotations.Nullable;

/**
 * The nodes whose states are here, and how the sharing with them goes.
 *
 * @param sharing null if it is switched off
 * @param nodes ordered by name
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record NodeReport(@Nullable SharingView sharing, List<NodeView> nodes) {
    /** Without a heartbeat for so long, a node is not up, or does not reach the brokers. One is sent in 30 seconds. */
    public static final Duration SILENCE = Duration.ofMinutes(5);

    /**
     * How the sharing goes.
     *
     * @param role what this node does: {@code both}, {@code catch} or {@code list}
     * @param pending own commits that the brokers have not acknowledged yet
     * @param lagRecords records of others that are not read yet
     * @param lagSeconds age of what is read; 0 if all is read
     * @param pushed own states that the brokers acknowledged since the start
     * @param read states of others that were read since the start
     * @param poison records that were skipped since the start because they are not valid
     * @param clockOffsetSeconds how far this clock is ahead of that of the brokers; negative if it is behind
     * @param trouble what is wrong; null if all is shared and read
     * @param since when that began
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record SharingView(
            String role,
            long pending,
            long lagRecords,
            long lagSeconds,
            long pushed,
            long read,
            long poison,
            long clockOffsetSeconds,
            @Nullable String trouble,
            @Nullable Instant since) {}

    /**
     * A node.
     *
     * @param own whether it is this one
     * @param role what it does; null if it has not said so
     * @param lastHeartbeat by the clock of the brokers; null if there is none
     * @param silent whether it has sent heartbeats, but none for {@link #SILENCE}
     * @param states number of its states in this ledger
     * @param sameEnvelopeKey whether its envelopes can be compared with those of this node, as far as it has said so
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record NodeView(
            String name,
            boolean own,
            @Nullable String role,
            @Nullable Instant lastHeartbeat,
            boolean silent,
            int states,
            boolean sameEnvelopeKey) {

        /** What is known of its life, in a few words. */
        public String life() {
            if (own) {
                return "this node";
            }
            return lastHeartbeat == null ? "no heartbeat" : "last heartbeat " + lastHeartbeat;
        }
    }

    /** The report of a node that shares. */
    static NodeReport of(ExchangeStatus status, Instant now) {
        Optional<Condition.Failure> failure = status.failure();
        Instant brokerTime = now.minus(status.clockOffset());
        return new NodeReport(
                new SharingView(
                        status.role(),
                        status.pending(),
                        status.lagRecords(),
                        status.lag().toSeconds(),
                        status.pushed(),
                        status.read(),
                        status.poison(),
                        status.clockOffset().toSeconds(),
                        failure.map(Condition.Failure::reason).orElse(null),
                        failure.map(found -> found.since().truncatedTo(ChronoUnit.SECONDS))
                                .orElse(null)),
                status.nodes().stream().map(node -> view(node, brokerTime)).toList());
    }

    private static NodeView view(NodeStatus node, Instant brokerTime) {
        return new NodeView(
                node.name(),
                node.own(),
                node.role().orElse(null),
                node.lastHeartbeat()
                        .map(time -> time.truncatedTo(ChronoUnit.SECONDS))
                        .orElse(null),
                node.lastHeartbeat()
                        .filter(time -> time.isBefore(brokerTime.minus(SILENCE)))
                        .isPresent(),
                node.states(),
                node.sameEnvelopeKey());
    }

    /** The report of a node that does not share; others came by an import. */
    static NodeReport of(Map<Node, Integer> states, Node own) {
        return new NodeReport(
                null,
                states.entrySet().stream()
                        .map(entry -> new NodeView(
                                entry.getKey().name(),
                                entry.getKey().equals(own),
                                null,
                                null,
                                false,
                                entry.getValue(),
                                true))
                        .sorted(Comparator.comparing(NodeView::name))
                        .toList());
    }

    /** Some of the nodes, as there may be thousands: first those that are silent, then this one. */
    public List<NodeView> first(int max) {
        return nodes.stream()
                .sorted(Comparator.comparing(NodeView::silent)
                        .thenComparing(NodeView::own)
                        .reversed()
                        .thenComparing(NodeView::name))
                .limit(max)
                .toList();
    }
}
