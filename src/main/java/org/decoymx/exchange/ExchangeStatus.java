package org.decoymx.exchange;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.decoymx.ledger.SharedLedger;
import org.decoymx.support.Condition;

/**
 * How the sharing with other nodes goes, at one moment.
 *
 * @param role what this node does: {@code both}, {@code catch} or {@code list}
 * @param nodes the nodes that have states here or sent a heartbeat, with this one, ordered by name
 * @param pending number of commits of this node that are not acknowledged by the brokers; 0 with role {@code list}
 * @param lagRecords number of records in the topic that are not read yet; 0 with role {@code catch}
 * @param lag how old the latest record is that was read; zero if all are read
 * @param pushed number of states that the brokers acknowledged since the start
 * @param read number of states that were read since the start
 * @param poison number of records that were skipped since the start because they are not valid
 * @param clockOffset how far the clock of this node is ahead of that of the brokers; negative if it is behind
 * @param failure what is wrong, and since when; empty if the node shares all and reads all
 */
public record ExchangeStatus(
        String role,
        List<NodeStatus> nodes,
        long pending,
        long lagRecords,
        Duration lag,
        long pushed,
        long read,
        long poison,
        Duration clockOffset,
        Optional<Condition.Failure> failure) {

    /**
     * One of the nodes.
     *
     * @param name its name; with {@code @} and the prefix if it is of another organisation
     * @param own whether it is this node
     * @param role what it does; empty if it has not said so
     * @param lastHeartbeat the time of its latest heartbeat, by the clock of the brokers; empty if there is none
     * @param states number of its states in the ledger of this node
     * @param sameEnvelopeKey whether the hashes of its envelopes can be used here, as far as it has said so
     */
    public record NodeStatus(
            String name,
            boolean own,
            Optional<String> role,
            Optional<Instant> lastHeartbeat,
            int states,
            boolean sameEnvelopeKey) {

        /** All nodes that are known here. */
        static List<NodeStatus> all(SharedLedger ledger, KnownNodes known, String envelopeKey) {
            String own = ledger.ownNode().name();
            Map<String, Integer> states = new TreeMap<>();
            ledger.nodes().forEach((node, count) -> states.put(node.name(), count));
            Map<String, KnownNodes.Presence> seen = known.nodes();
            seen.keySet().forEach(name -> states.putIfAbsent(name, 0));
            states.putIfAbsent(own, 0);
            return states.entrySet().stream()
                    .map(entry -> {
                        Optional<KnownNodes.Presence> presence = Optional.ofNullable(seen.get(entry.getKey()));
                        return new NodeStatus(
                                entry.getKey(),
                                entry.getKey().equals(own),
                                presence.map(each -> each.role().name().toLowerCase(Locale.ROOT)),
                                presence.map(KnownNodes.Presence::seenAt),
                                entry.getValue(),
                                presence.map(each -> each.envelopeKey().equals(envelopeKey))
                                        .orElse(true));
                    })
                    .toList();
        }
    }
}
