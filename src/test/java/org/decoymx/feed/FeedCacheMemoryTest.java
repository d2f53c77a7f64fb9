package org.decoymx.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.decoymx.feed.FeedCacheFixture.FixedSizeRenderable;
import org.junit.jupiter.api.Test;

/** Who goes when there is no room for all bodies. */
class FeedCacheMemoryTest {
    /** Half of the budget, which is the most that a body may have. */
    private static final int HALF_BUDGET = 1_900_000;

    private final FeedCacheFixture fixture = new FeedCacheFixture();

    private void awaitUsedBytes(long least, long most) {
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(fixture.budget.usedBytes()).isBetween(least, most));
    }

    @Test
    void bodyThatIsTooLarge_fails_saysWhatToDo_andIsTriedAgainLater() {
        FixedSizeRenderable part = new FixedSizeRenderable(2 * (int) FeedCacheFixture.BUDGET_BYTES);
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> fixture.acquireNow(part))
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(MemoryBudget.FeedTooLargeException.class)
                    .hasMessageContaining("2 MB")
                    .hasMessageContaining("--compressed");
        }
        assertThat(part.renderCount()).hasValue(1);
        awaitUsedBytes(0, 0);

        fixture.clock.advance(Duration.ofSeconds(11));

        assertThatThrownBy(() -> fixture.acquireNow(part)).isInstanceOf(CompletionException.class);
        assertThat(part.renderCount()).hasValue(2);
    }

    @Test
    void bodyNotAskedForTheLongest_goes_whenThereIsNoRoom() {
        FixedSizeRenderable old = new FixedSizeRenderable(HALF_BUDGET);
        FixedSizeRenderable used = new FixedSizeRenderable(HALF_BUDGET);
        for (FixedSizeRenderable part : new FixedSizeRenderable[] {old, used, old}) {
            fixture.acquireNow(part).release();
        }

        fixture.acquireNow(new FixedSizeRenderable(HALF_BUDGET)).release();
        fixture.acquireNow(old).release();

        assertThat(old.renderCount()).hasValue(1);
        fixture.acquireNow(used).release();
        assertThat(used.renderCount()).hasValue(2);
        assertThat(fixture.budget.usedBytes()).isLessThanOrEqualTo(FeedCacheFixture.BUDGET_BYTES);
    }

    /** Reads a body until it is cut off, which the list counts. */
    private CachedBody startReading(FixedSizeRenderable part, AtomicInteger cuts) {
        CachedBody body = fixture.acquireNow(part);
        Runnable[] cut = new Runnable[1];
        cut[0] = () -> {
            cuts.incrementAndGet();
            body.removeReader(cut[0]);
        };
        body.addReader(cut[0]);
        return body;
    }

    @Test
    void readerOfAnOldBody_isCutOff_whenItsMemoryIsNeeded() {
        AtomicInteger cuts = new AtomicInteger();
        CachedBody oldest = startReading(new FixedSizeRenderable(HALF_BUDGET), cuts);
        fixture.listAnotherSender();
        CachedBody old = startReading(new FixedSizeRenderable(HALF_BUDGET), cuts);
        fixture.listAnotherSender();

        fixture.acquireNow(new FixedSizeRenderable(HALF_BUDGET)).release();

        assertThat(cuts).hasValue(1);
        assertThat(oldest.refCnt()).isZero();
        assertThat(old.refCnt()).isPositive();
    }

    @Test
    void readerOfThePresentBody_isNotCutOff() {
        AtomicInteger cuts = new AtomicInteger();
        CachedBody one = startReading(new FixedSizeRenderable(HALF_BUDGET), cuts);
        CachedBody other = startReading(new FixedSizeRenderable(HALF_BUDGET), cuts);

        assertThatThrownBy(() -> fixture.acquireNow(new FixedSizeRenderable(HALF_BUDGET)))
                .hasCauseInstanceOf(MemoryBudget.FeedTooLargeException.class);

        assertThat(cuts).hasValue(0);
        assertThat(one.refCnt()).isPositive();
        assertThat(other.refCnt()).isPositive();
    }

    @Test
    void part_drivesOutPartsOnly() {
        FixedSizeRenderable whole = new FixedSizeRenderable(HALF_BUDGET);
        FixedSizeRenderable part = new FixedSizeRenderable(HALF_BUDGET);
        fixture.acquireNow(whole).release();
        fixture.cache.acquire(FeedCacheFixture.filteredKey(part)).join().release();
        fixture.cache
                .acquire(FeedCacheFixture.filteredKey(new FixedSizeRenderable(HALF_BUDGET)))
                .join()
                .release();
        fixture.acquireNow(whole).release();
        assertThat(whole.renderCount()).hasValue(1);

        fixture.acquireNow(new FixedSizeRenderable(HALF_BUDGET)).release();
        assertThatThrownBy(() -> fixture.cache
                        .acquire(FeedCacheFixture.filteredKey(part))
                        .join())
                .hasCauseInstanceOf(MemoryBudget.FeedTooLargeException.class);
        fixture.acquireNow(whole).release();
        assertThat(whole.renderCount()).hasValue(1);
    }

    @Test
    void partsOfMoreThanAreKept_goInTheOrderTheyWereAskedFor_andNoWholeFeed() {
        FixedSizeRenderable whole = new FixedSizeRenderable(9);
        FixedSizeRenderable first = new FixedSizeRenderable(10);
        FixedSizeRenderable second = new FixedSizeRenderable(11);
        fixture.acquireNow(whole).release();
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
        fixture.acquireNow(whole).release();
        assertThat(whole.renderCount()).hasValue(1);
    }
}
