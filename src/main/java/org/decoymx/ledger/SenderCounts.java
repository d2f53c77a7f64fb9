package org.decoymx.ledger;

import java.util.Set;
import org.decoymx.sighting.Sighting;

/**
 * What one node has counted of one sender. Only that node writes it, and always whole, never as a difference; so to
 * merge the same tally twice is to merge it once. Times are seconds since 1970.
 *
 * @param node who counted
 * @param origin who was counted
 * @param firstSeen when its first sighting was
 * @param lastSeen when its latest was
 * @param sessions how many sessions it had
 * @param conversations how many of them were complete: up to DATA, for a protected recipient
 * @param traits every trait it ever showed, as {@link EnumBitSet}
 * @param skipReasons why sessions of it did not count, as {@link EnumBitSet}
 * @param score what the policy made of it
 */
record SenderCounts(
        Node node,
        Origin origin,
        long firstSeen,
        long lastSeen,
        long sessions,
        long conversations,
        int traits,
        int skipReasons,
        SenderScore score) {

    /** The tally of a sender that the node sees for the first time. */
    static SenderCounts empty(Node node, Origin origin, Sighting first) {
        long at = first.seenAt().getEpochSecond();
        return new SenderCounts(node, origin, at, at, 0, 0, 0, 0, SenderScore.NONE);
    }

    /** This tally with a session more. */
    SenderCounts addSession(Sighting sighting) {
        return new SenderCounts(
                node,
                origin,
                firstSeen,
                Math.max(lastSeen, sighting.seenAt().getEpochSecond()),
                sessions + 1,
                conversations + (sighting.isQualifyingConversation() ? 1 : 0),
                traits | EnumBitSet.TRAITS.toBits(sighting.traits()),
                skipReasons,
                score);
    }

    /** This tally with what is seen later of a session that has been counted. */
    SenderCounts updateSession(Sighting sighting) {
        return new SenderCounts(
                node,
                origin,
                firstSeen,
                Math.max(lastSeen, sighting.seenAt().getEpochSecond()),
                sessions,
                conversations,
                traits | EnumBitSet.TRAITS.toBits(sighting.traits()),
                skipReasons,
                score);
    }

    /** This tally with a reason more why a session did not count. */
    SenderCounts with(SkipReason waiver) {
        int more = skipReasons | EnumBitSet.SKIP_REASONS.toBits(Set.of(waiver));
        return new SenderCounts(node, origin, firstSeen, lastSeen, sessions, conversations, traits, more, score);
    }

    /** This tally as another node's. */
    SenderCounts withNode(Node other) {
        return new SenderCounts(
                other, origin, firstSeen, lastSeen, sessions, conversations, traits, skipReasons, score);
    }

    /** This tally with another score. */
    SenderCounts with(SenderScore other) {
        return new SenderCounts(node, origin, firstSeen, lastSeen, sessions, conversations, traits, skipReasons, other);
    }

    /** The two halves of one count, when this one was begun without knowing of the earlier. */
    SenderCounts mergeAfter(SenderCounts earlier) {
        SenderScore before = earlier.score;
        return new SenderCounts(
                earlier.node,
                origin,
                Math.min(earlier.firstSeen, firstSeen),
                Math.max(earlier.lastSeen, lastSeen),
                earlier.sessions + sessions,
                earlier.conversations + conversations,
                earlier.traits | traits,
                earlier.skipReasons | skipReasons,
                new SenderScore(
                        before.points() + score.points(),
                        Math.max(before.scoredAt(), score.scoredAt()),
                        before.offences() + score.offences(),
                        Math.max(before.listedSince(), score.listedSince()),
                        Math.max(before.listedUntil(), score.listedUntil()),
                        score.scoredAt() >= before.scoredAt() ? score.peaks() : before.peaks()));
    }

    /** Whether this says more than another tally of the same node and sender: of absolute values the latest count. */
    boolean isNewerThan(SenderCounts other) {
        return lastSeen != other.lastSeen ? lastSeen > other.lastSeen : sessions > other.sessions;
    }
}
