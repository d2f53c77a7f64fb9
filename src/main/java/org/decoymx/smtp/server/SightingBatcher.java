package org.decoymx.smtp.server;

import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.decoymx.sighting.Sighting;

/**
 * Collects the sightings of one event loop and publishes them in batches, several times a second: waking another thread
 * for each sighting would cost more than the conversation. Of each session, a batch contains only the last sighting.
 */
final class SightingBatcher {
    private static final int MAX_PENDING = 10_000;
    private static final long FLUSH_DELAY_MILLIS = 100;

    private final Vertx vertx;
    private final Consumer<Sighting> publisher;
    private final Map<Long, Sighting> pending = new LinkedHashMap<>();

    SightingBatcher(Vertx vertx, Consumer<Sighting> publisher) {
        this.vertx = vertx;
        this.publisher = publisher;
    }

    /** Publishes a sighting within 100 ms; must be called on the event loop. */
    synchronized void add(Sighting sighting) {
        if (pending.isEmpty()) {
            vertx.setTimer(FLUSH_DELAY_MILLIS, fired -> flush());
        }
        pending.merge(sighting.sessionNumber(), sighting, (earlier, later) -> later.replacing(earlier));
        if (pending.size() >= MAX_PENDING) {
            flush();
        }
    }

    /** Publishes all pending sightings; may be called in any thread. */
    synchronized void flush() {
        List<Sighting> batch = new ArrayList<>(pending.values());
        pending.clear();
        batch.forEach(publisher);
    }
}
