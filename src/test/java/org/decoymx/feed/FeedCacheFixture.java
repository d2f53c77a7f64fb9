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
import org.decoymx.blocklist.TierFilter;
import org.decoymx.feed.FeedCache.FeedCacheKey;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.Policy;
import org.decoymx.policy.PolicyMode;
import org.decoymx.policy.Tier;

/** A feed cache with a blocklist that the test changes. Bodies are rendered at once or when the test runs the tasks. */
final class FeedCacheFixture {
    /**
     * A feed of a fixed size.
     *
     * @param renderCount counts the renderings
     */
    record FixedSizeRenderable(int octets, AtomicInteger renderCount, Duration freshnessLifetime)
            implements Renderable {
        FixedSizeRenderable(int octets) {
            this(octets, new AtomicInteger(), UNLIMITED);
        }

        @Override
        public String mediaType() {
            return FeedFormat.TEXT_PLAIN;
        }

        @Override
        public void render(FeedView view, FeedWriter writer) {
            renderCount.incrementAndGet();
            writer.append("x".repeat(octets));
        }
    }

    static final long BUDGET_BYTES = 4 << 20;

    final MutableClock clock = new MutableClock(FixedFeedView.LISTED_AT);
    private final Policy policy = BlocklistPublishers.policy(PolicyMode.ENFORCE, 0, new ExemptNetworks());
    final BlocklistPublisher publisher = BlocklistPublishers.of(policy, FixedFeedView.LISTED_AT);
    final MemoryBudget budget = new MemoryBudget(BUDGET_BYTES);

    /** Rendering tasks of feeds, while tasks are held. */
    final Queue<Runnable> heldTasks = new ArrayDeque<>();

    final FeedCache cache;
    private boolean holding;
    private boolean rejectingParts;
    private int listedCount;

    FeedCacheFixture() {
        Executor feedExecutor = task -> {
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
                feedExecutor,
                task -> {
                    if (rejectingParts) {
                        throw new RejectedExecutionException("filtered feed");
                    }
                    feedExecutor.execute(task);
                },
                Runnable::run);
    }

    void holdTasks(boolean hold) {
        holding = hold;
    }

    void rejectParts() {
        rejectingParts = true;
    }

    /** Lists another sender as a suspect, one second later. */
    void listAnotherSender() {
        listAnotherSender(Tier.SUSPECT);
    }

    /** Lists another sender, one second later. */
    void listAnotherSender(Tier tier) {
        clock.advance(Duration.ofSeconds(1));
        long now = clock.instant().getEpochSecond();
        IpPrefix origin = IpPrefix.ofBits(false, 0xc0000200L + listedCount++);
        BlocklistPublishers.setTier(policy, origin, tier, now, now + 86_400);
        BlocklistPublishers.evaluate(
                publisher, List.of(BlocklistPublishers.sender(origin, now, now + 86_400)), clock.instant());
        BlocklistPublishers.publish(publisher, clock.instant());
    }

    static FeedCacheKey fullFeedKey(Renderable renderable) {
        return new FeedCacheKey(renderable, FeedFilter.of(TierFilter.ALL), ContentCoding.IDENTITY);
    }

    /** The key of a feed limited to one address family. */
    static FeedCacheKey filteredKey(Renderable renderable) {
        FeedFilter filter = FeedFilter.of(FeedFilter.FamilyFilter.V4, TierFilter.ALL);
        return new FeedCacheKey(renderable, filter, ContentCoding.IDENTITY);
    }

    /** Runs the held tasks and the tasks that they add. */
    void runHeldTasks() {
        for (Runnable task = heldTasks.poll(); task != null; task = heldTasks.poll()) {
            task.run();
        }
    }

    /** Acquires the body of a full feed, which must be rendered without waiting. */
    CachedBody acquireNow(Renderable renderable) {
        return cache.acquire(fullFeedKey(renderable)).join();
    }
}
