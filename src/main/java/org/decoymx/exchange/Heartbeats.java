package org.decoymx.exchange;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/** Tells the other nodes that this one is there, and for how long they may not know what primaries reported to it. */
final class Heartbeats implements ControlListener {
    private static final Duration INTERVAL = Duration.ofSeconds(30);

    private final Claims claims;
    private final KnownNodes nodes;
    private final Supplier<Duration> behind;
    private final ClockOffset offset;
    private final Clock clock;
    private final Clock durations;
    private Instant nextSend = Instant.EPOCH;

    /**
     * @param behind for how long reports may not be in the topic of witnesses, see {@link WitnessSender#behind}
     * @param offset learns from each answer of the brokers
     * @param durations a clock that is never set
     */
    Heartbeats(
            Claims claims,
            KnownNodes nodes,
            Supplier<Duration> behind,
            ClockOffset offset,
            Clock clock,
            Clock durations) {
        this.claims = claims;
        this.nodes = nodes;
        this.behind = behind;
        this.offset = offset;
        this.clock = clock;
        this.durations = durations;
    }

    @Override
    public void write(RecordSender sender) {
        Instant now = durations.instant();
        if (!claims.isOwner() || now.isBefore(nextSend)) {
            return;
        }
        nextSend = now.plus(INTERVAL);
        long sentAt = clock.millis();
        long late = millisBehind(Instant.ofEpochMilli(sentAt).minus(offset.ahead()));
        sender.send(claims.heartbeat(sentAt, late), (written, error) -> {
            if (written != null) {
                offset.learn(sentAt, written.timestamp(), clock.millis());
            }
        });
    }

    /** After a restart, until the others notice a gap, it is as if what is lost were still to be sent. */
    private long millisBehind(Instant brokerTime) {
        Duration lost = Duration.between(nodes.reportsLostSince(), brokerTime);
        boolean isUnnoticed = lost.compareTo(WitnessSender.SURE_GAP) < 0;
        return Math.max(isUnnoticed ? lost.toMillis() : 0, behind.get().toMillis());
    }
}
