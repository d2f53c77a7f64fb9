package org.decoymx.smtp.server;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.decoymx.sighting.Sighting;

/**
 * The sightings of one event loop that are about to be published. They go out in bursts, several a second, as waking
 * another thread for each would cost more than the conversation itself; of a session that ends in between only the last
 * one goes.
 */
final class SightingBatcher {
    private static final int MAX_PENDING = 10_000;

    private final Consumer<Sighting> publisher;
    private final Map<Long, Sighting> pending = new LinkedHashMap<>();

    SightingBatcher(Consumer<Sighting> publisher) {
        this.publisher = publisher;
    }

    void add(Sighting sighting) {
        pending.put(sighting.sessionNumber(), sighting);
        if (pending.size() >= MAX_PENDING) {
            flush();
        }
    }

    /** Publishes what waits. */
    void flush() {
        List<Sighting> burst = new ArrayList<>(pending.values());
        pending.clear();
        burst.forEach(publisher);
    }
}
