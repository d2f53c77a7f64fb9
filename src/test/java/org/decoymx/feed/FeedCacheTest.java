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
import org.decoymx.feed.FeedCache.FeedCacheKey;
import org.decoymx.feed.FeedCacheFixture.FixedSizeRenderable;
import org.decoymx.feed.FeedFilter.FamilyFilter;
import org.junit.jupiter.api.Test;

class FeedCacheTest {
    private final FeedCacheFixture fixture = new FeedCacheFixture();

    private static String text(CachedBody body) {
        return body.content().toString(StandardCharsets.UTF_8);
    }

    private void awaitUsedBytes(long least, long most) {
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(fixture.budget.usedBytes()).isBetween(least, most));
    }

    @Test
    void body_isMadeOnceAVersion_andSharedByAllReaders() {
        FixedSizeRenderable part = new FixedSizeRenderable(100);
        CachedBody body = fixture.acquireNow(part);
        assertThat(fixture.acquireNow(part)).isSameAs(body);
        assertThat(part.renderCount()).hasValue(1);
        assertThat(body.refCnt()).as("the readers' shares and the cache's").isEqualTo(3);

        fixture.listAnotherSender();

        assertThat(fixture.acquireNow(part)).isNotSameAs(body);
        assertThat(part.renderCount()).hasValue(2);
        assertThat(body.refCnt()).isEqualTo(2);
    }

    @Test
    void change_givesAnotherTag_andALaterSecond() {
        CachedBody before = fixture.acquireNow(new PlainFormat());
        fixture.listAnotherSender();
        CachedBody after = fixture.acquireNow(new PlainFormat());
        assertThat(after.entityTag()).isNotEqualTo(before.entityTag());
        assertThat(after.modifiedAt()).isEqualTo(before.modifiedAt().plusSeconds(1));
        assertThat(text(before)).endsWith("entries 0\n");
        assertThat(text(after)).endsWith("entries 1\n192.0.2.0\n");
    }

    @Test
    void tag_isADigestOfTheOctets() throws Exception {
        CachedBody body = fixture.acquireNow(new PlainFormat());
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(text(body).getBytes(StandardCharsets.UTF_8));
        assertThat(body.entityTag()).isEqualTo(HexFormat.of().formatHex(digest, 0, 16));
        assertThat(body.etagHeader()).isEqualTo('"' + body.entityTag() + '"');
    }

    @Test
    void octets_areOffTheHeap_andGivenBackWithTheLastReader() {
        CachedBody body = fixture.acquireNow(new FixedSizeRenderable(300_000));
        assertThat(body.content().isDirect()).isTrue();
        assertThat(body.length()).isEqualTo(300_000);
        Runnable cut = () -> {};
        body.addReader(cut);
        fixture.listAnotherSender();
        fixture.acquireNow(new FixedSizeRenderable(10));
        awaitUsedBytes(300_000, 700_000);

        body.removeReader(cut);

        awaitUsedBytes(1, 10_000);
        body.removeReader(cut);
        assertThat(body.refCnt()).as("a share is given back once").isZero();
    }

    @Test
    void readerWhoWaits_isServedTheNewList_whenItChangesBeforeTheMakingBegins() {
        Renderable plain = new PlainFormat();
        fixture.holdTasks(true);
        CompletableFuture<CachedBody> first = fixture.cache.acquire(FeedCacheFixture.fullFeedKey(plain));
        fixture.listAnotherSender();
        CompletableFuture<CachedBody> second = fixture.cache.acquire(FeedCacheFixture.fullFeedKey(plain));
        assertThat(first).isNotDone();

        fixture.runHeldTasks();

        assertThat(text(first.join())).endsWith("192.0.2.0\n");
        assertThat(second.join()).isSameAs(first.join());
    }

    /** Lets the list change while it is made, and others ask for the new one. */
    private record ListingChangingRenderable(FeedCacheFixture fixture) implements Renderable {
        @Override
        public String mediaType() {
            return FeedFormat.TEXT_PLAIN;
        }

        @Override
        public void render(FeedView contents, FeedWriter lines) {
            fixture.listAnotherSender();
            assertThat(fixture.cache.acquire(FeedCacheFixture.fullFeedKey(new PlainFormat())))
                    .isNotDone();
            lines.append("made of " + contents.size());
        }
    }

    @Test
    void readerWhoWaits_isServedTheOldList_whenItChangesWhileItIsMade() {
        fixture.holdTasks(true);
        CompletableFuture<CachedBody> waiting =
                fixture.cache.acquire(FeedCacheFixture.fullFeedKey(new ListingChangingRenderable(fixture)));

        fixture.runHeldTasks();

        assertThat(text(waiting.join())).isEqualTo("made of 0");
        assertThat(waiting.join().refCnt()).as("the reader's share alone").isEqualTo(1);
    }

    @Test
    void readersWhoComeWhileItIsMade_waitForTheSame() {
        fixture.holdTasks(true);
        FixedSizeRenderable part = new FixedSizeRenderable(10);
        CompletableFuture<CachedBody> first = fixture.cache.acquire(FeedCacheFixture.fullFeedKey(part));
        CompletableFuture<CachedBody> second = fixture.cache.acquire(FeedCacheFixture.fullFeedKey(part));
        fixture.runHeldTasks();
        assertThat(first.join()).isSameAs(second.join());
        assertThat(part.renderCount()).hasValue(1);
    }

    @Test
    void bodyWithThePresentTimeInIt_isMadeAgain_whenItIsNoLongerFresh() {
        FixedSizeRenderable part = new FixedSizeRenderable(10, new AtomicInteger(), Duration.ofMinutes(1));
        CachedBody body = fixture.acquireNow(part);
        fixture.clock.advance(Duration.ofSeconds(59));
        assertThat(fixture.acquireNow(part)).isSameAs(body);
        fixture.clock.advance(Duration.ofSeconds(1));
        CachedBody next = fixture.acquireNow(part);
        assertThat(next).isNotSameAs(body);
        assertThat(next.modifiedAt()).isEqualTo(body.modifiedAt().plusSeconds(60));
    }

    @Test
    void selections_areMadeApart_andMayBeRefused() {
        FeedFilter four = FeedFilter.ofFamily(FamilyFilter.V4);
        FeedFilter some = new FeedFilter(FamilyFilter.BOTH, 20, false);
        assertThatThrownBy(
                        () -> fixture.cache.acquire(new FeedCacheKey(new PlainFormat(), some, ContentCoding.IDENTITY)))
                .isInstanceOf(RejectedExecutionException.class);
        fixture.listAnotherSender();
        long since = FixedFeedView.LISTED_AT.getEpochSecond();
        FeedCacheKey changes = new FeedCacheKey(new NdjsonChanges(since), four, ContentCoding.IDENTITY);
        assertThat(text(fixture.cache.acquire(changes).join())).isEqualTo("""
                {"op":"add","ip":"192.0.2.0"}
                {"op":"version","version":%d}
                """.formatted(since + 1));
    }

    @Test
    void changesOfWhichNothingIsKnown_failAtOnce_andTakeNobodysPlace() {
        FixedSizeRenderable part = new FixedSizeRenderable(10);
        fixture.cache.acquire(FeedCacheFixture.filteredKey(part)).join().release();
        for (int i = 0; i < 2 * FeedCache.MAX_BODIES; i++) {
            FeedCacheKey gone = FeedCacheFixture.fullFeedKey(new NdjsonChanges(i));
            assertThatThrownBy(() -> fixture.cache.acquire(gone))
                    .isInstanceOf(NdjsonChanges.VersionUnavailableException.class);
        }
        fixture.cache.acquire(FeedCacheFixture.filteredKey(part)).join().release();
        assertThat(part.renderCount()).hasValue(1);
    }

    @Test
    void everyPartOfTheCatalogue_isMadeOnceAVersion() {
        FormatRegistry catalogue = new FormatRegistry(FeedFormats.ALL);
        for (FeedFormat format : FeedFormats.ALL) {
            for (String path : format.files().keySet()) {
                String file = format.name() + "/" + path;
                assertThat(fixture.acquireNow(catalogue.findByPath(file).orElseThrow()))
                        .as(file)
                        .isSameAs(fixture.acquireNow(catalogue.findByPath(file).orElseThrow()));
            }
            assertThat(fixture.acquireNow(catalogue.findByPath(format.name()).orElseThrow()))
                    .as(format.name())
                    .isSameAs(fixture.acquireNow(
                            catalogue.findByPath(format.name()).orElseThrow()));
        }
    }
}
