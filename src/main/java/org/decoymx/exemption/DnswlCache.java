package org.decoymx.exemption;

import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.decoymx.net.IpPrefix;
import org.jspecify.annotations.Nullable;

/** Recent allowlist results by sender. Evicts the oldest entry when full. Thread-safe. */
final class DnswlCache {
    private static final int MAX_ENTRIES = 100_000;

    /** A sighting is scored shortly after the query, so results stay readable a little longer than they are fresh. */
    private static final Duration EXPIRY_MARGIN = Duration.ofSeconds(5);

    private final Map<IpPrefix, CachedResult> entries = new LinkedHashMap<>();
    private final Clock clock;

    private record CachedResult(DnswlResult result, long storedAt) {
        boolean isYoungerThan(Duration age, long now) {
            // a result from the future means that the clock was set back
            return now >= storedAt && now - storedAt < age.toMillis();
        }
    }

    DnswlCache(Clock clock) {
        this.clock = clock;
    }

    /** Stores a result; that an IPv6 address is on the allowlist holds for its /64 too. */
    synchronized void put(IpPrefix origin, DnswlResult result) {
        store(origin, result);
        if (origin.v6() && result.isListed()) {
            store(origin.neighborhood(), result);
        }
    }

    private void store(IpPrefix origin, DnswlResult result) {
        entries.remove(origin);
        entries.put(origin, new CachedResult(result, clock.millis()));
        if (entries.size() > MAX_ENTRIES) {
            entries.remove(entries.keySet().iterator().next());
        }
    }

    /** Whether the sender needs no new query. */
    synchronized boolean isFresh(IpPrefix origin) {
        CachedResult entry = entries.get(origin);
        return entry != null && entry.isYoungerThan(entry.result().ttl(), clock.millis());
    }

    /** Returns the result for a sender, or null when there is none or it has expired. */
    synchronized @Nullable DnswlResult find(IpPrefix origin) {
        CachedResult entry = entries.get(origin);
        return entry != null && entry.isYoungerThan(entry.result().ttl().plus(EXPIRY_MARGIN), clock.millis())
                ? entry.result()
                : null;
    }
}
