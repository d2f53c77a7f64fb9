package org.decoymx.exemption;

import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.decoymx.ledger.Origin;
import org.jspecify.annotations.Nullable;

/** What was heard of senders of late; beyond so many the oldest is forgotten. Any thread. */
final class HeardCache {
    private static final int MOST = 100_000;

    /** The ledger judges shortly after a sender was asked for, so an answer holds a little longer than it is used. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final Map<Origin, Entry> entries = new LinkedHashMap<>();
    private final Clock clock;

    private record Entry(Heard heard, long at) {
        boolean isYoungerThan(Duration age, long now) {
            // a clock that was set back makes no answer last
            return now >= at && now - at < age.toMillis();
        }
    }

    HeardCache(Clock clock) {
        this.clock = clock;
    }

    synchronized void put(Origin origin, Heard heard) {
        entries.remove(origin);
        entries.put(origin, new Entry(heard, clock.millis()));
        if (entries.size() > MOST) {
            entries.remove(entries.keySet().iterator().next());
        }
    }

    /** Whether there is no need to ask again. */
    synchronized boolean isFresh(Origin origin) {
        Entry entry = entries.get(origin);
        return entry != null && entry.isYoungerThan(entry.heard().keep(), clock.millis());
    }

    /** What is to be said of a sender now; null when nothing was heard of it. */
    synchronized @Nullable Heard find(Origin origin) {
        Entry entry = entries.get(origin);
        return entry != null && entry.isYoungerThan(entry.heard().keep().plus(GRACE), clock.millis())
                ? entry.heard()
                : null;
    }
}
