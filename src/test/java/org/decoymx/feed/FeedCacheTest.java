package org.decoymx.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.decoymx.blocklist.TierFilter;
import org.decoymx.feed.FeedCache.FeedCacheKey;
import org.decoymx.feed.FeedCacheFixture.FixedSizeRenderable;
import org.decoymx.feed.FeedFilter.FamilyFilter;
import org.decoymx.policy.Tier;
import org.junit.jupiter.api.Test;

class FeedCacheTest {
    private static final AtomicInteger RENDER_COUNT = new AtomicInteger();

    private final FeedCacheFixture fixture = new FeedCacheFixture();

    private static String text(CachedBody body) {
        return body.content().toString(StandardCharsets.UTF_8);
    }

    private void awaitUsedBytes(long min, long max) {
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(fixture.budget.usedBytes()).isBetween(min, max));
    }

    @Test
    void body_isRenderedOncePerVersion_andShared() {
        FixedSizeRenderable renderable = new FixedSizeRenderable(100);
        CachedBody body = fixture.acquireNow(renderable);
        assertThat(fixture.acquireNow(renderable)).isSameAs(body);
        assertThat(renderable.renderCount()).hasValue(1);
        assertThat(body.refCnt()).as("references of both readers and the cache").isEqualTo(3);

        fixture.listAnotherSender();

        assertThat(fixture.acquireNow(renderable)).isNotSameAs(body);
        assertThat(renderable.renderCount()).hasValue(2);
        assertThat(body.refCnt()).isEqualTo(2);
    }

    @Test
    void changedBlocklist_changesEntityTag_andModificationTime() {
        CachedBody before = fixture.acquireNow(LineFormats.plain());
        fixture.listAnotherSender();
        CachedBody after = fixture.acquireNow(LineFormats.plain());
        assertThat(after.etag()).isNotEqualTo(before.etag());
        assertThat(after.modifiedAt()).isEqualTo(before.modifiedAt().plusSeconds(1));
        assertThat(text(before)).endsWith("entries 0\n");
        assertThat(text(after)).endsWith("entries 1\n192.0.2.0\n");
    }

    /** A firewall that reads the confirmed gets a 304 while only suspects change. */
    @Test
    void changedSuspects_keepEntityTagAndModificationTime_ofTheConfirmed() {
        FeedCacheKey key = new FeedCacheKey(LineFormats.pf(), FeedFilter.of(TierFilter.CONFIRMED), ContentCoding.GZIP);
        fixture.listAnotherSender(Tier.CONFIRMED);
        CachedBody before = fixture.cache.acquire(key).join();
        fixture.listAnotherSender();
        fixture.listAnotherSender();
        CachedBody after = fixture.cache.acquire(key).join();
        assertThat(after).isNotSameAs(before);
        assertThat(after.etag()).isEqualTo(before.etag());
        assertThat(after.lastModified()).isEqualTo(before.lastModified());

        fixture.listAnotherSender(Tier.CONFIRMED);
        CachedBody next = fixture.cache.acquire(key).join();
        assertThat(next.etag()).isNotEqualTo(after.etag());
        assertThat(next.modifiedAt()).isEqualTo(fixture.clock.instant());
    }

    /** The list of a tier is not a part of a feed that anybody may ask for and that may be rejected. */
    @Test
    void eachTier_isAFullFeed() {
        for (TierFilter tier : TierFilter.values()) {
            FeedCacheKey key = new FeedCacheKey(LineFormats.pf(), FeedFilter.of(tier), ContentCoding.IDENTITY);
            assertThat(key.isFullFeed()).isTrue();
            assertThat(fixture.cache.acquire(key)).isCompleted();
        }
    }

    @Test
    void entityTag_isDigestOfContent() throws Exception {
        CachedBody body = fixture.acquireNow(LineFormats.plain());
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(text(body).getBytes(StandardCharsets.UTF_8));
        assertThat(body.etag()).isEqualTo('"' + HexFormat.of().formatHex(digest, 0, 16) + '"');
    }

    @Test
    void content_isDirectMemory_andFreedAfterLastReader() {
        CachedBody body = fixture.acquireNow(new FixedSizeRenderable(300_000));
        assertThat(body.content().isDirect()).isTrue();
        assertThat(body.content().readableBytes()).isEqualTo(300_000);
        Runnable disconnect = () -> {};
        body.addReader(disconnect);
        fixture.listAnotherSender();
        fixture.acquireNow(new FixedSizeRenderable(10));
        awaitUsedBytes(300_000, 700_000);

        body.removeReader(disconnect);

        awaitUsedBytes(1, 10_000);
        body.removeReader(disconnect);
        assertThat(body.refCnt()).as("the reference is released once").isZero();
    }

    @Test
    void waitingReader_getsNewVersion_whenListChangesBeforeRendering() {
        Renderable plain = LineFormats.plain();
        fixture.holdTasks(true);
        CompletableFuture<CachedBody> first = fixture.cache.acquire(FeedCacheFixture.fullFeedKey(plain));
        fixture.listAnotherSender();
        CompletableFuture<CachedBody> second = fixture.cache.acquire(FeedCacheFixture.fullFeedKey(plain));
        assertThat(first).isNotDone();

        fixture.runHeldTasks();

        assertThat(text(first.join())).endsWith("192.0.2.0\n");
        assertThat(second.join()).isSameAs(first.join());
    }

    /** Changes the blocklist while it is rendered, and requests a feed of the new version. */
    private record ListingChangingRenderable(FeedCacheFixture fixture) implements Renderable {
        @Override
        public String mediaType() {
            return FeedFormat.TEXT_PLAIN;
        }

        @Override
        public void render(FeedView view, FeedWriter writer) {
            fixture.listAnotherSender();
            assertThat(fixture.cache.acquire(FeedCacheFixture.fullFeedKey(LineFormats.plain())))
                    .isNotDone();
            writer.append("entries: " + view.size());
        }
    }

    @Test
    void waitingReader_getsOldVersion_whenListChangesWhileRendering() {
        fixture.holdTasks(true);
        CompletableFuture<CachedBody> waiting =
                fixture.cache.acquire(FeedCacheFixture.fullFeedKey(new ListingChangingRenderable(fixture)));

        fixture.runHeldTasks();

        assertThat(text(waiting.join())).isEqualTo("entries: 0");
        assertThat(waiting.join().refCnt())
                .as("only the reference of the reader")
                .isEqualTo(1);
    }

    @Test
    void concurrentReaders_waitForSameRendering() {
        fixture.holdTasks(true);
        FixedSizeRenderable renderable = new FixedSizeRenderable(10);
        CompletableFuture<CachedBody> first = fixture.cache.acquire(FeedCacheFixture.fullFeedKey(renderable));
        CompletableFuture<CachedBody> second = fixture.cache.acquire(FeedCacheFixture.fullFeedKey(renderable));
        fixture.runHeldTasks();
        assertThat(first.join()).isSameAs(second.join());
        assertThat(renderable.renderCount()).hasValue(1);
    }

    /** Otherwise anybody could fill the heap with tasks. */
    @Test
    void waitingBody_isNotQueuedAgain_andTooManyAreRejected() {
        fixture.holdTasks(true);
        int rejected = 0;
        for (int i = 0; i < 10 * FeedCache.MAX_BODIES; i++) {
            FixedSizeRenderable renderable =
                    new FixedSizeRenderable(i % (2 * FeedCache.MAX_BODIES), RENDER_COUNT, Duration.ofMinutes(1));
            try {
                assertThat(fixture.cache.acquire(FeedCacheFixture.fullFeedKey(renderable)))
                        .isNotDone();
            } catch (RejectedExecutionException e) {
                rejected++;
            }
            fixture.clock.advance(Duration.ofSeconds(1));
        }
        assertThat(fixture.heldTasks).hasSize(FeedCache.MAX_BODIES);
        assertThat(rejected).isEqualTo(5 * FeedCache.MAX_BODIES);
        fixture.runHeldTasks();
        assertThat(fixture.cache.acquire(FeedCacheFixture.fullFeedKey(LineFormats.plain())))
                .isNotDone();
    }

    @Test
    void fullFeed_isQueued_whenPartsFillTheCache() {
        fixture.holdTasks(true);
        for (int i = 0; i < FeedCache.MAX_BODIES; i++) {
            assertThat(fixture.cache.acquire(FeedCacheFixture.filteredKey(new FixedSizeRenderable(i))))
                    .isNotDone();
        }
        FeedCacheKey next = FeedCacheFixture.filteredKey(LineFormats.plain());
        assertThatThrownBy(() -> fixture.cache.acquire(next)).isInstanceOf(RejectedExecutionException.class);
        CompletableFuture<CachedBody> full = fixture.cache.acquire(FeedCacheFixture.fullFeedKey(LineFormats.plain()));

        fixture.runHeldTasks();

        assertThat(full).isCompleted();
    }

    @Test
    void timeDependentBody_isRenderedAgain_whenNotFresh() {
        FixedSizeRenderable renderable = new FixedSizeRenderable(10, new AtomicInteger(), Duration.ofMinutes(1));
        CachedBody body = fixture.acquireNow(renderable);
        fixture.clock.advance(Duration.ofSeconds(59));
        assertThat(fixture.acquireNow(renderable)).isSameAs(body);
        fixture.clock.advance(Duration.ofSeconds(1));
        CachedBody next = fixture.acquireNow(renderable);
        assertThat(next).isNotSameAs(body);
        assertThat(next.modifiedAt()).isEqualTo(body.modifiedAt().plusSeconds(60));
    }

    @Test
    void filteredFeed_mayBeRejected_andChangesUseOwnExecutor() {
        fixture.rejectParts();
        FeedFilter ipv4Only = FeedFilter.of(FamilyFilter.V4, TierFilter.ALL);
        FeedFilter minPoints = new FeedFilter(FamilyFilter.BOTH, TierFilter.ALL, 20, false);
        FeedCacheKey filteredFeed = new FeedCacheKey(LineFormats.plain(), minPoints, ContentCoding.IDENTITY);
        for (FeedCacheKey part : List.of(filteredFeed, FeedCacheFixture.filteredKey(LineFormats.plain()))) {
            assertThatThrownBy(() -> fixture.cache.acquire(part)).isInstanceOf(RejectedExecutionException.class);
        }
        fixture.listAnotherSender();
        long since = FixedFeedView.LISTED_AT.getEpochSecond();
        FeedCacheKey changes = new FeedCacheKey(new NdjsonChanges(since), ipv4Only, ContentCoding.IDENTITY);
        assertThat(text(fixture.cache.acquire(changes).join())).isEqualTo("""
                {"op":"add","ip":"192.0.2.0"}
                {"op":"version","version":%d}
                """.formatted(since + 1));
    }

    @Test
    void unavailableChanges_failAtOnce_andEvictNothing() {
        FixedSizeRenderable renderable = new FixedSizeRenderable(10);
        fixture.cache.acquire(FeedCacheFixture.filteredKey(renderable)).join().release();
        for (int i = 0; i < 2 * FeedCache.MAX_BODIES; i++) {
            FeedCacheKey unavailable = FeedCacheFixture.fullFeedKey(new NdjsonChanges(i));
            assertThatThrownBy(() -> fixture.cache.acquire(unavailable))
                    .isInstanceOf(NdjsonChanges.VersionUnavailableException.class);
        }
        fixture.cache.acquire(FeedCacheFixture.filteredKey(renderable)).join().release();
        assertThat(renderable.renderCount()).hasValue(1);
    }

    @Test
    void everyFeedAndFile_isRenderedOncePerVersion() {
        FormatRegistry formatRegistry = new FormatRegistry(FeedFormats.ALL);
        for (FeedFormat format : FeedFormats.ALL) {
            for (String path : format.files().keySet()) {
                String file = format.name() + "/" + path;
                assertThat(fixture.acquireNow(formatRegistry.findByPath(file).orElseThrow()))
                        .as(file)
                        .isSameAs(fixture.acquireNow(
                                formatRegistry.findByPath(file).orElseThrow()));
            }
            assertThat(fixture.acquireNow(
                            formatRegistry.findByPath(format.name()).orElseThrow()))
                    .as(format.name())
                    .isSameAs(fixture.acquireNow(
                            formatRegistry.findByPath(format.name()).orElseThrow()));
        }
    }
}
