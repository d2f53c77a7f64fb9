package org.decoymx.feed;

import static io.netty.handler.codec.http.HttpResponseStatus.GONE;
import static io.netty.handler.codec.http.HttpResponseStatus.INSUFFICIENT_STORAGE;
import static io.netty.handler.codec.http.HttpResponseStatus.INTERNAL_SERVER_ERROR;
import static io.netty.handler.codec.http.HttpResponseStatus.NOT_MODIFIED;
import static io.netty.handler.codec.http.HttpResponseStatus.SERVICE_UNAVAILABLE;

import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import org.decoymx.feed.FeedCache.FeedCacheKey;
import org.decoymx.net.VertxInternals;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Sends cached bodies with validators and caching headers, and answers conditional requests. A cached body is sent at
 * once. Otherwise the response is sent when the body is rendered, without blocking the event loop.
 */
final class FeedResponder {
    private static final Logger LOG = Logger.getLogger(FeedResponder.class);
    private static final CharSequence ZSTD = HttpHeaders.createOptimized("application/zstd");
    private static final CharSequence ACCEPT_ENCODING = HttpHeaders.createOptimized("Accept-Encoding");

    /**
     * The number of octets after decompression. It tells a client that a decoy answers, and no login page in between,
     * and that the body is complete.
     */
    private static final CharSequence LENGTH = HttpHeaders.createOptimized("X-Decoymx-Length");

    private final FeedCache cache;
    private final Clock clock;
    private final Duration maxAge;
    private final FeedReaders readers;

    /**
     * @param maxAge how long a client may cache a response
     * @param readers records who fetches what
     */
    FeedResponder(FeedCache cache, Clock clock, Duration maxAge, FeedReaders readers) {
        this.readers = readers;
        this.cache = cache;
        this.clock = clock;
        this.maxAge = maxAge;
    }

    /** Sends a body in the content coding that the client prefers. */
    void respond(RoutingContext context, Renderable renderable, FeedFilter filter) {
        ContentCoding coding = ContentCoding.negotiate(context.request().getHeader(HttpHeaderNames.ACCEPT_ENCODING));
        respond(context, new FeedCacheKey(renderable, filter, coding), false);
    }

    /** Sends a body as a Zstandard file, regardless of Accept-Encoding. */
    void respondWithFile(RoutingContext context, FeedCacheKey key) {
        respond(context, key, true);
    }

    private void respond(RoutingContext context, FeedCacheKey key, boolean asFile) {
        fetchBody(context, key, (body, failure) -> {
            if (body == null) {
                toProblem(failure).send(context);
            } else {
                sendBody(context, key, asFile, body);
            }
        });
    }

    /** Passes the body or the failure to the callback, on the event loop of the request. */
    void fetchBody(
            RoutingContext context, FeedCacheKey key, BiConsumer<@Nullable CachedBody, @Nullable Throwable> callback) {
        CompletableFuture<CachedBody> future;
        try {
            future = cache.acquire(key);
        } catch (RejectedExecutionException | NdjsonChanges.VersionUnavailableException e) {
            callback.accept(null, e);
            return;
        }
        Context loop = context.vertx().getOrCreateContext();
        Executor executor = future.isDone() ? Runnable::run : task -> loop.runOnContext(on -> task.run());
        CompletionStage<CachedBody> stage = future;
        stage.whenCompleteAsync(
                (body, failure) -> callback.accept(body, failure == null ? null : failure.getCause()), executor);
    }

    /** Maps the failure to get a body to an HTTP error. */
    static HttpProblem toProblem(@Nullable Throwable failure) {
        if (failure instanceof MemoryBudget.FeedTooLargeException) {
            return new HttpProblem(INSUFFICIENT_STORAGE, String.valueOf(failure.getMessage()));
        }
        if (failure instanceof NdjsonChanges.VersionUnavailableException unavailable) {
            return new HttpProblem(GONE, String.valueOf(failure.getMessage()))
                    .withHeader("Link", "<" + unavailable.url() + ">; rel=\"alternate\"");
        }
        if (failure instanceof RejectedExecutionException) {
            return new HttpProblem(SERVICE_UNAVAILABLE, "Too many feeds are being rendered; try again later")
                    .withHeader("Retry-After", "5");
        }
        LOG.error("Failed to render a feed", failure);
        return new HttpProblem(INTERNAL_SERVER_ERROR, "Failed to render this feed; see the log of the decoy");
    }

    /** Records that a feed was sent. */
    void recordReader(RoutingContext context, String feed) {
        readers.record(context.request(), feed, context.response().getStatusCode(), clock.instant());
    }

    private void sendBody(RoutingContext context, FeedCacheKey key, boolean asFile, CachedBody body) {
        HttpServerRequest request = context.request();
        HttpServerResponse response = context.response();
        Runnable disconnect = () -> VertxInternals.abort(request.connection());
        body.addReader(disconnect);
        if (response.closed()) {
            body.removeReader(disconnect);
            return;
        }
        MultiMap headers = response.headers();
        putCacheHeaders(headers, body, key.renderable(), asFile);
        headers.set(LENGTH, Long.toString(asFile ? body.content().readableBytes() : body.length()));
        Future<Void> sent;
        if (ConditionalRequest.isNotModified(request.headers(), body.etag(), body.modifiedAt())) {
            sent = response.setStatusCode(NOT_MODIFIED.code()).end();
        } else {
            headers.set(
                    HttpHeaderNames.CONTENT_TYPE,
                    asFile ? ZSTD : key.renderable().mediaType());
            headers.set(
                    HttpHeaderNames.CONTENT_LENGTH,
                    Integer.toString(body.content().readableBytes()));
            if (!asFile && key.coding() != ContentCoding.IDENTITY) {
                headers.set(HttpHeaderNames.CONTENT_ENCODING, key.coding().token());
            }
            boolean isHead = request.method().equals(HttpMethod.HEAD);
            sent = isHead ? response.end() : response.end(body.toBuffer());
        }
        sent.onComplete(done -> body.removeReader(disconnect));
        recordReader(context, key.renderable().name());
    }

    /** Changes are sent with no-cache, because a client that polls them needs the current version. */
    void putCacheHeaders(MultiMap headers, CachedBody body, Renderable renderable, boolean asFile) {
        Instant now = clock.instant();
        headers.set(HttpHeaderNames.DATE, DateFormatter.format(Date.from(now)));
        if (renderable.isLarge()) {
            headers.set(HttpHeaderNames.EXPIRES, DateFormatter.format(Date.from(now.plus(maxAge))));
            headers.set(HttpHeaderNames.CACHE_CONTROL, "max-age=" + maxAge.toSeconds());
        } else {
            headers.set(HttpHeaderNames.CACHE_CONTROL, "no-cache");
        }
        headers.set(HttpHeaderNames.LAST_MODIFIED, body.lastModified());
        headers.set(HttpHeaderNames.ETAG, body.etag());
        if (!asFile) {
            headers.set(HttpHeaderNames.VARY, ACCEPT_ENCODING);
        }
    }
}
