package org.decoymx.primary;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A time in which nothing counts.
 *
 * @param from its first moment: the last at which all was well
 * @param hosts those that were down; none when it was only not known whether they are up
 * @param recovered when all hosts were up again, null when they are not yet
 */
record OutageWindow(
        Instant from, SortedSet<String> hosts, @Nullable Instant recovered) {

    /** Whether this is about hosts that were down. */
    boolean isOutage() {
        return !hosts.isEmpty();
    }

    boolean isOpen() {
        return recovered == null;
    }

    /** From when on everything counts again; null when that is not known. */
    @Nullable
    Instant endsAt(Duration grace) {
        return recovered == null ? null : isOutage() ? recovered.plus(grace) : recovered;
    }

    boolean covers(Instant at, Duration grace) {
        Instant end = endsAt(grace);
        return !at.isBefore(from) && (end == null || at.isBefore(end));
    }

    OutageWindow withRecovery(Instant at) {
        return new OutageWindow(from, hosts, at);
    }

    /** The same, with one more host that is down, whose last good moment may be earlier. */
    OutageWindow withHost(String host, Instant lastGood) {
        SortedSet<String> all = new TreeSet<>(hosts);
        all.add(host);
        return new OutageWindow(lastGood.isBefore(from) ? lastGood : from, all, null);
    }

    /** Why a moment in it does not count, as a part of a sentence. */
    String describe(Duration grace) {
        if (!isOutage()) {
            return "it was not yet known whether the primary MX was up";
        }
        String who = "the primary MX " + String.join(", ", hosts);
        Instant end = endsAt(grace);
        if (recovered == null || end == null) {
            return who + " is down since " + truncateToSeconds(from);
        }
        return who + " was down from " + truncateToSeconds(from) + " to " + truncateToSeconds(recovered)
                + (grace.isZero() ? "" : ", and nothing counts until " + truncateToSeconds(end));
    }

    private static Instant truncateToSeconds(Instant at) {
        return at.truncatedTo(ChronoUnit.SECONDS);
    }
}
