package org.decoymx.exemption;

import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.decoymx.ledger.Origin;
import org.jspecify.annotations.Nullable;

/** What was heard of senders of late; beyond so many the oldest is forgotten. Any thread. */
final class DnswlCache {
    private static final int MAX_ENTRIES = 100_000;

    /** The ledger judges shortly after a sender was asked for, so an answer holds a little longer than it is used. */
    private static final Duration EXPIRY_MARGIN = Duration.ofSeconds(5);

    private final Map<Origin, CachedResult> entries = new LinkedHashMap<>();
    private final Clock clock;

    private record CachedResult(DnswlResult result, long storedAt) {
        boolean isYoungerThan(Duration age, long now) {
            // a clock that was set back makes no answer last
            return now >= storedAt && now - storedAt < age.toMillis();
        }
    }

    DnswlCache(Clock clock) {
        this.clock = clock;
    }

    synchronized void put(Origin origin, DnswlResult heard) {
        entries.remove(origin);
        entries.put(origin, new CachedResult(heard, clock.millis()));
        if (entries.size() > MAX_ENTRIES) {
            entries.remove(entries.keySet().iterator().next());
        }
    }

    /** Whether there is no need to ask again. */
    synchronized boolean isFresh(Origin origin) {
        CachedResult entry = entries.get(origin);
        return entry != null && entry.isYoungerThan(entry.result().ttl(), clock.millis());
    }

    /** What is to be said of a sender now; null when nothing was heard of it. */
    synchronized @Nullable DnswlResult find(Origin origin) {
        CachedResult entry = entries.get(origin);
        return entry != null && entry.isYoungerThan(entry.result().ttl().plus(EXPIRY_MARGIN), clock.millis())
                ? entry.result()
                : null;
    }
}
