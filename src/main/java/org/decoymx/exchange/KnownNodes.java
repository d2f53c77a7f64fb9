package org.decoymx.exchange;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Which nodes there are, and up to when they have shared what primaries reported to them. It reads their claims and
 * heartbeats; those of a node that lost its name do not count. Thread-safe.
 */
final class KnownNodes implements ControlListener {
    private static final Logger LOG = Logger.getLogger(KnownNodes.class);
    private static final int MAX_NODES = 100_000;
    private static final Duration RESTART_TIME = Duration.ofMinutes(1); // if longer, it may have been cut off before

    private final String node;
    private final Supplier<String> envelopeKey;
    private final Map<String, Presence> nodes = new HashMap<>();
    private final Map<String, Presence> nodesBefore = new HashMap<>();
    private boolean allRead;
    private boolean leftOut;
    private Instant reportsLostSince = Instant.EPOCH;

    /**
     * What is known of a node.
     *
     * @param envelopeKey the id of its envelope key
     * @param incarnation which of those with the name it is
     * @param seenAt when it wrote its latest claim or heartbeat, by the clock of the brokers
     * @param heardUntil up to when all that primaries reported to it is in the topic of witnesses, by that clock
     */
    record Presence(ExchangeRole role, String envelopeKey, long incarnation, Instant seenAt, Instant heardUntil) {

        private Presence seenAgain(ControlRecord.Heartbeat by, Instant at) {
            return by.incarnation() == incarnation
                    ? new Presence(role, envelopeKey, incarnation, at, at.minusMillis(by.behind()))
                    : this;
        }
    }

    /**
     * @param node the name of the own node
     * @param envelopeKey the id of the own envelope key
     */
    KnownNodes(String node, Supplier<String> envelopeKey) {
        this.node = node;
        this.envelopeKey = envelopeKey;
    }

    @Override
    public synchronized void restart(RecordSender sender, String topicId) {
        nodesBefore.putAll(nodes);
        nodesBefore.keySet().removeIf(name -> nodesBefore.size() > MAX_NODES && !nodes.containsKey(name));
        nodes.clear();
        allRead = false;
    }

    @Override
    public synchronized void read(List<ControlRecord.ControlMessage> entries) {
        for (ControlRecord.ControlMessage entry : entries) {
            ControlRecord content = entry.content();
            String name = content.node();
            if (content instanceof ControlRecord.Claim claim && hasRoom(name)) {
                add(claim, entry.writtenAt());
            } else if (content instanceof ControlRecord.Heartbeat heartbeat) {
                nodes.computeIfPresent(name, (key, known) -> known.seenAgain(heartbeat, entry.writtenAt()));
            } else if (content instanceof ControlRecord.Deleted deleted
                    && deleted.key().startsWith(ControlRecord.Claim.TYPE + "/")) {
                nodes.remove(name);
                nodesBefore.remove(name);
            } else if (content instanceof ControlRecord.Dropped) {
                nodesBefore.remove(name); // the deletion of its claim may have expired
            }
        }
    }

    private void add(ControlRecord.Claim claim, Instant at) {
        String name = claim.node();
        Presence lost = nodesBefore.remove(name);
        Presence before = nodes.containsKey(name) ? nodes.get(name) : lost;
        Instant heardUntil = before == null ? at : before.heardUntil();
        nodes.put(name, new Presence(claim.role(), claim.envelopeKey(), claim.incarnation(), at, heardUntil));
        boolean isRestart = before != null && before.incarnation() != claim.incarnation();
        if (name.equals(node) && isRestart && heardUntil.plus(RESTART_TIME).isBefore(at)) {
            reportsLostSince = heardUntil;
        }
    }

    /** The own name always has room, so that this node shares whatever others claim. */
    private boolean hasRoom(String name) {
        boolean room = nodes.size() < MAX_NODES || nodes.containsKey(name) || name.equals(node);
        if (!room && !leftOut) {
            leftOut = true;
            LOG.warnf(
                    "More than %s names of nodes are claimed; this one and further ones are left out: %s",
                    MAX_NODES, name);
        }
        return room;
    }

    @Override
    public synchronized void write(RecordSender sender) {
        allRead = true;
    }

    /** From when on reports to this node may be lost, which waited in its memory when it was restarted. */
    synchronized Instant reportsLostSince() {
        return reportsLostSince;
    }

    /**
     * Up to when all others have written what primaries reported to them, by the clock of the brokers; empty if that
     * is not known, or if one of them has another envelope key, as its envelopes cannot be compared here.
     */
    synchronized Optional<Instant> allHeardUntil() {
        String key = envelopeKey.get();
        Map<String, Presence> all = nodes();
        if (!allRead
                || !all.values().stream().allMatch(each -> each.envelopeKey().equals(key))) {
            return Optional.empty();
        }
        return all.entrySet().stream()
                .map(each -> each.getKey().equals(node)
                        ? each.getValue().seenAt()
                        : each.getValue().heardUntil())
                .min(Comparator.naturalOrder());
    }

    /** The nodes of this prefix, by name; also those known before the topic was lost, until they are dropped. */
    synchronized Map<String, Presence> nodes() {
        Map<String, Presence> all = new HashMap<>(nodesBefore);
        all.putAll(nodes);
        return Map.copyOf(all);
    }
}
