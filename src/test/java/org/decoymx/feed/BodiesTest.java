package org.decoymx.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.decoymx.feed.Bodies.Wanted;
import org.decoymx.feed.Kept.Sized;
import org.decoymx.feed.Selection.Family;
import org.junit.jupiter.api.Test;

class BodiesTest {
    private final Kept kept = new Kept();

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
    void readerWhoWaits_isServedTheNewList_whenItChangesBeforeTheMakingBegins() {
        Part plain = new PlainFormat();
        kept.holdBack(true);
        CompletableFuture<Body> first = kept.bodies.get(Kept.whole(plain));
        kept.change();
        CompletableFuture<Body> second = kept.bodies.get(Kept.whole(plain));
        assertThat(first).isNotDone();

        kept.makeAll();

        assertThat(text(first.join())).endsWith("192.0.2.0\n");
        assertThat(second.join()).isSameAs(first.join());
    }

    /** Lets the list change while it is made, and others ask for the new one. */
    private record Changing(Kept kept) implements Part {
        @Override
        public String mediaType() {
            return Format.TEXT;
        }

        @Override
        public void render(Contents contents, Lines lines) {
            kept.change();
            assertThat(kept.bodies.get(Kept.whole(new PlainFormat()))).isNotDone();
            lines.add("made of " + contents.size());
        }
    }

    @Test
    void readerWhoWaits_isServedTheOldList_whenItChangesWhileItIsMade() {
        kept.holdBack(true);
        CompletableFuture<Body> waiting = kept.bodies.get(Kept.whole(new Changing(kept)));

        kept.makeAll();

        assertThat(text(waiting.join())).isEqualTo("made of 0");
        assertThat(waiting.join().refCnt()).as("the reader's share alone").isEqualTo(1);
    }

    @Test
    void readersWhoComeWhileItIsMade_waitForTheSame() {
        kept.holdBack(true);
        Sized part = new Sized(10);
        CompletableFuture<Body> first = kept.bodies.get(Kept.whole(part));
        CompletableFuture<Body> second = kept.bodies.get(Kept.whole(part));
        kept.makeAll();
        assertThat(first.join()).isSameAs(second.join());
        assertThat(part.made()).hasValue(1);
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
        Selection some = new Selection(Family.BOTH, 20, false);
        assertThatThrownBy(() -> kept.bodies.get(new Wanted(new PlainFormat(), some, Coding.IDENTITY)))
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
    void changesOfWhichNothingIsKnown_failAtOnce_andTakeNobodysPlace() {
        Sized part = new Sized(10);
        kept.bodies.get(Kept.part(part)).join().release();
        for (int i = 0; i < 2 * Bodies.MAX_BODIES; i++) {
            Wanted gone = Kept.whole(new ChangesPart(i));
            assertThatThrownBy(() -> kept.bodies.get(gone)).isInstanceOf(ChangesPart.Gone.class);
        }
        kept.bodies.get(Kept.part(part)).join().release();
        assertThat(part.made()).hasValue(1);
    }

    @Test
    void everyPartOfTheCatalogue_isMadeOnceAVersion() {
        Catalogue catalogue = new Catalogue(Formats.ALL);
        for (Format format : Formats.ALL) {
            for (String path : format.files().keySet()) {
                String file = format.name() + "/" + path;
                assertThat(kept.now(catalogue.find(file).orElseThrow()))
                        .as(file)
                        .isSameAs(kept.now(catalogue.find(file).orElseThrow()));
            }
            assertThat(kept.now(catalogue.find(format.name()).orElseThrow()))
                    .as(format.name())
                    .isSameAs(kept.now(catalogue.find(format.name()).orElseThrow()));
        }
    }
}
