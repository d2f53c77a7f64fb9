package org.decoymx.ledger;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ManualDecision;
import org.decoymx.policy.Sender;
import org.decoymx.policy.SenderScore;
import org.decoymx.policy.SkipReason;
import org.decoymx.policy.TimeLimit;
import org.decoymx.policy.TrustState;
import org.decoymx.sighting.Sighting;
import org.jspecify.annotations.Nullable;

/**
 * The counts of one node about one sender. Only that node changes them. They are absolute values, so merging the same
 * counts twice changes nothing. Times are seconds since 1970.
 *
 * @param node the node that counted
 * @param origin the sender
 * @param firstSeen time of the first sighting
 * @param lastSeen time of the latest sighting
 * @param sessions number of sessions; 0 if the node only knows of the sender from elsewhere
 * @param conversations number of complete conversations: up to DATA, for a protected recipient
 * @param traits all traits of its sessions, as {@link EnumBitSet}
 * @param skipReasons why sessions were not scored, as {@link EnumBitSet}
 * @param score the score of this node
 * @param version the commit of its node that wrote it, 1 for the first; 0 if it was never committed by a node that
 *     knows versions
 */
public record SenderCounts(
        Node node,
        IpPrefix origin,
        long firstSeen,
        long lastSeen,
        long sessions,
        long conversations,
        int traits,
        int skipReasons,
        SenderScore score,
        long version) {

    /** Counts without a version. */
    SenderCounts(
            Node node,
            IpPrefix origin,
            long firstSeen,
            long lastSeen,
            long sessions,
            long conversations,
            int traits,
            int skipReasons,
            SenderScore score) {
        this(node, origin, firstSeen, lastSeen, sessions, conversations, traits, skipReasons, score, 0);
    }

    /**
     * The counts of a sender without a session.
     *
     * @param at the time of its first sighting, or of what was decided about it by hand
     */
    static SenderCounts unseen(Node node, IpPrefix origin, long at) {
        return new SenderCounts(node, origin, at, at, 0, 0, 0, 0, SenderScore.NONE);
    }

    /** The counts of a node that has only imported the sender. */
    static SenderCounts imported(Node node, SenderCounts other) {
        return new SenderCounts(node, other.origin, other.firstSeen, other.lastSeen, 0, 0, 0, 0, SenderScore.NONE);
    }

    /** Adds a session. */
    SenderCounts addSession(Sighting sighting) {
        long first = sessions == 0 ? sighting.seenAt().getEpochSecond() : firstSeen;
        return addSighting(sighting, first, 1, sighting.isQualifyingConversation() ? 1 : 0);
    }

    /** Adds a later sighting of a session that has been added. */
    SenderCounts updateSession(Sighting sighting) {
        return addSighting(sighting, firstSeen, 0, 0);
    }

    private SenderCounts addSighting(Sighting sighting, long first, int newSessions, int newConversations) {
        return new SenderCounts(
                node,
                origin,
                first,
                Math.max(lastSeen, sighting.seenAt().getEpochSecond()),
                sessions + newSessions,
                conversations + newConversations,
                traits | EnumBitSet.TRAITS.toBits(sighting.traits()),
                skipReasons,
                score);
    }

    /** Adds a reason why a session was not scored. */
    SenderCounts addSkipReason(SkipReason reason) {
        int bits = skipReasons | EnumBitSet.SKIP_REASONS.toBits(Set.of(reason));
        return new SenderCounts(node, origin, firstSeen, lastSeen, sessions, conversations, traits, bits, score);
    }

    /** The same counts for another node. */
    SenderCounts withNode(Node newNode) {
        return new SenderCounts(
                newNode, origin, firstSeen, lastSeen, sessions, conversations, traits, skipReasons, score);
    }

    /** The same counts, written by a commit. */
    SenderCounts withVersion(long newVersion) {
        return new SenderCounts(
                node, origin, firstSeen, lastSeen, sessions, conversations, traits, skipReasons, score, newVersion);
    }

    /** The same counts with another score. */
    SenderCounts withScore(SenderScore newScore) {
        return new SenderCounts(
                node, origin, firstSeen, lastSeen, sessions, conversations, traits, skipReasons, newScore);
    }

    /**
     * The same counts without a score, unless their listing or all their points are from after a second since 1970. Who
     * got some more points since then loses them, too, as the earlier ones cannot be told from them.
     */
    SenderCounts forgottenIfListedBy(long second) {
        boolean later = score.listedSince() > second || firstSeen > second;
        return later ? this : withScore(SenderScore.NONE);
    }

    /** The same counts without times in the future; {@code state} is the corrected trust state. */
    SenderCounts limitedTo(TimeLimit limit, TrustState state) {
        long first = limit.past(firstSeen);
        return new SenderCounts(
                node,
                origin,
                first,
                Math.max(first, limit.past(lastSeen)),
                sessions,
                conversations,
                traits,
                skipReasons,
                limit.apply(score, state));
    }

    /** Adds earlier counts of the same sender, for counts that were started before the file could be read. */
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

    /** Takes the higher numbers, and the later points, for counts that may include the other ones. */
    SenderCounts joinedWith(SenderCounts other) {
        SenderCounts sum = mergeAfter(other);
        return new SenderCounts(
                node,
                origin,
                sum.firstSeen,
                sum.lastSeen,
                Math.max(sessions, other.sessions),
                Math.max(conversations, other.conversations),
                sum.traits,
                sum.skipReasons,
                score.joinedWith(other.score));
    }

    /** Whether this replaces other counts of the same node and sender. Without versions, the times tell. */
    boolean isNewerThan(SenderCounts known) {
        if (version != known.version) {
            return version > known.version;
        }
        if (version > 0) {
            return false;
        }
        return lastSeen != known.lastSeen ? lastSeen > known.lastSeen : sessions > known.sessions;
    }

    /** The score, or none if the sender was forgotten by hand after it. */
    private SenderScore scoreAfter(@Nullable ManualDecision decision) {
        boolean forgotten = decision != null
                && decision.isForgotten()
                && score.listedSince() <= decision.at()
                && score.scoredAt() <= decision.at();
        return forgotten ? SenderScore.NONE : score;
    }

    /**
     * Combines the counts of the nodes about one sender.
     *
     * @param countsOfNodes at least one; in the order of the names of the nodes, so that the result is the same
     *     everywhere
     * @param decision what was decided by hand; null if nothing was
     */
    static Sender combine(List<SenderCounts> countsOfNodes, @Nullable ManualDecision decision) {
        long first = Long.MAX_VALUE;
        long last = 0;
        long sessions = 0;
        long conversations = 0;
        int traits = 0;
        int skipReasons = 0;
        for (SenderCounts counts : countsOfNodes) {
            boolean earliest = sessions == 0 || counts.sessions() > 0 && counts.firstSeen() < first;
            first = earliest ? counts.firstSeen() : first;
            last = sessions == 0 || counts.sessions() > 0 ? Math.max(last, counts.lastSeen()) : last;
            sessions += counts.sessions();
            conversations += counts.conversations();
            traits |= counts.traits();
            skipReasons |= counts.skipReasons();
        }
        return new Sender(
                countsOfNodes.get(0).origin(),
                Instant.ofEpochSecond(first),
                Instant.ofEpochSecond(last),
                sessions,
                conversations,
                EnumBitSet.TRAITS.toSet(traits),
                EnumBitSet.SKIP_REASONS.toSet(skipReasons),
                countsOfNodes.stream()
                        .map(counts -> counts.scoreAfter(decision))
                        .toList(),
                conversations == 0 ? 0 : Node.countCatchers(countsOfNodes));
    }
}
