package org.decoymx.feed;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Bodies that nobody new is given, and somebody still reads, with the versions that they are of. */
final class Retired {
    private final Map<Body, Long> versions = new ConcurrentHashMap<>();

    /** Takes the cache's share in a body over, and gives it back. */
    void add(Body body, long version) {
        versions.put(body, version);
        body.release();
    }

    void remove(Body body) {
        versions.remove(body);
    }

    /** Cuts off all who read the oldest of those before a version; false when there is none. */
    boolean cutBefore(long version) {
        Optional<Map.Entry<Body, Long>> oldest = versions.entrySet().stream()
                .filter(entry -> entry.getValue() < version)
                .min(Map.Entry.comparingByValue());
        oldest.ifPresent(entry -> {
            versions.remove(entry.getKey());
            entry.getKey().cut();
        });
        return oldest.isPresent();
    }
}
