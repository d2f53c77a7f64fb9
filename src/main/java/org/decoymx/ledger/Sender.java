package org.decoymx.ledger;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.decoymx.net.IpPrefix;
import org.decoymx.smtp.protocol.Trait;

/**
 * A sender: the combined counts of all nodes.
 *
 * @param origin its address or network
 * @param firstSeen time of the first sighting, in seconds
 * @param lastSeen time of the latest sighting, in seconds
 * @param sessions number of sessions
 * @param conversations number of complete conversations: up to DATA, for a protected recipient
 * @param traits all traits of its sessions
 * @param skipReasons why sessions were not scored
 * @param scores the score of each node; at least one
 */
public record Sender(
        IpPrefix origin,
        Instant firstSeen,
        Instant lastSeen,
        long sessions,
        long conversations,
        Set<Trait> traits,
        Set<SkipReason> skipReasons,
        List<SenderScore> scores) {

    /**
     * Combines the counts of the nodes about one sender.
     *
     * @param countsOfNodes at least one
     */
    static Sender combine(Collection<SenderCounts> countsOfNodes) {
        long first = Long.MAX_VALUE;
        long last = 0;
        long sessions = 0;
        long conversations = 0;
        int traits = 0;
        int skipReasons = 0;
        for (SenderCounts counts : countsOfNodes) {
            first = Math.min(first, counts.firstSeen());
            last = Math.max(last, counts.lastSeen());
            sessions += counts.sessions();
            conversations += counts.conversations();
            traits |= counts.traits();
            skipReasons |= counts.skipReasons();
        }
        return new Sender(
                countsOfNodes.iterator().next().origin(),
                Instant.ofEpochSecond(first),
                Instant.ofEpochSecond(last),
                sessions,
                conversations,
                EnumBitSet.TRAITS.toSet(traits),
                EnumBitSet.SKIP_REASONS.toSet(skipReasons),
                countsOfNodes.stream().map(SenderCounts::score).toList());
    }

    /** The score whose listing ends last. */
    public SenderScore latestScore() {
        SenderScore latest = scores.get(0);
        for (SenderScore score : scores) {
            latest = score.listedUntil() > latest.listedUntil() ? score : latest;
        }
        return latest;
    }
}
