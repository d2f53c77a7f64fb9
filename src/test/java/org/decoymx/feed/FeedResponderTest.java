package org.decoymx.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class FeedResponderTest {
    private static MultiMap cacheHeaders(FeedResponder responder, Renderable renderable, Instant modifiedAt) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        CachedBody body =
                new CachedBody(Unpooled.EMPTY_BUFFER, modifiedAt.getEpochSecond(), modifiedAt, deallocated -> {});
        responder.putCacheHeaders(headers, body, renderable, false);
        return headers;
    }

    @Test
    void dayOfMonth_hasTwoDigits() {
        FeedCacheFixture fixture = new FeedCacheFixture();
        FeedResponder responder = new FeedResponder(fixture.cache, fixture.clock, Duration.ofSeconds(60));
        assertThat(cacheHeaders(responder, new PlainFormat(), Instant.parse("2026-11-05T08:09:07Z"))
                        .get("Last-Modified"))
                .isEqualTo("Thu, 05 Nov 2026 08:09:07 GMT");
    }

    @Test
    void headers_areFormattedAgain_inNextSecond() {
        MutableClock clock = new MutableClock(Instant.parse("2026-12-31T23:59:59.999Z"));
        FeedResponder responder = new FeedResponder(new FeedCacheFixture().cache, clock, Duration.ofSeconds(60));
        assertThat(cacheHeaders(responder, new PlainFormat(), clock.instant()).get("Date"))
                .isEqualTo("Thu, 31 Dec 2026 23:59:59 GMT");
        clock.advance(Duration.ofMillis(1));
        MultiMap headers = cacheHeaders(responder, new PlainFormat(), clock.instant());
        assertThat(headers.get("Date")).isEqualTo("Fri, 01 Jan 2027 00:00:00 GMT");
        assertThat(headers.get("Expires")).isEqualTo("Fri, 01 Jan 2027 00:01:00 GMT");
        assertThat(headers.get("Cache-Control")).isEqualTo("max-age=60");
    }

    @Test
    void changes_areNotCached_withoutRevalidation() {
        MutableClock clock = new MutableClock(Instant.parse("2026-11-05T08:09:07Z"));
        FeedResponder responder = new FeedResponder(new FeedCacheFixture().cache, clock, Duration.ofSeconds(60));
        MultiMap headers = cacheHeaders(responder, new NdjsonChanges(0), clock.instant());
        assertThat(headers.get("Cache-Control")).isEqualTo("no-cache");
        assertThat(headers.contains("Expires")).isFalse();
    }
}
