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
 * @param traits every trait it ever showed, as {@link Bits}
 * @param waivers why sessions of it did not count, as {@link Bits}
 * @param score what the policy made of it
 */
record Tally(
        Node node,
        Origin origin,
        long firstSeen,
        long lastSeen,
        long sessions,
        long conversations,
        int traits,
        int waivers,
        Score score) {

    /** The tally of a sender that the node sees for the first time. */
    static Tally none(Node node, Origin origin, Sighting first) {
        long at = first.at().getEpochSecond();
        return new Tally(node, origin, at, at, 0, 0, 0, 0, Score.NONE);
    }

    /** This tally with a session more. */
    Tally withSession(Sighting sighting) {
        return new Tally(
                node,
                origin,
                firstSeen,
                Math.max(lastSeen, sighting.at().getEpochSecond()),
                sessions + 1,
                conversations + (sighting.isCaught() ? 1 : 0),
                traits | Bits.TRAITS.of(sighting.traits()),
                waivers,
                score);
    }

    /** This tally with what is seen later of a session that has been counted. */
    Tally withMoreOf(Sighting sighting) {
        return new Tally(
                node,
                origin,
                firstSeen,
                Math.max(lastSeen, sighting.at().getEpochSecond()),
                sessions,
                conversations,
                traits | Bits.TRAITS.of(sighting.traits()),
                waivers,
                score);
    }

    /** This tally with a reason more why a session did not count. */
    Tally with(Waiver waiver) {
        int more = waivers | Bits.WAIVERS.of(Set.of(waiver));
        return new Tally(node, origin, firstSeen, lastSeen, sessions, conversations, traits, more, score);
    }

    /** This tally as another node's. */
    Tally of(Node other) {
        return new Tally(other, origin, firstSeen, lastSeen, sessions, conversations, traits, waivers, score);
    }

    /** This tally with another score. */
    Tally with(Score other) {
        return new Tally(node, origin, firstSeen, lastSeen, sessions, conversations, traits, waivers, other);
    }

    /** The two halves of one count, when this one was begun without knowing of the earlier. */
    Tally after(Tally earlier) {
        Score before = earlier.score;
        return new Tally(
                earlier.node,
                origin,
                Math.min(earlier.firstSeen, firstSeen),
                Math.max(earlier.lastSeen, lastSeen),
                earlier.sessions + sessions,
                earlier.conversations + conversations,
                earlier.traits | traits,
                earlier.waivers | waivers,
                new Score(
                        before.points() + score.points(),
                        Math.max(before.scoredAt(), score.scoredAt()),
                        before.offences() + score.offences(),
                        Math.max(before.listedSince(), score.listedSince()),
                        Math.max(before.listedUntil(), score.listedUntil()),
                        score.scoredAt() >= before.scoredAt() ? score.peaks() : before.peaks()));
    }

    /** Whether this says more than another tally of the same node and sender: of absolute values the latest count. */
    boolean isNewerThan(Tally other) {
        return lastSeen != other.lastSeen ? lastSeen > other.lastSeen : sessions > other.sessions;
    }
}
