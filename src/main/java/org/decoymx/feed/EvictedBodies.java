package org.decoymx.feed;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Bodies that nobody new is given, and somebody still reads, with the versions that they are of. */
final class EvictedBodies {
    private final Map<CachedBody, Long> versionByBody = new ConcurrentHashMap<>();

    /** Takes the cache's share in a body over, and gives it back. */
    void add(CachedBody body, long version) {
        versionByBody.put(body, version);
        body.release();
    }

    void remove(CachedBody body) {
        versionByBody.remove(body);
    }

    /** Cuts off all who read the oldest of those before a version; false when there is none. */
    boolean disconnectOldestBefore(long version) {
        Optional<Map.Entry<CachedBody, Long>> oldest = versionByBody.entrySet().stream()
                .filter(entry -> entry.getValue() < version)
                .min(Map.Entry.comparingByValue());
        oldest.ifPresent(entry -> {
            versionByBody.remove(entry.getKey());
            entry.getKey().disconnectReaders();
        });
        return oldest.isPresent();
    }
}
