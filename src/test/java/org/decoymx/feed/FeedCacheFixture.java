package org.decoymx.feed;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.decoymx.blocklist.BlocklistPublisher;
import org.decoymx.blocklist.BlocklistPublishers;
import org.decoymx.feed.FeedCache.FeedCacheKey;
import org.decoymx.ledger.Origin;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.PolicyMode;

/** Bodies of a listing that a test changes, made at once or when the test says. */
final class FeedCacheFixture {
    /**
     * A part of so many octets.
     *
     * @param renderCount counts how often it was made
     */
    record FixedSizeRenderable(int octets, AtomicInteger renderCount, Duration freshnessLifetime)
            implements Renderable {
        FixedSizeRenderable(int octets) {
            this(octets, new AtomicInteger(), Duration.ofSeconds(Long.MAX_VALUE));
        }

        @Override
        public String mediaType() {
            return FeedFormat.TEXT_PLAIN;
        }

        @Override
        public void render(FeedView contents, FeedWriter lines) {
            renderCount.incrementAndGet();
            lines.append("x".repeat(octets));
        }
    }

    static final long BUDGET_BYTES = 4 << 20;

    final MutableClock clock = new MutableClock(FixedFeedView.LISTED_AT);
    final BlocklistPublisher publisher =
            BlocklistPublishers.of(PolicyMode.ENFORCE, 0, new ExemptNetworks(), FixedFeedView.LISTED_AT);
    final MemoryBudget budget = new MemoryBudget(BUDGET_BYTES);

    /** What is to be made of the whole listing, while it is held back. */
    final Queue<Runnable> heldTasks = new ArrayDeque<>();

    final FeedCache cache;
    private boolean holding;
    private int listed;

    FeedCacheFixture() {
        Executor whole = task -> {
            if (holding) {
                heldTasks.add(task);
            } else {
                task.run();
            }
        };
        cache = new FeedCache(
                publisher,
                clock,
                budget,
                whole,
                task -> {
                    throw new RejectedExecutionException("a selection");
                },
                Runnable::run);
    }

    void holdTasks(boolean hold) {
        holding = hold;
    }

    /** Someone more is listed, a second later. */
    void listAnotherSender() {
        clock.advance(Duration.ofSeconds(1));
        long now = clock.instant().getEpochSecond();
        Origin origin = new Origin(false, 0xc0000200L + listed++);
        BlocklistPublishers.evaluate(
                publisher, List.of(BlocklistPublishers.sender(origin, now, now + 86_400)), clock.instant());
        BlocklistPublishers.publish(publisher, clock.instant());
    }

    static FeedCacheKey fullFeedKey(Renderable part) {
        return new FeedCacheKey(part, FeedFilter.ALL, ContentCoding.IDENTITY);
    }

    /** A part of the listing rather than the whole. */
    static FeedCacheKey filteredKey(Renderable part) {
        return new FeedCacheKey(part, FeedFilter.ofFamily(FeedFilter.FamilyFilter.V4), ContentCoding.IDENTITY);
    }

    /** Makes what was held back, and what comes meanwhile. */
    void runHeldTasks() {
        for (Runnable task = heldTasks.poll(); task != null; task = heldTasks.poll()) {
            task.run();
        }
    }

    /** A share in the body of a part, which must be there at once. */
    CachedBody acquireNow(Renderable part) {
        return cache.acquire(fullFeedKey(part)).join();
    }
}
