package org.decoymx.feed;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.BlocklistPublisher;

/**
 * Caches the rendered bodies of the current blocklist. A body is rendered on first request, once for each version, on a
 * worker thread. All bodies share one {@link MemoryBudget}; see {@link #freeMemory} for what is evicted when it is used
 * up. Anybody can request very many different filters, so rendering a filtered body evicts only other filtered bodies.
 */
final class FeedCache {
    /** Maximum number of cached bodies; each combination of feed, filter and coding is one. */
    static final int MAX_BODIES = 128;

    /** Not of an event loop, as it takes milliseconds, nor for rendering, where threads wait for the memory freed. */
    private static final Executor FREE_EXECUTOR = ForkJoinPool.commonPool();

    private final BlocklistPublisher publisher;
    private final Clock clock;
    private final MemoryBudget budget;
    private final Executor fullFeedExecutor;
    private final Executor filteredFeedExecutor;
    private final Executor changesExecutor;

    /** In access order, least recently used first; guarded by this. */
    private final Map<FeedCacheKey, FeedCacheEntry> cached = new LinkedHashMap<>(16, 0.75f, true);

    /** Bodies that are no longer cached but still have readers, and whether each is a full feed. */
    private final Map<CachedBody, Boolean> evictedBodies = new ConcurrentHashMap<>();

    private final ModificationTimes modificationTimes = new ModificationTimes();
    private Blocklist listing;

    /** Identifies a body. */
    record FeedCacheKey(Renderable renderable, FeedFilter filter, ContentCoding coding) {
        /** Whether this is a complete feed of a tier. There are few of these, and most clients request them. */
        boolean isFullFeed() {
            return renderable.isLarge() && filter.isWholeTier();
        }
    }

    /**
     * @param budget memory for all bodies
     * @param fullFeedExecutor renders whole tiers, at most {@link #MAX_BODIES} at a time
     * @param filteredFeedExecutor renders parts; may reject tasks, because the number of different filters is not
     *     limited
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
     * {@link CachedBody#removeReader}. The future fails with a {@link java.util.concurrent.CompletionException}, whose
     * cause is {@link MemoryBudget.FeedTooLargeException} or the exception of the renderable.
     *
     * @throws RejectedExecutionException if too many bodies wait for rendering
     * @throws RuntimeException of {@link Renderable#checkAvailable}
     */
    synchronized CompletableFuture<CachedBody> acquire(FeedCacheKey key) {
        evictOutdated();
        FeedCacheEntry entry = cached.get(key);
        if (entry != null && !entry.isFresh(clock.instant())) {
            evict(entry);
            entry = null;
        }
        if (entry == null) {
            key.renderable().checkAvailable(listing, key.filter());
            entry = startRendering(key);
        }
        return entry.body.thenApply(CachedBody::retain);
    }

    /** Evicts bodies of the previous blocklist. Entries that are still queued stay and will render the current one. */
    private void evictOutdated() {
        if (listing != publisher.servedBlocklist()) {
            listing = publisher.servedBlocklist();
            List.copyOf(cached.values()).stream().filter(entry -> entry.started).forEach(this::evict);
        }
    }

    private FeedCacheEntry startRendering(FeedCacheKey key) {
        Optional<FeedCacheEntry> evicted =
                cached.size() < MAX_BODIES ? Optional.empty() : Optional.of(selectEvicted(key.isFullFeed()));
        FeedCacheEntry entry = new FeedCacheEntry(key, clock.instant());
        selectExecutor(key).execute(() -> renderAndComplete(entry));
        evicted.ifPresent(this::evict);
        cached.put(key, entry);
        return entry;
    }

    /**
     * Selects the entry to evict from a full cache. One that still waits stays, because the next request would queue
     * another rendering of the same body; but a full feed may take the place of a part, whose executor has a limit.
     */
    private FeedCacheEntry selectEvicted(boolean forFullFeed) {
        return findFirst(entry -> entry.body.isDone() && !entry.key.isFullFeed())
                .or(() -> findFirst(entry -> entry.body.isDone()))
                .or(() -> findFirst(entry -> forFullFeed && !entry.key.isFullFeed()))
                .orElseThrow(() -> new RejectedExecutionException("Too many bodies wait for rendering"));
    }

    private Optional<FeedCacheEntry> findFirst(Predicate<FeedCacheEntry> predicate) {
        return cached.values().stream().filter(predicate).findFirst();
    }

    private Executor selectExecutor(FeedCacheKey key) {
        Executor feedExecutor = key.isFullFeed() ? fullFeedExecutor : filteredFeedExecutor;
        return key.renderable().isLarge() ? feedExecutor : changesExecutor;
    }

    private synchronized Blocklist markStarted(FeedCacheEntry entry) {
        evictOutdated();
        entry.started = true;
        return listing;
    }

    /**
     * Waiting readers get the body even if it has been evicted: otherwise no client would get a body while the
     * blocklist changes faster than a feed is rendered.
     */
    private void renderAndComplete(FeedCacheEntry entry) {
        try {
            CachedBody body = render(entry.key, markStarted(entry));
            body.retain(); // an eviction may release the reference of the cache before all readers have theirs
            entry.body.complete(body);
            body.release();
        } catch (IOException | RuntimeException | Error e) {
            entry.body.completeExceptionally(e);
        }
    }

    private CachedBody render(FeedCacheKey key, Blocklist blocklist) throws IOException {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Renderable renderable = key.renderable();
        DirectBufferOutputStream buffers = new DirectBufferOutputStream(budget, () -> freeMemory(key.isFullFeed()));
        long length;
        try (OutputStream out = key.coding().encodeTo(buffers)) {
            length = new FeedWriter(out).render(renderable, new FeedView(blocklist, key.filter(), now));
        } catch (IOException | RuntimeException | Error e) {
            buffers.discard();
            throw e;
        }
        boolean timeDependent = !renderable.freshnessLifetime().equals(Renderable.UNLIMITED);
        Instant versionAt = timeDependent && now.isAfter(blocklist.modified()) ? now : blocklist.modified();
        ByteBuf content = buffers.toByteBuf();
        String etag = CachedBody.entityTag(content);
        return new CachedBody(
                content,
                length,
                blocklist.version(),
                etag,
                renderable.isLarge() && !timeDependent ? modificationTimes.record(key, etag, versionAt) : versionAt,
                body -> FREE_EXECUTOR.execute(() -> freeBody(body, buffers)));
    }

    private void freeBody(CachedBody body, DirectBufferOutputStream buffers) {
        evictedBodies.remove(body);
        buffers.discard();
    }

    /** Removes an entry; the reference of the cache is released now or when the body is rendered. */
    private void evict(FeedCacheEntry entry) {
        if (!cached.remove(entry.key, entry)) {
            return;
        }
        CompletionStage<CachedBody> rendered = entry.body;
        rendered.thenAccept(body -> {
            evictedBodies.put(body, entry.key.isFullFeed());
            body.release();
        });
    }

    private synchronized boolean evictFirst(Predicate<FeedCacheEntry> predicate) {
        Optional<FeedCacheEntry> first = findFirst(predicate);
        first.ifPresent(this::evict);
        return first.isPresent();
    }

    /**
     * Evicts one filtered body. If there is none, frees memory that a full feed needs: readers are disconnected from an
     * old version or a part, a full feed without readers is evicted, and last its readers are disconnected.
     *
     * @param forFullFeed whether a full feed needs the memory; for other bodies only filtered bodies are evicted
     */
    private boolean freeMemory(boolean forFullFeed) {
        Predicate<FeedCacheEntry> hasBody = entry -> entry.body.isDone() && !entry.body.isCompletedExceptionally();
        return evictFirst(hasBody.and(entry -> !entry.key.isFullFeed()))
                || forFullFeed
                        && (disconnectReaders(false)
                                || evictFirst(
                                        hasBody.and(entry -> entry.body.join().refCnt() == 1))
                                || disconnectReaders(true)
                                || evictFirst(hasBody));
    }

    /**
     * Disconnects all readers of an evicted body: of the oldest version, and in that of a part first.
     *
     * @param fromCurrentFullFeeds whether readers of full feeds of the current version are disconnected, too
     * @return false if there are none
     */
    private boolean disconnectReaders(boolean fromCurrentFullFeeds) {
        long currentVersion = publisher.servedBlocklist().version();
        Optional<CachedBody> oldest = evictedBodies.entrySet().stream()
                .filter(body -> fromCurrentFullFeeds
                        || !body.getValue()
                        || body.getKey().version() < currentVersion)
                .min(Comparator.comparingLong((Map.Entry<CachedBody, Boolean> body) ->
                                body.getKey().version())
                        .thenComparing(Map.Entry::getValue))
                .map(Map.Entry::getKey);
        oldest.ifPresent(body -> {
            evictedBodies.remove(body);
            body.disconnectReaders();
        });
        return oldest.isPresent();
    }
}
