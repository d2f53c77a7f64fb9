package org.decoymx.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.decoymx.feed.Bodies.Wanted;
import org.decoymx.feed.Selection.Family;
import org.junit.jupiter.api.Test;

class BodiesTest {
    private final Kept kept = new Kept();

    /**
     * A part of so many octets.
     *
     * @param made counts how often it was made
     */
    private record Sized(int octets, AtomicInteger made, Duration fresh) implements Part {
        Sized(int octets) {
            this(octets, new AtomicInteger(), Duration.ofSeconds(Long.MAX_VALUE));
        }

        @Override
        public String mediaType() {
            return Format.TEXT;
        }

        @Override
        public void render(Contents contents, Lines lines) {
            made.incrementAndGet();
            lines.add("x".repeat(octets));
        }
    }

    private static String text(Body body) {
        return body.octets().toString(StandardCharsets.UTF_8);
    }

    private void awaitTaken(long least, long most) {
        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(kept.budget.taken()).isBetween(least, most));
    }

    @Test
    void body_isMadeOnceAVersion_andSharedByAllReaders() {
        Sized part = new Sized(100);
        Body body = kept.now(part);
        assertThat(kept.now(part)).isSameAs(body);
        assertThat(part.made()).hasValue(1);
        assertThat(body.refCnt()).as("the readers' shares and the cache's").isEqualTo(3);

        kept.change();

        assertThat(kept.now(part)).isNotSameAs(body);
        assertThat(part.made()).hasValue(2);
        assertThat(body.refCnt()).isEqualTo(2);
    }

    @Test
    void change_givesAnotherTag_andALaterSecond() {
        Body before = kept.now(new PlainFormat());
        kept.change();
        Body after = kept.now(new PlainFormat());
        assertThat(after.tag()).isNotEqualTo(before.tag());
        assertThat(after.modified()).isEqualTo(before.modified().plusSeconds(1));
        assertThat(text(before)).endsWith("entries 0\n");
        assertThat(text(after)).endsWith("entries 1\n192.0.2.0\n");
    }

    @Test
    void tag_isADigestOfTheOctets() throws Exception {
        Body body = kept.now(new PlainFormat());
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(text(body).getBytes(StandardCharsets.UTF_8));
        assertThat(body.tag()).isEqualTo(HexFormat.of().formatHex(digest, 0, 16));
        assertThat(body.quotedTag()).isEqualTo('"' + body.tag() + '"');
    }

    @Test
    void octets_areOffTheHeap_andGivenBackWithTheLastReader() {
        Body body = kept.now(new Sized(300_000));
        assertThat(body.octets().isDirect()).isTrue();
        assertThat(body.length()).isEqualTo(300_000);
        Runnable cut = () -> {};
        body.enter(cut);
        kept.change();
        kept.now(new Sized(10));
        awaitTaken(300_000, 700_000);

        body.leave(cut);

        awaitTaken(1, 10_000);
        body.leave(cut);
        assertThat(body.refCnt()).as("a share is given back once").isZero();
    }

    @Test
    void readerWhoWaits_isServed_thoughTheListChangesMeanwhile() {
        kept.holdBack(true);
        CompletableFuture<Body> first = kept.bodies.get(Kept.whole(new PlainFormat()));
        kept.change();
        CompletableFuture<Body> second = kept.bodies.get(Kept.whole(new PlainFormat()));
        assertThat(first).isNotDone();

        kept.heldBack.forEach(Runnable::run);

        assertThat(text(first.join())).endsWith("entries 0\n");
        assertThat(text(second.join())).endsWith("192.0.2.0\n");
        assertThat(first.join().refCnt()).as("the reader's share alone").isEqualTo(1);
    }

    @Test
    void readersWhoComeWhileItIsMade_waitForTheSame() {
        kept.holdBack(true);
        Sized part = new Sized(10);
        CompletableFuture<Body> first = kept.bodies.get(Kept.whole(part));
        CompletableFuture<Body> second = kept.bodies.get(Kept.whole(part));
        kept.heldBack.forEach(Runnable::run);
        assertThat(first.join()).isSameAs(second.join());
        assertThat(part.made()).hasValue(1);
    }

    @Test
    void bodyThatIsTooLarge_fails_saysWhatToDo_andIsTriedAgainLater() {
        Sized part = new Sized(2 * (int) Kept.OCTETS);
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> kept.now(part))
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(Budget.TooLarge.class)
                    .hasMessageContaining("1 MB")
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
        Sized old = new Sized(300_000);
        Sized used = new Sized(300_000);
        for (Sized part : new Sized[] {old, used, old}) {
            kept.now(part).release();
        }

        kept.now(new Sized(300_000)).release();
        kept.now(old).release();

        assertThat(old.made()).hasValue(1);
        kept.now(used).release();
        assertThat(used.made()).hasValue(2);
        assertThat(kept.budget.taken()).isLessThanOrEqualTo(Kept.OCTETS);
    }

    @Test
    void readerOfAnOldBody_isCutOff_whenItsMemoryIsNeeded() {
        Body body = kept.now(new Sized(600_000));
        AtomicInteger cuts = new AtomicInteger();
        Runnable[] cut = new Runnable[1];
        cut[0] = () -> {
            cuts.incrementAndGet();
            body.leave(cut[0]);
        };
        body.enter(cut[0]);
        kept.change();

        kept.now(new Sized(600_000)).release();

        assertThat(cuts).hasValue(1);
        assertThat(body.refCnt()).isZero();
    }

    @Test
    void bodiesOfMoreThanAreKept_goInTheOrderTheyWereAskedFor() {
        Sized first = new Sized(10);
        Sized second = new Sized(11);
        kept.now(first).release();
        kept.now(second).release();
        for (int i = 0; i < Bodies.MAX_BODIES - 1; i++) {
            kept.now(new Sized(100 + i)).release();
        }
        kept.now(second).release();
        assertThat(second.made()).hasValue(1);
        kept.now(first).release();
        assertThat(first.made()).hasValue(2);
    }

    @Test
    void bodyWithThePresentTimeInIt_isMadeAgain_whenItIsNoLongerFresh() {
        Sized part = new Sized(10, new AtomicInteger(), Duration.ofMinutes(1));
        Body body = kept.now(part);
        kept.clock.add(Duration.ofSeconds(59));
        assertThat(kept.now(part)).isSameAs(body);
        kept.clock.add(Duration.ofSeconds(1));
        Body next = kept.now(part);
        assertThat(next).isNotSameAs(body);
        assertThat(next.modified()).isEqualTo(body.modified().plusSeconds(60));
    }

    @Test
    void selections_areMadeApart_andMayBeRefused() {
        Selection four = Selection.of(Family.V4);
        assertThatThrownBy(() -> kept.bodies.get(new Wanted(new PlainFormat(), four, Coding.IDENTITY)))
                .isInstanceOf(RejectedExecutionException.class);
        kept.change();
        long since = Given.T.getEpochSecond();
        Wanted changes = new Wanted(new ChangesPart(since), four, Coding.IDENTITY);
        assertThat(text(kept.bodies.get(changes).join())).isEqualTo("""
                {"op":"add","ip":"192.0.2.0"}
                {"op":"version","version":%d}
                """.formatted(since + 1));
    }

    @Test
    void partThatFails_failsForWhoeverAsks() {
        assertThatThrownBy(() -> kept.now(new ChangesPart(1))).hasCauseInstanceOf(ChangesPart.Gone.class);
    }
}
