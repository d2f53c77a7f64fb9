package org.decoymx.ledger;

import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import org.decoymx.conversation.Trait;
import org.decoymx.sighting.Sighting;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one sender.
 *
 * @param origin who it is
 * @param firstSeen when its first sighting was
 * @param lastSeen when its latest was
 * @param sessions how many sessions it had
 * @param conversations how many of them were complete: up to DATA, for a protected recipient
 * @param caughtAt when the latest of these got its 451, null when there was none
 * @param traits every trait it ever showed
 */
public record Sender(
        Origin origin,
        Instant firstSeen,
        Instant lastSeen,
        long sessions,
        long conversations,
        @Nullable Instant caughtAt,
        Set<Trait> traits) {

    /** A sender of whom nothing is known but its first sighting's time. */
    static Sender unknown(Origin origin, Instant at) {
        return new Sender(origin, at, at, 0, 0, null, EnumSet.noneOf(Trait.class));
    }

    /**
     * This sender with one sighting more.
     *
     * @param again whether an earlier sighting of the same session has been counted
     */
    Sender with(Sighting sighting, boolean again) {
        boolean caught = sighting.isCaught() && !again;
        EnumSet<Trait> union = EnumSet.noneOf(Trait.class);
        union.addAll(traits);
        union.addAll(sighting.traits());
        return new Sender(
                origin,
                firstSeen,
                sighting.at().isAfter(lastSeen) ? sighting.at() : lastSeen,
                sessions + (again ? 0 : 1),
                conversations + (caught ? 1 : 0),
                caught ? sighting.at() : caughtAt,
                union);
    }
}
