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
 * The bodies of the listing as it stands: each is made when it is first asked for, once a version, by a thread that may
 * take its time. All of them together stay within a {@link MemoryBudget}: when it is used up the bodies of parts go first, whoever
 * still reads an old version is cut off next, and then those go that were not asked for the longest. A part, of which
 * strangers may ask for very many, drives out parts only.
 */
final class FeedCache {
    /** Of how many parts, selections and codings the bodies are kept. */
    static final int MAX_BODIES = 128;

    /** Not those that make bodies, as these may wait for what is freed. */
    private static final Executor FREE_EXECUTOR = ForkJoinPool.commonPool();

    private static final Duration TIME_DEPENDENT_LIMIT = Duration.ofDays(1);

    /** After this time it is tried again to make what could not be made. */
    private static final Duration FAILURE_RETRY_INTERVAL = Duration.ofSeconds(10);

    private final BlocklistPublisher publisher;
    private final Clock clock;
    private final MemoryBudget budget;
    private final Executor fullFeedExecutor;
    private final Executor filteredFeedExecutor;
    private final Executor changesExecutor;

    /** Bodies that are kept, those asked for last at the end; guarded by this. */
    private final Map<FeedCacheKey, FeedCacheEntry> cached = new LinkedHashMap<>(16, 0.75f, true);

    private final EvictedBodies evictedBodies = new EvictedBodies();

    private Blocklist listing;

    /** What somebody asks for. */
    record FeedCacheKey(Renderable renderable, FeedFilter filter, ContentCoding coding) {
        /** Whether this is a whole feed, of which there are few, and for which most readers come. */
        boolean isFullFeed() {
            return renderable.isLarge() && filter.matchesAll();
        }
    }

    /** A body that is made, or being made; guarded by the bodies. */
    private static final class FeedCacheEntry {
        private final Instant startedAt;
        private final List<CompletableFuture<CachedBody>> waiters = new ArrayList<>();
        private @Nullable CachedBody body;
        private @Nullable Throwable failure;
        private long version;
        private boolean started;
        private boolean evicted;

        FeedCacheEntry(Instant since) {
            this.startedAt = since;
        }

        /** A share in it, for whoever asks now. */
        CompletableFuture<CachedBody> addShare() {
            CompletableFuture<CachedBody> share = new CompletableFuture<>();
            if (body != null) {
                body.retain();
                share.complete(body);
            } else if (failure != null) {
                share.completeExceptionally(failure);
            } else {
                waiters.add(share);
            }
            return share;
        }
    }

    /**
     * @param budget of all bodies
     * @param whole makes large bodies of all or of a family, of which there are few
     * @param selected makes large ones of those who have so many points, of which strangers may ask for very many; it may refuse
     * @param small makes small ones, which should not wait for others; it may refuse
     */
    FeedCache(
            BlocklistPublisher publisher,
            Clock clock,
            MemoryBudget budget,
            Executor whole,
            Executor selected,
            Executor small) {
        this.publisher = publisher;
        this.clock = clock;
        this.budget = budget;
        this.fullFeedExecutor = whole;
        this.filteredFeedExecutor = selected;
        this.changesExecutor = small;
        listing = publisher.servedBlocklist();
    }

    /**
     * A share in the body of what is listed now; whoever has it must {@link CachedBody#removeReader} it. It fails with
     * {@link MemoryBudget.FeedTooLargeException}, and with what the part throws.
     *
     * @throws java.util.concurrent.RejectedExecutionException when too many of its kind are being made
     * @throws RuntimeException that the part throws when it has nothing for this listing
     */
    synchronized CompletableFuture<CachedBody> acquire(FeedCacheKey wanted) {
        evictOutdated();
        FeedCacheEntry known = cached.get(wanted);
        if (known == null || !isFresh(wanted.renderable(), known)) {
            evict(wanted);
            wanted.renderable().checkAvailable(listing);
            known = startRendering(wanted);
        }
        return known.addShare();
    }

    /** Drops what was made of the last listing. What is not begun yet will be made of the present one. */
    private void evictOutdated() {
        if (listing != publisher.servedBlocklist()) {
            listing = publisher.servedBlocklist();
            List.copyOf(cached.entrySet()).stream()
                    .filter(entry -> entry.getValue().started)
                    .forEach(entry -> evict(entry.getKey()));
        }
    }

    /** A clock that was set back makes nothing fresh. */
    private boolean isFresh(Renderable part, FeedCacheEntry known) {
        Duration fresh = known.failure == null ? part.freshnessLifetime() : FAILURE_RETRY_INTERVAL;
        Duration age = Duration.between(known.startedAt, clock.instant());
        return fresh.compareTo(TIME_DEPENDENT_LIMIT) > 0 || !age.isNegative() && age.compareTo(fresh) < 0;
    }

    private FeedCacheEntry startRendering(FeedCacheKey wanted) {
        FeedCacheEntry begun = new FeedCacheEntry(clock.instant());
        selectExecutor(wanted).execute(() -> renderAndComplete(begun, wanted));
        cached.put(wanted, begun);
        if (cached.size() > MAX_BODIES) {
            findLeastRecentlyUsed(known -> !known.getKey().isFullFeed()).ifPresent(this::evict);
        }
        return begun;
    }

    private Executor selectExecutor(FeedCacheKey wanted) {
        Executor large = wanted.filter().minPoints() == 0 ? fullFeedExecutor : filteredFeedExecutor;
        return wanted.renderable().isLarge() ? large : changesExecutor;
    }

    private Optional<FeedCacheKey> findLeastRecentlyUsed(Predicate<Map.Entry<FeedCacheKey, FeedCacheEntry>> which) {
        return cached.entrySet().stream().filter(which).map(Map.Entry::getKey).findFirst();
    }

    /** The listing as it stands when it comes to the making. */
    private synchronized Blocklist markStarted(FeedCacheEntry begun) {
        evictOutdated();
        begun.started = true;
        begun.version = listing.version();
        return listing;
    }

    private void renderAndComplete(FeedCacheEntry begun, FeedCacheKey wanted) {
        try {
            CachedBody body = render(wanted, markStarted(begun));
            completeWithBody(begun, body).forEach(share -> share.complete(body));
        } catch (RuntimeException | Error e) {
            completeWithFailure(begun, e).forEach(share -> share.completeExceptionally(e));
        }
    }

    /** Gives each who waits a share, even when it is dropped already, or nobody would be served while the list changes fast. */
    private synchronized List<CompletableFuture<CachedBody>> completeWithBody(FeedCacheEntry begun, CachedBody body) {
        begun.waiters.forEach(share -> body.retain());
        begun.body = body;
        if (begun.evicted) {
            evictedBodies.add(body, begun.version);
        }
        return begun.waiters;
    }

    private synchronized List<CompletableFuture<CachedBody>> completeWithFailure(
            FeedCacheEntry begun, Throwable failure) {
        begun.failure = failure;
        return begun.waiters;
    }

    private CachedBody render(FeedCacheKey wanted, Blocklist of) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        boolean timed = wanted.renderable().freshnessLifetime().compareTo(TIME_DEPENDENT_LIMIT) < 0;
        DirectBufferOutputStream pieces = new DirectBufferOutputStream(budget, () -> freeMemory(wanted.isFullFeed()));
        try (OutputStream out = wanted.coding().encodeTo(pieces)) {
            FeedWriter lines = new FeedWriter(out);
            wanted.renderable().render(new FeedView(of, wanted.filter(), now), lines);
            lines.flush();
        } catch (IOException e) {
            pieces.discard();
            throw new UncheckedIOException(e);
        } catch (RuntimeException | Error e) {
            pieces.discard();
            throw e;
        }
        ByteBuf octets = pieces.toByteBuf();
        Instant modified = timed && now.isAfter(of.modified()) ? now : of.modified();
        return new CachedBody(
                octets,
                modified,
                CachedBody.digest(octets),
                body -> FREE_EXECUTOR.execute(() -> freeBody(body, pieces)));
    }

    /** Takes some milliseconds when it is large, so no event loop does it. */
    private void freeBody(CachedBody body, DirectBufferOutputStream pieces) {
        evictedBodies.remove(body);
        pieces.discard();
    }

    private void evict(FeedCacheKey wanted) {
        FeedCacheEntry old = cached.remove(wanted);
        if (old != null) {
            old.evicted = true;
            if (old.body != null) {
                evictedBodies.add(old.body, old.version);
            }
        }
    }

    /**
     * Makes room: drops a part, or cuts off who still reads an old version, or drops a whole feed.
     *
     * @param forWhole whether the room is for a whole feed; else only a part is dropped
     */
    private boolean freeMemory(boolean forWhole) {
        if (evict(known -> known.getValue().body != null && !known.getKey().isFullFeed())) {
            return true;
        }
        return forWhole
                && (evictedBodies.disconnectOldestBefore(
                                publisher.servedBlocklist().version())
                        || evict(known -> known.getValue().body != null));
    }

    private synchronized boolean evict(Predicate<Map.Entry<FeedCacheKey, FeedCacheEntry>> which) {
        Optional<FeedCacheKey> eldest = findLeastRecentlyUsed(which);
        eldest.ifPresent(this::evict);
        return eldest.isPresent();
    }
}
