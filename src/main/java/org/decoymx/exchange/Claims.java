package org.decoymx.exchange;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.decoymx.support.Condition;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that no two nodes have the same name. Each claims its name when it starts; the last claim in the control
 * topic wins, and who had the name before, such as a machine that was cloned, shares nothing from then on. Thread-safe.
 */
final class Claims implements ControlListener {
    private static final Logger LOG = Logger.getLogger(Claims.class);
    private static final Duration INTERVAL = Duration.ofSeconds(30);
    private static final long NEVER = -1;

    private final String node;
    private final ExchangeRole role;
    private final Supplier<String> envelopeKey;
    private final ClockOffset offset;
    private final Clock clock;
    private final Clock durations;
    private final long incarnation = new SecureRandom().nextLong();
    private String topicId = "";
    private long claimAt = NEVER;
    /** The latest claim of the name in the topic. */
    private ControlRecord.@Nullable ControlMessage latest;

    private boolean owner;
    private Condition.@Nullable Failure lost;
    private Instant nextSend = Instant.EPOCH;

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

    @Override
    public void restart(RecordSender sender, String newTopicId) {
        boolean claims;
        synchronized (this) {
            claimAt = newTopicId.equals(topicId) ? claimAt : NEVER;
            latest = null;
            topicId = newTopicId;
            claims = lost == null && (claimAt == NEVER || !offset.isKnown());
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
        for (ControlRecord.ControlMessage entry : entries) {
            if (entry.content() instanceof ControlRecord.Claim claim
                    && claim.node().equals(node)) {
                latest = entry;
                claimAt = claim.incarnation() == incarnation ? entry.offset() : claimAt;
            } else if (entry.content().equals(new ControlRecord.Deleted(ControlRecord.Claim.TYPE + "/" + node))) {
                latest = null;
            }
        }
    }

    /** Everything is read, also the own claim, unless the topic has lost it. */
    @Override
    public void write(RecordSender sender) {
        if (isDue()) {
            claim(sender);
        }
    }

    private synchronized boolean isDue() {
        owner = lost == null
                && latest != null
                && latest.content() instanceof ControlRecord.Claim claim
                && claim.incarnation() == incarnation;
        if (!owner && lost == null && latest != null && latest.offset() > claimAt) {
            String problem = "another decoy has the name " + node + " since " + latest.writtenAt()
                    + "; set decoy.exchange.node to another name at one of them, and restart it";
            lost = new Condition.Failure(clock.instant(), problem);
            LOG.error(problem);
        }
        Instant now = durations.instant();
        if (owner || lost != null || now.isBefore(nextSend)) {
            return false;
        }
        nextSend = now.plus(INTERVAL);
        return true;
    }

    /** What this node says in between; see {@link ControlRecord.Heartbeat}. */
    ControlRecord.Heartbeat heartbeat(long sentAt, long behind) {
        return new ControlRecord.Heartbeat(node, incarnation, sentAt, behind);
    }

    /** Whether this node has its name, so that it may write states. */
    synchronized boolean isOwner() {
        return owner;
    }

    /** Why this node must not write states, for good; empty if there is no reason. */
    synchronized Optional<Condition.Failure> problem() {
        return Optional.ofNullable(lost);
    }
}
