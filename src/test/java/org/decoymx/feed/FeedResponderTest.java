package org.decoymx.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import org.decoymx.blocklist.TierFilter;
import org.decoymx.feed.FeedCacheFixture.FixedSizeRenderable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeedResponderTest {
    private static FeedResponder responder(FeedCacheFixture fixture, MutableClock clock) {
        return new FeedResponder(fixture.cache, clock, Duration.ofSeconds(60), new FeedReaders());
    }

    private static MultiMap cacheHeaders(FeedResponder responder, Renderable renderable, Instant modifiedAt) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        CachedBody body = new CachedBody(
                Unpooled.EMPTY_BUFFER, 0, modifiedAt.getEpochSecond(), "\"x\"", modifiedAt, deallocated -> {});
        responder.putCacheHeaders(headers, body, renderable, false);
        return headers;
    }

    @Test
    void dayOfMonth_hasTwoDigits() {
        FeedCacheFixture fixture = new FeedCacheFixture();
        FeedResponder responder = responder(fixture, fixture.clock);
        assertThat(cacheHeaders(responder, LineFormats.plain(), Instant.parse("2026-11-05T08:09:07Z"))
                        .get("Last-Modified"))
                .isEqualTo("Thu, 05 Nov 2026 08:09:07 GMT");
    }

    @Test
    void headers_areFormattedAgain_inNextSecond() {
        MutableClock clock = new MutableClock(Instant.parse("2026-12-31T23:59:59.999Z"));
        FeedResponder responder = responder(new FeedCacheFixture(), clock);
        assertThat(cacheHeaders(responder, LineFormats.plain(), clock.instant()).get("Date"))
                .isEqualTo("Thu, 31 Dec 2026 23:59:59 GMT");
        clock.advance(Duration.ofMillis(1));
        MultiMap headers = cacheHeaders(responder, LineFormats.plain(), clock.instant());
        assertThat(headers.get("Date")).isEqualTo("Fri, 01 Jan 2027 00:00:00 GMT");
        assertThat(headers.get("Expires")).isEqualTo("Fri, 01 Jan 2027 00:01:00 GMT");
        assertThat(headers.get("Cache-Control")).isEqualTo("max-age=60");
    }

    @Test
    void changes_areNotCached_withoutRevalidation() {
        MutableClock clock = new MutableClock(Instant.parse("2026-11-05T08:09:07Z"));
        FeedResponder responder = responder(new FeedCacheFixture(), clock);
        MultiMap headers = cacheHeaders(responder, new NdjsonChanges(0), clock.instant());
        assertThat(headers.get("Cache-Control")).isEqualTo("no-cache");
        assertThat(headers.contains("Expires")).isFalse();
    }

    /** The failure is known when the request arrives, or only after the event loop has done other work. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void tooLargeFeed_returnsProblem_withAdvice(boolean rendersLater) throws Exception {
        FeedCacheFixture fixture = new FeedCacheFixture();
        fixture.holdTasks(rendersLater);
        FeedResponder responder = responder(fixture, fixture.clock);
        Vertx vertx = Vertx.vertx();
        try {
            Router router = Router.router(vertx);
            router.route().handler(context -> {
                responder.respond(
                        context,
                        new FixedSizeRenderable(2 * (int) FeedCacheFixture.BUDGET_BYTES),
                        FeedFilter.of(TierFilter.ALL));
                vertx.runOnContext(on -> fixture.runHeldTasks());
            });
            HttpServer server = vertx.createHttpServer().requestHandler(router);
            int port = await(server.listen(0, "127.0.0.1")).actualPort();
            HttpResponse<String> response = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(507);
            assertThat(response.body()).contains("2 MB", "--compressed");
        } finally {
            await(vertx.close());
        }
    }

    private static <T> T await(Future<T> future) {
        return future.toCompletionStage().toCompletableFuture().join();
    }
}
