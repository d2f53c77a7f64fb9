package org.decoymx.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.decoymx.feed.FeedCache.FeedCacheKey;
import org.decoymx.feed.FeedCacheFixture.FixedSizeRenderable;
import org.junit.jupiter.api.Test;

/** Eviction from the cache when its memory budget is used up. */
class FeedCacheMemoryTest {
    /** Almost half of the budget, which is the maximum for one body. */
    private static final int HALF_BUDGET = 1_900_000;

    private final FeedCacheFixture fixture = new FeedCacheFixture();

    private void awaitUsedBytes(long min, long max) {
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(fixture.budget.usedBytes()).isBetween(min, max));
    }

    @Test
    void tooLargeBody_failsWithAdvice_andIsRetriedLater() {
        FixedSizeRenderable renderable = new FixedSizeRenderable(2 * (int) FeedCacheFixture.BUDGET_BYTES);
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> fixture.acquireNow(renderable))
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(MemoryBudget.FeedTooLargeException.class)
                    .hasMessageContaining("2 MB")
                    .hasMessageContaining("--compressed");
        }
        assertThat(renderable.renderCount()).hasValue(1);
        awaitUsedBytes(0, 0);

        fixture.clock.advance(Duration.ofSeconds(11));

        assertThatThrownBy(() -> fixture.acquireNow(renderable)).isInstanceOf(CompletionException.class);
        assertThat(renderable.renderCount()).hasValue(2);
    }

    @Test
    void leastRecentlyUsedBody_isEvicted_whenBudgetIsExhausted() {
        FixedSizeRenderable recentlyUsed = new FixedSizeRenderable(HALF_BUDGET);
        FixedSizeRenderable leastRecentlyUsed = new FixedSizeRenderable(HALF_BUDGET);
        for (FixedSizeRenderable renderable : List.of(recentlyUsed, leastRecentlyUsed, recentlyUsed)) {
            fixture.acquireNow(renderable).release();
        }

        fixture.acquireNow(new FixedSizeRenderable(HALF_BUDGET)).release();
        fixture.acquireNow(recentlyUsed).release();

        assertThat(recentlyUsed.renderCount()).hasValue(1);
        fixture.acquireNow(leastRecentlyUsed).release();
        assertThat(leastRecentlyUsed.renderCount()).hasValue(2);
        assertThat(fixture.budget.usedBytes()).isLessThanOrEqualTo(FeedCacheFixture.BUDGET_BYTES);
    }

    /** Registers a reader that counts when it is disconnected. */
    private CachedBody startReading(FixedSizeRenderable renderable, AtomicInteger disconnectCount) {
        return startReading(FeedCacheFixture.fullFeedKey(renderable), disconnectCount);
    }

    private CachedBody startReading(FeedCacheKey key, AtomicInteger disconnectCount) {
        CachedBody body = fixture.cache.acquire(key).join();
        Runnable[] disconnect = new Runnable[1];
        disconnect[0] = () -> {
            disconnectCount.incrementAndGet();
            body.removeReader(disconnect[0]);
        };
        body.addReader(disconnect[0]);
        return body;
    }

    @Test
    void readerOfOldestVersion_isDisconnected_whenMemoryIsNeeded() {
        AtomicInteger disconnectCount = new AtomicInteger();
        CachedBody oldest = startReading(new FixedSizeRenderable(HALF_BUDGET), disconnectCount);
        fixture.listAnotherSender();
        CachedBody previous = startReading(new FixedSizeRenderable(HALF_BUDGET), disconnectCount);
        fixture.listAnotherSender();

        fixture.acquireNow(new FixedSizeRenderable(HALF_BUDGET)).release();

        assertThat(disconnectCount).hasValue(1);
        assertThat(oldest.refCnt()).isZero();
        assertThat(previous.refCnt()).isPositive();
    }

    /** While another full feed can be evicted, or a part has readers. */
    @Test
    void readerOfCurrentVersion_isNotDisconnected() {
        AtomicInteger disconnectCount = new AtomicInteger();
        AtomicInteger partCount = new AtomicInteger();
        CachedBody first = startReading(new FixedSizeRenderable(HALF_BUDGET), disconnectCount);
        startReading(FeedCacheFixture.filteredKey(new FixedSizeRenderable(HALF_BUDGET)), partCount);

        fixture.acquireNow(new FixedSizeRenderable(HALF_BUDGET)).release();
        fixture.acquireNow(new FixedSizeRenderable(HALF_BUDGET)).release();

        assertThat(partCount).hasValue(1);
        assertThat(disconnectCount).hasValue(0);
        assertThat(first.refCnt()).as("references of the reader and the cache").isEqualTo(2);
    }

    /** Otherwise clients that do not read could keep the memory for full feeds. */
    @Test
    void readerOfCurrentFullFeed_isDisconnected_whenNothingElseIsLeft() {
        AtomicInteger disconnectCount = new AtomicInteger();
        CachedBody first = startReading(new FixedSizeRenderable(HALF_BUDGET), disconnectCount);
        CachedBody second = startReading(new FixedSizeRenderable(HALF_BUDGET), disconnectCount);

        fixture.acquireNow(new FixedSizeRenderable(HALF_BUDGET)).release();

        assertThat(disconnectCount).hasValue(1);
        assertThat(first.refCnt()).isZero();
        assertThat(second.refCnt()).isPositive();
    }

    @Test
    void filteredBody_evictsOnlyFilteredBodies() {
        FixedSizeRenderable fullFeed = new FixedSizeRenderable(HALF_BUDGET);
        FixedSizeRenderable renderable = new FixedSizeRenderable(HALF_BUDGET);
        fixture.acquireNow(fullFeed).release();
        fixture.cache.acquire(FeedCacheFixture.filteredKey(renderable)).join().release();
        fixture.cache
                .acquire(FeedCacheFixture.filteredKey(new FixedSizeRenderable(HALF_BUDGET)))
                .join()
                .release();
        fixture.acquireNow(fullFeed).release();
        assertThat(fullFeed.renderCount()).hasValue(1);

        fixture.acquireNow(new FixedSizeRenderable(HALF_BUDGET)).release();
        assertThatThrownBy(() -> fixture.cache
                        .acquire(FeedCacheFixture.filteredKey(renderable))
                        .join())
                .hasCauseInstanceOf(MemoryBudget.FeedTooLargeException.class);
        fixture.acquireNow(fullFeed).release();
        assertThat(fullFeed.renderCount()).hasValue(1);
    }

    @Test
    void tooManyFilteredBodies_evictLeastRecentlyUsed_butNoFullFeed() {
        FixedSizeRenderable fullFeed = new FixedSizeRenderable(9);
        FixedSizeRenderable first = new FixedSizeRenderable(10);
        FixedSizeRenderable second = new FixedSizeRenderable(11);
        fixture.acquireNow(fullFeed).release();
        fixture.cache.acquire(FeedCacheFixture.filteredKey(first)).join().release();
        fixture.cache.acquire(FeedCacheFixture.filteredKey(second)).join().release();
        for (int i = 0; i < FeedCache.MAX_BODIES - 2; i++) {
            fixture.cache
                    .acquire(FeedCacheFixture.filteredKey(new FixedSizeRenderable(100 + i)))
                    .join()
                    .release();
        }
        fixture.cache.acquire(FeedCacheFixture.filteredKey(second)).join().release();
        assertThat(second.renderCount()).hasValue(1);
        fixture.cache.acquire(FeedCacheFixture.filteredKey(first)).join().release();
        assertThat(first.renderCount()).hasValue(2);
        fixture.acquireNow(fullFeed).release();
        assertThat(fullFeed.renderCount()).hasValue(1);
    }
}
