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
 * @param unwatched whether nobody looked for a long time; then this is an outage too
 * @param recovered when all hosts were up again; null when they are not yet
 */
public record OutageWindow(
        Instant from,
        SortedSet<String> hosts,
        boolean unwatched,
        @Nullable Instant recovered) {

    /** Whether a host was down, or may have been. */
    boolean isOutage() {
        return unwatched || !hosts.isEmpty();
    }

    boolean isOpen() {
        return recovered == null;
    }

    /** When scoring resumes; null when that is not known yet. */
    @Nullable
    Instant endsAt(OutageGrace grace) {
        if (recovered == null || !isOutage()) {
            return recovered;
        }
        return recovered.plus(grace.after(Duration.between(from, recovered)));
    }

    boolean covers(Instant at, OutageGrace grace) {
        Instant end = endsAt(grace);
        return !at.isBefore(from) && (end == null || at.isBefore(end));
    }

    /** Whether only the grace is left at this time. */
    boolean isRecovered(Instant at) {
        return recovered != null && !at.isBefore(recovered);
    }

    OutageWindow withRecovery(Instant at) {
        return new OutageWindow(from, hosts, unwatched, at);
    }

    /** Without the future: it was recorded while the clock was ahead. */
    OutageWindow limitedTo(Instant now) {
        Instant limited = recovered == null || recovered.isBefore(now) ? recovered : now;
        return new OutageWindow(from.isBefore(now) ? from : now, hosts, unwatched, limited);
    }

    /** Adds a host that is down; the window starts earlier when the host was last up earlier. */
    OutageWindow withHost(String host, Instant lastUp) {
        SortedSet<String> all = new TreeSet<>(hosts);
        all.add(host);
        return new OutageWindow(lastUp.isBefore(from) ? lastUp : from, all, unwatched, null);
    }

    /** Makes this an outage that starts no later than a time, as nobody looked since then. */
    OutageWindow unwatchedSince(Instant lastLook) {
        return new OutageWindow(lastLook.isBefore(from) ? lastLook : from, hosts, true, recovered);
    }

    /** One outage in place of this one and a later one. */
    OutageWindow mergedWith(OutageWindow later) {
        SortedSet<String> all = new TreeSet<>(hosts);
        all.addAll(later.hosts);
        return new OutageWindow(from, all, unwatched || later.unwatched, later.recovered);
    }

    /** Describes why scoring is paused in this window, as a part of a sentence. */
    String describe(OutageGrace grace) {
        if (!isOutage()) {
            return "it was not yet known whether the primary MX was up";
        }
        boolean unknown = hosts.isEmpty();
        String primaries = "the primary MX " + String.join(", ", hosts);
        Instant end = endsAt(grace);
        if (recovered == null || end == null) {
            return (unknown ? "nobody looked whether the primary MX was up" : primaries + " has been down") + " since "
                    + truncateToSeconds(from);
        }
        return (unknown ? "nobody looked whether the primary MX was up" : primaries + " was down") + " from "
                + truncateToSeconds(from) + " to " + truncateToSeconds(recovered)
                + (end.isAfter(recovered) ? ", and scoring is paused until " + truncateToSeconds(end) : "");
    }

    private static Instant truncateToSeconds(Instant at) {
        return at.truncatedTo(ChronoUnit.SECONDS);
    }
}
