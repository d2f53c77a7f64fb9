package org.decoymx.exchange;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.decoymx.exchange.KnownNodes.Presence;
import org.decoymx.ledger.SharedLedger;
import org.jspecify.annotations.Nullable;

/**
 * One of the nodes whose states are here, or that share theirs.
 *
 * @param name its name; with {@code @} and the prefix if it is of another organisation
 * @param own whether it is this one
 * @param role what it does; null if it has not said so
 * @param lastHeartbeat by the clock of the brokers; null if there is none
 * @param silent whether it has sent heartbeats, but none for {@link #SILENCE}
 * @param states number of its states in the ledger of this node
 * @param sameEnvelopeKey whether its envelopes can be compared with those of this node, as far as it has said so
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record NodeStatus(
        String name,
        boolean own,
        @Nullable String role,
        @Nullable Instant lastHeartbeat,
        boolean silent,
        int states,
        boolean sameEnvelopeKey) {
    /** Without a heartbeat for so long, a node is not up, or does not reach the brokers. One is sent in 30 seconds. */
    public static final Duration SILENCE = Duration.ofMinutes(5);

    /** What is known of its life, in a few words. */
    public String life() {
        if (own) {
            return "this node";
        }
        return lastHeartbeat == null ? "no heartbeat" : "last heartbeat " + lastHeartbeat;
    }

    /**
     * This one, those that have states here, and those that were seen at the brokers, ordered by name.
     *
     * @param envelopeKey the id of the own envelope key
     * @param brokerTime the time by the clock of the brokers
     */
    static List<NodeStatus> all(
            SharedLedger ledger, Map<String, Presence> seen, String envelopeKey, Instant brokerTime) {
        String own = ledger.ownNode().name();
        Map<String, Integer> states = new TreeMap<>();
        ledger.nodes().forEach((node, count) -> states.put(node.name(), count));
        seen.keySet().forEach(name -> states.putIfAbsent(name, 0));
        states.putIfAbsent(own, 0);
        List<NodeStatus> all = new ArrayList<>(states.size());
        states.forEach((name, count) -> {
            Presence presence = seen.get(name);
            all.add(
                    presence == null
                            ? new NodeStatus(name, name.equals(own), null, null, false, count, true)
                            : new NodeStatus(
                                    name,
                                    name.equals(own),
                                    presence.role().name().toLowerCase(Locale.ROOT),
                                    presence.seenAt().truncatedTo(ChronoUnit.SECONDS),
                                    presence.seenAt().isBefore(brokerTime.minus(SILENCE)),
                                    count,
                                    presence.envelopeKey().equals(envelopeKey)));
        });
        return all;
    }
}
