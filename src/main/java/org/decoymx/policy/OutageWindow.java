package org.decoymx.policy;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A period in which scoring is paused: an outage, or the time after a start until the state of all hosts is known.
 *
 * @param from start of the window: the last time at which the hosts were known to be up
 * @param hosts hosts that were down; empty when their state was only unknown
 * @param recovered when all hosts were up again; null when they are not yet
 */
public record OutageWindow(
        Instant from, SortedSet<String> hosts, @Nullable Instant recovered) {

    /** Whether a host was down. */
    boolean isOutage() {
        return !hosts.isEmpty();
    }

    boolean isOpen() {
        return recovered == null;
    }

    /** When scoring resumes; null when that is not known yet. */
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

    /** Adds a host that is down; the window starts earlier when the host was last up earlier. */
    OutageWindow withHost(String host, Instant lastUp) {
        SortedSet<String> all = new TreeSet<>(hosts);
        all.add(host);
        return new OutageWindow(lastUp.isBefore(from) ? lastUp : from, all, null);
    }

    /** Describes why scoring is paused in this window, as a part of a sentence. */
    String describe(Duration grace) {
        if (!isOutage()) {
            return "it was not yet known whether the primary MX was up";
        }
        String primaries = "the primary MX " + String.join(", ", hosts);
        Instant end = endsAt(grace);
        if (recovered == null || end == null) {
            return primaries + " has been down since " + truncateToSeconds(from);
        }
        return primaries + " was down from " + truncateToSeconds(from) + " to " + truncateToSeconds(recovered)
                + (grace.isZero() ? "" : ", and scoring is paused until " + truncateToSeconds(end));
    }

    private static Instant truncateToSeconds(Instant at) {
        return at.truncatedTo(ChronoUnit.SECONDS);
    }
}
