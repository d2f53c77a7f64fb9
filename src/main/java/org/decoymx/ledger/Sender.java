package org.decoymx.ledger;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.decoymx.smtp.protocol.Trait;

/**
 * What is known of one sender: what all nodes have counted, put together.
 *
 * @param origin who it is
 * @param firstSeen when its first sighting was, to the second
 * @param lastSeen when its latest was, to the second
 * @param sessions how many sessions it had
 * @param conversations how many of them were complete: up to DATA, for a protected recipient
 * @param traits every trait it ever showed
 * @param skipReasons why sessions of it did not count
 * @param scores its score, each node's part; at least one
 */
public record Sender(
        Origin origin,
        Instant firstSeen,
        Instant lastSeen,
        long sessions,
        long conversations,
        Set<Trait> traits,
        Set<SkipReason> skipReasons,
        List<SenderScore> scores) {

    /**
     * Puts together what the nodes have counted of one sender.
     *
     * @param tallies at least one
     */
    static Sender combine(Collection<SenderCounts> tallies) {
        long first = Long.MAX_VALUE;
        long last = 0;
        long sessions = 0;
        long conversations = 0;
        int traits = 0;
        int waivers = 0;
        for (SenderCounts tally : tallies) {
            first = Math.min(first, tally.firstSeen());
            last = Math.max(last, tally.lastSeen());
            sessions += tally.sessions();
            conversations += tally.conversations();
            traits |= tally.traits();
            waivers |= tally.skipReasons();
        }
        return new Sender(
                tallies.iterator().next().origin(),
                Instant.ofEpochSecond(first),
                Instant.ofEpochSecond(last),
                sessions,
                conversations,
                EnumBitSet.TRAITS.toSet(traits),
                EnumBitSet.SKIP_REASONS.toSet(waivers),
                tallies.stream().map(SenderCounts::score).toList());
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
