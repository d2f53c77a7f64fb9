package org.decoymx.feed;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Bodies that are no longer in the cache but still have readers, with the versions of their blocklists. */
final class EvictedBodies {
    private final Map<CachedBody, Long> versionByBody = new ConcurrentHashMap<>();

    /** Adds a body and releases the reference of the cache. */
    void add(CachedBody body, long version) {
        versionByBody.put(body, version);
        body.release();
    }

    void remove(CachedBody body) {
        versionByBody.remove(body);
    }

    /** Disconnects all readers of the oldest body before a version; returns false if there is none. */
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
