package org.decoymx.ledger;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.NetworkCounts;
import org.decoymx.sighting.Sighting;

/**
 * Counts the new senders of each IPv6 /48, which one customer of a provider may have for itself, in an hour. Above the
 * maximum, sessions that cannot list a sender only count here. This count lists nobody, and widens no listing.
 */
final class BusyNetworks {
    private static final int MAX_NEW_SENDERS = 1_024;
    private static final int COUNTER_BITS = 16;

    private final NetworkCounts newSenders = new NetworkCounts(COUNTER_BITS);
    private final LongAdder absorbed = new LongAdder();
    private long hour;

    /** Counts the first sighting of a sender; returns whether the sender needs no counts of its own. */
    boolean absorbs(IpPrefix origin, Sighting sighting) {
        if (!origin.v6()) {
            return false;
        }
        long sightingHour = TimeUnit.SECONDS.toHours(sighting.seenAt().getEpochSecond());
        if (sightingHour != hour) {
            hour = sightingHour;
            newSenders.clear();
        }
        boolean busy = newSenders.add(newSenders.indexOf(origin), 1) > MAX_NEW_SENDERS;
        if (!busy || sighting.isQualifyingConversation()) {
            return false;
        }
        absorbed.increment();
        return true;
    }

    /** Number of sightings that only counted for their network. Thread-safe. */
    long absorbedCount() {
        return absorbed.sum();
    }
}
