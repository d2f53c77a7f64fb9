package org.decoymx.feed;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Predicate;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.BlocklistPublisher;
import org.jspecify.annotations.Nullable;

/**
 * Caches the rendered bodies of the current blocklist. A body is rendered on first request, once for each version, on a
 * worker thread. All bodies share one {@link MemoryBudget}. When it is used up, the cache evicts in this order:
 * filtered bodies, then bodies of old versions (their readers are disconnected), then the least recently used full
 * feed. Anybody can request very many different filters, so rendering a filtered body evicts only other filtered
 * bodies.
 */
final class FeedCache {
    /** Maximum number of cached bodies; each combination of feed, filter and coding is one. */
    static final int MAX_BODIES = 128;

    /** Separate from the rendering executors, because their threads may wait for the memory freed here. */
    private static final Executor FREE_EXECUTOR = ForkJoinPool.commonPool();

    private static final Duration TIME_DEPENDENT_LIMIT = Duration.ofDays(1);

    /** How long a failed rendering is remembered before the next attempt. */
    private static final Duration FAILURE_RETRY_INTERVAL = Duration.ofSeconds(10);

    private final BlocklistPublisher publisher;
    private final Clock clock;
    private final MemoryBudget budget;
    private final Executor fullFeedExecutor;
    private final Executor filteredFeedExecutor;
    private final Executor changesExecutor;

    /** Cached bodies in access order, least recently used first; guarded by this. */
    private final Map<FeedCacheKey, FeedCacheEntry> cached = new LinkedHashMap<>(16, 0.75f, true);

    private final EvictedBodies evictedBodies = new EvictedBodies();

    private Blocklist listing;

    /** Identifies a body. */
    record FeedCacheKey(Renderable renderable, FeedFilter filter, ContentCoding coding) {
        /** Whether this is a complete feed. There are few of these, and most clients request them. */
        boolean isFullFeed() {
            return renderable.isLarge() && filter.matchesAll();
        }
    }

    /** A body that is rendered or being rendered; guarded by the cache. */
    private static final class FeedCacheEntry {
        private final Instant startedAt;
        private final List<CompletableFuture<CachedBody>> waiters = new ArrayList<>();
        private @Nullable CachedBody body;
        private @Nullable Throwable failure;
        private long version;
        private boolean started;
        private boolean evicted;

        FeedCacheEntry(Instant startedAt) {
            this.startedAt = startedAt;
        }

        /** A new reference to the body for one client. */
        CompletableFuture<CachedBody> acquire() {
            CompletableFuture<CachedBody> future = new CompletableFuture<>();
            if (body != null) {
                body.retain();
                future.complete(body);
            } else if (failure != null) {
                future.completeExceptionally(failure);
            } else {
                waiters.add(future);
            }
            return future;
        }
    }

    /**
     * @param budget memory for all bodies
     * @param fullFeedExecutor renders feeds that are complete or limited to one address family; there are few of them
     * @param filteredFeedExecutor renders feeds with a minimum of points; may reject tasks, because the number of
     *     different filters is not limited
     * @param changesExecutor renders short bodies, which must not wait for long ones; may reject tasks
     */
    FeedCache(
            BlocklistPublisher publisher,
            Clock clock,
            MemoryBudget budget,
            Executor fullFeedExecutor,
            Executor filteredFeedExecutor,
            Executor changesExecutor) {
        this.publisher = publisher;
        this.clock = clock;
        this.budget = budget;
        this.fullFeedExecutor = fullFeedExecutor;
        this.filteredFeedExecutor = filteredFeedExecutor;
        this.changesExecutor = changesExecutor;
        listing = publisher.servedBlocklist();
    }

    /**
     * Returns a reference to the body for the current blocklist. The caller must give the reference back with
     * {@link CachedBody#removeReader}. The future fails with {@link MemoryBudget.FeedTooLargeException} or with the
     * exception of the renderable.
     *
     * @throws java.util.concurrent.RejectedExecutionException if the queue of the executor is full
     * @throws RuntimeException of {@link Renderable#checkAvailable}
     */
    synchronized CompletableFuture<CachedBody> acquire(FeedCacheKey key) {
        evictOutdated();
        FeedCacheEntry entry = cached.get(key);
        if (entry == null || !isFresh(key.renderable(), entry)) {
            evict(key);
            key.renderable().checkAvailable(listing);
            entry = startRendering(key);
        }
        return entry.acquire();
    }

    /** Evicts bodies of the previous blocklist. Entries that are still queued stay and will render the current one. */
    private void evictOutdated() {
        if (listing != publisher.servedBlocklist()) {
            listing = publisher.servedBlocklist();
            List.copyOf(cached.entrySet()).stream()
                    .filter(entry -> entry.getValue().started)
                    .forEach(entry -> evict(entry.getKey()));
        }
    }

    /** An entry from the future is not fresh: the clock was set back. */
    private boolean isFresh(Renderable renderable, FeedCacheEntry entry) {
        Duration lifetime = entry.failure == null ? renderable.freshnessLifetime() : FAILURE_RETRY_INTERVAL;
        Duration age = Duration.between(entry.startedAt, clock.instant());
        return lifetime.compareTo(TIME_DEPENDENT_LIMIT) > 0 || !age.isNegative() && age.compareTo(lifetime) < 0;
    }

    private FeedCacheEntry startRendering(FeedCacheKey key) {
        FeedCacheEntry entry = new FeedCacheEntry(clock.instant());
        selectExecutor(key).execute(() -> renderAndComplete(entry, key));
        cached.put(key, entry);
        if (cached.size() > MAX_BODIES) {
            findLeastRecentlyUsed(other -> !other.getKey().isFullFeed()).ifPresent(this::evict);
        }
        return entry;
    }

    private Executor selectExecutor(FeedCacheKey key) {
        Executor feedExecutor = key.filter().minPoints() == 0 ? fullFeedExecutor : filteredFeedExecutor;
        return key.renderable().isLarge() ? feedExecutor : changesExecutor;
    }

    private Optional<FeedCacheKey> findLeastRecentlyUsed(Predicate<Map.Entry<FeedCacheKey, FeedCacheEntry>> predicate) {
        return cached.entrySet().stream()
                .filter(predicate)
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** Returns the blocklist to render, which may be newer than at the time of the request. */
    private synchronized Blocklist markStarted(FeedCacheEntry entry) {
        evictOutdated();
        entry.started = true;
        entry.version = listing.version();
        return listing;
    }

    private void renderAndComplete(FeedCacheEntry entry, FeedCacheKey key) {
        try {
            CachedBody body = render(key, markStarted(entry));
            completeWithBody(entry, body).forEach(future -> future.complete(body));
        } catch (RuntimeException | Error e) {
            completeWithFailure(entry, e).forEach(future -> future.completeExceptionally(e));
        }
    }

    /**
     * Retains the body once for each waiter, even if the entry has been evicted: otherwise no client would get a body
     * while the blocklist changes faster than a feed is rendered.
     */
    private synchronized List<CompletableFuture<CachedBody>> completeWithBody(FeedCacheEntry entry, CachedBody body) {
        entry.waiters.forEach(future -> body.retain());
        entry.body = body;
        if (entry.evicted) {
            evictedBodies.add(body, entry.version);
        }
        return entry.waiters;
    }

    private synchronized List<CompletableFuture<CachedBody>> completeWithFailure(
            FeedCacheEntry entry, Throwable failure) {
        entry.failure = failure;
        return entry.waiters;
    }

    private CachedBody render(FeedCacheKey key, Blocklist blocklist) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        boolean timeDependent = key.renderable().freshnessLifetime().compareTo(TIME_DEPENDENT_LIMIT) < 0;
        DirectBufferOutputStream buffers = new DirectBufferOutputStream(budget, () -> freeMemory(key.isFullFeed()));
        try (OutputStream out = key.coding().encodeTo(buffers)) {
            FeedWriter writer = new FeedWriter(out);
            key.renderable().render(new FeedView(blocklist, key.filter(), now), writer);
            writer.flush();
        } catch (IOException e) {
            buffers.discard();
            throw new UncheckedIOException(e);
        } catch (RuntimeException | Error e) {
            buffers.discard();
            throw e;
        }
        ByteBuf content = buffers.toByteBuf();
        Instant modifiedAt = timeDependent && now.isAfter(blocklist.modified()) ? now : blocklist.modified();
        return new CachedBody(
                content,
                modifiedAt,
                CachedBody.digest(content),
                body -> FREE_EXECUTOR.execute(() -> freeBody(body, buffers)));
    }

    /** Takes some milliseconds for a large body, so it must not run on an event loop. */
    private void freeBody(CachedBody body, DirectBufferOutputStream buffers) {
        evictedBodies.remove(body);
        buffers.discard();
    }

    private void evict(FeedCacheKey key) {
        FeedCacheEntry entry = cached.remove(key);
        if (entry != null) {
            entry.evicted = true;
            if (entry.body != null) {
                evictedBodies.add(entry.body, entry.version);
            }
        }
    }

    /**
     * Evicts one filtered body; if there is none, disconnects the readers of an old version or evicts a full feed.
     *
     * @param forFullFeed whether a full feed needs the memory; for other bodies only filtered bodies are evicted
     * @return false if there is nothing left to evict
     */
    private boolean freeMemory(boolean forFullFeed) {
        if (evict(entry -> entry.getValue().body != null && !entry.getKey().isFullFeed())) {
            return true;
        }
        return forFullFeed
                && (evictedBodies.disconnectOldestBefore(
                                publisher.servedBlocklist().version())
                        || evict(entry -> entry.getValue().body != null));
    }

    private synchronized boolean evict(Predicate<Map.Entry<FeedCacheKey, FeedCacheEntry>> predicate) {
        Optional<FeedCacheKey> leastRecentlyUsed = findLeastRecentlyUsed(predicate);
        leastRecentlyUsed.ifPresent(this::evict);
        return leastRecentlyUsed.isPresent();
    }
}
