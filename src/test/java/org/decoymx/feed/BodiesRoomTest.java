package org.decoymx.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.decoymx.feed.Kept.Sized;
import org.junit.jupiter.api.Test;

/** Who goes when there is no room for all bodies. */
class BodiesRoomTest {
    /** Half of the budget, which is the most that a body may have. */
    private static final int HALF = 1_900_000;

    private final Kept kept = new Kept();

    private void awaitTaken(long least, long most) {
        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(kept.budget.taken()).isBetween(least, most));
    }

    @Test
    void bodyThatIsTooLarge_fails_saysWhatToDo_andIsTriedAgainLater() {
        Sized part = new Sized(2 * (int) Kept.OCTETS);
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> kept.now(part))
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(Budget.TooLarge.class)
                    .hasMessageContaining("2 MB")
                    .hasMessageContaining("--compressed");
        }
        assertThat(part.made()).hasValue(1);
        awaitTaken(0, 0);

        kept.clock.add(Duration.ofSeconds(11));

        assertThatThrownBy(() -> kept.now(part)).isInstanceOf(CompletionException.class);
        assertThat(part.made()).hasValue(2);
    }

    @Test
    void bodyNotAskedForTheLongest_goes_whenThereIsNoRoom() {
        Sized old = new Sized(HALF);
        Sized used = new Sized(HALF);
        for (Sized part : new Sized[] {old, used, old}) {
            kept.now(part).release();
        }

        kept.now(new Sized(HALF)).release();
        kept.now(old).release();

        assertThat(old.made()).hasValue(1);
        kept.now(used).release();
        assertThat(used.made()).hasValue(2);
        assertThat(kept.budget.taken()).isLessThanOrEqualTo(Kept.OCTETS);
    }

    /** Reads a body until it is cut off, which the list counts. */
    private Body reading(Sized part, AtomicInteger cuts) {
        Body body = kept.now(part);
        Runnable[] cut = new Runnable[1];
        cut[0] = () -> {
            cuts.incrementAndGet();
            body.leave(cut[0]);
        };
        body.enter(cut[0]);
        return body;
    }

    @Test
    void readerOfAnOldBody_isCutOff_whenItsMemoryIsNeeded() {
        AtomicInteger cuts = new AtomicInteger();
        Body oldest = reading(new Sized(HALF), cuts);
        kept.change();
        Body old = reading(new Sized(HALF), cuts);
        kept.change();

        kept.now(new Sized(HALF)).release();

        assertThat(cuts).hasValue(1);
        assertThat(oldest.refCnt()).isZero();
        assertThat(old.refCnt()).isPositive();
    }

    @Test
    void readerOfThePresentBody_isNotCutOff() {
        AtomicInteger cuts = new AtomicInteger();
        Body one = reading(new Sized(HALF), cuts);
        Body other = reading(new Sized(HALF), cuts);

        assertThatThrownBy(() -> kept.now(new Sized(HALF))).hasCauseInstanceOf(Budget.TooLarge.class);

        assertThat(cuts).hasValue(0);
        assertThat(one.refCnt()).isPositive();
        assertThat(other.refCnt()).isPositive();
    }

    @Test
    void part_drivesOutPartsOnly() {
        Sized whole = new Sized(HALF);
        Sized part = new Sized(HALF);
        kept.now(whole).release();
        kept.bodies.get(Kept.part(part)).join().release();
        kept.bodies.get(Kept.part(new Sized(HALF))).join().release();
        kept.now(whole).release();
        assertThat(whole.made()).hasValue(1);

        kept.now(new Sized(HALF)).release();
        assertThatThrownBy(() -> kept.bodies.get(Kept.part(part)).join()).hasCauseInstanceOf(Budget.TooLarge.class);
        kept.now(whole).release();
        assertThat(whole.made()).hasValue(1);
    }

    @Test
    void partsOfMoreThanAreKept_goInTheOrderTheyWereAskedFor_andNoWholeFeed() {
        Sized whole = new Sized(9);
        Sized first = new Sized(10);
        Sized second = new Sized(11);
        kept.now(whole).release();
        kept.bodies.get(Kept.part(first)).join().release();
        kept.bodies.get(Kept.part(second)).join().release();
        for (int i = 0; i < Bodies.MAX_BODIES - 2; i++) {
            kept.bodies.get(Kept.part(new Sized(100 + i))).join().release();
        }
        kept.bodies.get(Kept.part(second)).join().release();
        assertThat(second.made()).hasValue(1);
        kept.bodies.get(Kept.part(first)).join().release();
        assertThat(first.made()).hasValue(2);
        kept.now(whole).release();
        assertThat(whole.made()).hasValue(1);
    }
}
