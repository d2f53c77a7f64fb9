package org.decoymx.policy;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.decoymx.net.IpPrefix;
import org.decoymx.smtp.protocol.Trait;

/**
 * A sender: what all decoys whose ledgers are merged (nodes) know about it.
 *
 * @param origin its address or network
 * @param firstSeen time of the first sighting, in seconds
 * @param lastSeen time of the latest sighting, in seconds
 * @param sessions number of sessions
 * @param conversations number of complete conversations: up to DATA, for a protected recipient
 * @param traits all traits of its sessions
 * @param skipReasons why sessions were not scored
 * @param scores the score at each node; at least one
 * @param caughtBy number of nodes that had a complete conversation with it; those of another organization are one
 */
public record Sender(
        IpPrefix origin,
        Instant firstSeen,
        Instant lastSeen,
        long sessions,
        long conversations,
        Set<Trait> traits,
        Set<SkipReason> skipReasons,
        List<SenderScore> scores,
        int caughtBy) {

    /** A sender of which one node at most had a complete conversation. */
    public Sender(
            IpPrefix origin,
            Instant firstSeen,
            Instant lastSeen,
            long sessions,
            long conversations,
            Set<Trait> traits,
            Set<SkipReason> skipReasons,
            List<SenderScore> scores) {
        this(
                origin,
                firstSeen,
                lastSeen,
                sessions,
                conversations,
                traits,
                skipReasons,
                scores,
                conversations > 0 ? 1 : 0);
    }

    /** A sender that never came. */
    public static Sender unseen(IpPrefix origin) {
        return new Sender(origin, Instant.EPOCH, Instant.EPOCH, 0, 0, Set.of(), Set.of(), List.of(SenderScore.NONE));
    }

    /** Its trust state. Who never came, and only visited a primary as a neighbor of listed senders, is not listed. */
    TrustState findState(TrustIndex trust) {
        TrustState state = trust.find(origin);
        boolean came = sessions > 0 || latestScore().listedUntil() > 0;
        return came || state.listing().byHand()
                ? state
                : state.withListing(state.listing().ended());
    }

    /** The score whose listing ends last. */
    public SenderScore latestScore() {
        SenderScore latest = scores.get(0);
        for (SenderScore score : scores) {
            latest = score.listedUntil() > latest.listedUntil() ? score : latest;
        }
        return latest;
    }

    /** When points were last added at any node, in seconds since 1970; 0 for never. */
    long lastScoredAt() {
        return scores.stream().mapToLong(SenderScore::scoredAt).max().orElse(0);
    }
}
