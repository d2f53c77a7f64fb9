package org.decoymx.feed;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.decoymx.feed.FeedCache.FeedCacheKey;

/** A body that is rendered or being rendered; guarded by the cache. */
final class FeedCacheEntry {
    /** How long a failed rendering is remembered before the next attempt. */
    private static final Duration FAILURE_RETRY_INTERVAL = Duration.ofSeconds(10);

    final FeedCacheKey key;
    final CompletableFuture<CachedBody> body = new CompletableFuture<>();
    boolean started;
    private final Instant requestedAt;

    FeedCacheEntry(FeedCacheKey key, Instant requestedAt) {
        this.key = key;
        this.requestedAt = requestedAt;
    }

    /** An entry from the future is not fresh: the clock was set back. One that is not rendered yet is. */
    boolean isFresh(Instant now) {
        Duration lifetime = body.isCompletedExceptionally()
                ? FAILURE_RETRY_INTERVAL
                : key.renderable().freshnessLifetime();
        Duration age = Duration.between(requestedAt, now);
        return !body.isDone()
                || lifetime.equals(Renderable.UNLIMITED)
                || !age.isNegative() && age.compareTo(lifetime) < 0;
    }
}
