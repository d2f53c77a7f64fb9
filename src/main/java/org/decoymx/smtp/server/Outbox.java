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
final class Outbox {
    private static final int MAX = 10_000;

    private final Consumer<Sighting> publisher;
    private final Map<Long, Sighting> waiting = new LinkedHashMap<>();

    Outbox(Consumer<Sighting> publisher) {
        this.publisher = publisher;
    }

    void put(Sighting sighting) {
        waiting.put(sighting.session(), sighting);
        if (waiting.size() >= MAX) {
            flush();
        }
    }

    /** Publishes what waits. */
    void flush() {
        List<Sighting> burst = new ArrayList<>(waiting.values());
        waiting.clear();
        burst.forEach(publisher);
    }
}
