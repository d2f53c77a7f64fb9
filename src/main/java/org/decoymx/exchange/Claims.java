package org.decoymx.exchange;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Which nodes there are, and that no two have the same name. Each claims its name when it starts; the last claim in the
 * control topic wins, and who had the name before, such as a machine that was cloned, shares nothing from then on.
 * Heartbeats of a node that lost its name do not count. Thread-safe.
 */
final class Claims implements ControlListener {
    private static final Logger LOG = Logger.getLogger(Claims.class);
    private static final Duration HEARTBEAT_INTERVAL = Duration.ofSeconds(30);
    private static final long NEVER = -1;
    private static final int MAX_NODES = 100_000;
    private static final Duration RESTART_TIME = Duration.ofMinutes(1); // if longer, it may have been cut off before

    private final String node;
    private final ExchangeRole role;
    private final Supplier<String> envelopeKey;
    private volatile Supplier<Duration> behind = () -> Duration.ZERO;
    private final ClockOffset offset;
    private final Clock clock;
    private final Clock durations;
    private final long incarnation = new SecureRandom().nextLong();
    private final Map<String, Presence> nodes = new HashMap<>();
    private final Map<String, Presence> nodesBefore = new HashMap<>();
    private String topicId = "";
    private long claimAt = NEVER;
    private long latestAt = NEVER;
    private boolean owner;
    private boolean allRead;
    private boolean leftOut;
    private @Nullable Instant lostAt;
    private Instant reportsLostSince = Instant.EPOCH;
    private Instant nextSend = Instant.EPOCH;

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
     * @param envelopeKey the id of the own envelope key
     * @param offset learns from each answer of the brokers
     * @param durations a clock that is never set
     */
    Claims(
            String node,
            ExchangeRole role,
            Supplier<String> envelopeKey,
            ClockOffset offset,
            Clock clock,
            Clock durations) {
        this.node = node;
        this.role = role;
        this.envelopeKey = envelopeKey;
        this.offset = offset;
        this.clock = clock;
        this.durations = durations;
    }

    /** Has heartbeats say for how long reports of primaries to this node may not be in the topic of witnesses. */
    void setBehind(Supplier<Duration> supplier) {
        behind = supplier;
    }

    @Override
    public void restart(RecordSender sender, String newTopicId) {
        boolean claims;
        synchronized (this) {
            nodesBefore.putAll(nodes);
            nodesBefore.keySet().removeIf(name -> nodesBefore.size() > MAX_NODES && !nodes.containsKey(name));
            nodes.clear();
            allRead = false;
            claimAt = newTopicId.equals(topicId) ? claimAt : NEVER;
            latestAt = NEVER;
            topicId = newTopicId;
            claims = lostAt == null && (claimAt == NEVER || !offset.isKnown());
        }
        if (claims) {
            claim(sender);
        }
    }

    private void claim(RecordSender sender) {
        long sentAt = clock.millis();
        sender.send(new ControlRecord.Claim(node, incarnation, role, envelopeKey.get()), (written, error) -> {
            if (written != null) {
                offset.learn(sentAt, written.timestamp(), clock.millis());
                claimedAt(written.offset());
            }
        });
    }

    /** The answer to a record that was sent again has no offset; it is found when the claim is read. */
    private synchronized void claimedAt(long at) {
        claimAt = at == NEVER ? claimAt : at;
    }

    @Override
    public synchronized void read(List<ControlRecord.ControlMessage> entries) {
        entries.forEach(this::read);
    }

    private void read(ControlRecord.ControlMessage entry) {
        ControlRecord content = entry.content();
        String name = content.node();
        if (content instanceof ControlRecord.Claim claim && hasRoom(name)) {
            Presence lost = nodesBefore.remove(name);
            Presence before = nodes.containsKey(name) ? nodes.get(name) : lost;
            Instant at = entry.writtenAt();
            Instant heardUntil = before == null ? at : before.heardUntil();
            nodes.put(name, new Presence(claim.role(), claim.envelopeKey(), claim.incarnation(), at, heardUntil));
            latestAt = name.equals(node) ? entry.offset() : latestAt;
            if (claim.incarnation() == incarnation) {
                claimedAt(entry.offset());
                boolean isRestart = before != null && before.incarnation() != incarnation;
                if (isRestart && heardUntil.plus(RESTART_TIME).isBefore(at)) {
                    reportsLostSince = heardUntil; // those that waited in memory
                }
            }
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

    /** Everything is read, also the own claim, unless the topic has lost it. */
    @Override
    public void write(RecordSender sender) {
        if (!isDue()) {
            return;
        }
        if (isOwner()) {
            beat(sender);
        } else {
            claim(sender);
        }
    }

    private synchronized boolean isDue() {
        allRead = true;
        Presence latest = nodes.get(node);
        owner = lostAt == null && latest != null && latest.incarnation() == incarnation;
        if (!owner && lostAt == null && latest != null && latestAt > claimAt) {
            lostAt = latest.seenAt();
        }
        Instant now = durations.instant();
        if (lostAt != null || now.isBefore(nextSend)) {
            return false;
        }
        nextSend = now.plus(HEARTBEAT_INTERVAL);
        return true;
    }

    private void beat(RecordSender sender) {
        long sentAt = clock.millis();
        long late = millisBehind(Instant.ofEpochMilli(sentAt).minus(offset.ahead()));
        sender.send(new ControlRecord.Heartbeat(node, incarnation, sentAt, late), (written, error) -> {
            if (written != null) {
                offset.learn(sentAt, written.timestamp(), clock.millis());
            }
        });
    }

    private synchronized long millisBehind(Instant brokerTime) {
        Duration lost = Duration.between(reportsLostSince, brokerTime);
        boolean isUnnoticed = lost.compareTo(WitnessSender.SURE_GAP) < 0;
        return Math.max(isUnnoticed ? lost.toMillis() : 0, behind.get().toMillis());
    }

    /** Whether this node has its name, so that it may write states. */
    synchronized boolean isOwner() {
        return owner;
    }

    /** Why this node must not write states, for good; empty if there is no reason. */
    synchronized Optional<String> problem() {
        return Optional.ofNullable(lostAt)
                .map(at -> "another decoy has the name " + node + " since " + at
                        + "; set decoy.exchange.node to another name at one of them, and restart it");
    }

    /**
     * Up to when all others have written what primaries reported to them, by the clock of the brokers; empty if that
     * is not known, or if one of them has another envelope key, as its envelopes cannot be compared here.
     */
    synchronized Optional<Instant> allHeardUntil() {
        String key = envelopeKey.get();
        Map<String, Presence> all = nodes();
        return allRead
                        && all.values().stream()
                                .allMatch(each -> each.envelopeKey().equals(key))
                ? all.entrySet().stream()
                        .map(each -> each.getKey().equals(node)
                                ? each.getValue().seenAt()
                                : each.getValue().heardUntil())
                        .min(Comparator.naturalOrder())
                : Optional.empty();
    }

    /** The nodes of this prefix, by name; also those known before the topic was lost, until they are dropped. */
    synchronized Map<String, Presence> nodes() {
        Map<String, Presence> all = new HashMap<>(nodesBefore);
        all.putAll(nodes);
        return Map.copyOf(all);
    }
}
