package org.decoymx.feed;

import static io.netty.handler.codec.http.HttpResponseStatus.GONE;
import static io.netty.handler.codec.http.HttpResponseStatus.INSUFFICIENT_STORAGE;
import static io.netty.handler.codec.http.HttpResponseStatus.INTERNAL_SERVER_ERROR;
import static io.netty.handler.codec.http.HttpResponseStatus.NOT_MODIFIED;
import static io.netty.handler.codec.http.HttpResponseStatus.SERVICE_UNAVAILABLE;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.impl.BufferImpl;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import org.decoymx.feed.FeedCache.FeedCacheKey;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Sends bodies, with the validators that mail software asks by. One that is made is sent at once; for one that is not the
 * reader waits, and the event loop does not.
 */
@Singleton
final class FeedResponder {
    private static final Logger LOG = Logger.getLogger(FeedResponder.class);
    private static final CharSequence ZSTD = HttpHeaders.createOptimized("application/zstd");
    private static final CharSequence ACCEPT_ENCODING = HttpHeaders.createOptimized("Accept-Encoding");

    private final FeedCache cache;
    private final HttpDateHeaders dateHeaders;

    FeedResponder(FeedCache bodies, HttpDateHeaders dates) {
        this.cache = bodies;
        this.dateHeaders = dates;
    }

    /** Sends a part, in the coding that the reader likes best. */
    void respond(RoutingContext context, Renderable part, FeedFilter selection) {
        ContentCoding coding = ContentCoding.negotiate(context.request().getHeader(HttpHeaderNames.ACCEPT_ENCODING));
        respond(context, new FeedCacheKey(part, selection, coding), false);
    }

    /** Sends a body as a compressed file, whatever the reader accepts. */
    void respondWithFile(RoutingContext context, FeedCacheKey wanted) {
        respond(context, wanted, true);
    }

    private void respond(RoutingContext context, FeedCacheKey wanted, boolean asFile) {
        fetchBody(context, wanted, (body, failure) -> {
            if (body == null) {
                toProblem(failure).send(context);
            } else {
                sendBody(context, wanted, asFile, body);
            }
        });
    }

    /** Hands over a body, or why there is none, on the reader's own event loop. */
    void fetchBody(
            RoutingContext context, FeedCacheKey wanted, BiConsumer<@Nullable CachedBody, @Nullable Throwable> then) {
        CompletableFuture<CachedBody> future;
        try {
            future = cache.acquire(wanted);
        } catch (RejectedExecutionException | NdjsonChanges.VersionUnavailableException e) {
            then.accept(null, e);
            return;
        }
        CompletionStage<CachedBody> stage = future;
        if (future.isDone()) {
            stage.whenComplete(then);
        } else {
            Context loop = context.vertx().getOrCreateContext();
            stage.whenComplete((body, failure) -> loop.runOnContext(on -> then.accept(body, failure)));
        }
    }

    /** Why a body could not be made. */
    static HttpProblem toProblem(@Nullable Throwable failure) {
        if (failure instanceof MemoryBudget.FeedTooLargeException) {
            return new HttpProblem(INSUFFICIENT_STORAGE, String.valueOf(failure.getMessage()));
        }
        if (failure instanceof NdjsonChanges.VersionUnavailableException) {
            return new HttpProblem(GONE, String.valueOf(failure.getMessage()))
                    .withHeader("Link", "</feeds/plain>; rel=\"alternate\"");
        }
        if (failure instanceof RejectedExecutionException) {
            return new HttpProblem(SERVICE_UNAVAILABLE, "Too much is being made of the list; ask again")
                    .withHeader("Retry-After", "5");
        }
        LOG.error("a feed cannot be made", failure);
        return new HttpProblem(INTERNAL_SERVER_ERROR, "This feed cannot be made; the decoy's log says why");
    }

    private void sendBody(RoutingContext context, FeedCacheKey wanted, boolean asFile, CachedBody body) {
        HttpServerRequest request = context.request();
        HttpServerResponse response = context.response();
        Runnable cut = PipelineLimiter.connectionCloser(request);
        body.addReader(cut);
        if (response.closed()) {
            body.removeReader(cut);
            return;
        }
        MultiMap headers = response.headers();
        putCacheHeaders(headers, body, wanted.renderable(), asFile);
        Future<Void> sent;
        if (ConditionalRequest.isNotModified(request.headers(), body)) {
            sent = response.setStatusCode(NOT_MODIFIED.code()).end();
        } else {
            headers.set(
                    HttpHeaderNames.CONTENT_TYPE,
                    asFile ? ZSTD : wanted.renderable().mediaType());
            headers.set(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(body.length()));
            if (!asFile && wanted.coding() != ContentCoding.IDENTITY) {
                headers.set(HttpHeaderNames.CONTENT_ENCODING, wanted.coding().token());
            }
            boolean isHead = request.method().equals(HttpMethod.HEAD);
            sent = isHead ? response.end() : response.end(BufferImpl.buffer(body.content()));
        }
        sent.onComplete(over -> body.removeReader(cut));
    }

    /** Changes are for now: what a cache kept of them would lag behind. */
    private void putCacheHeaders(MultiMap headers, CachedBody body, Renderable part, boolean asFile) {
        HttpDateHeaders.FormattedSecond now = dateHeaders.currentSecond();
        headers.set(HttpHeaderNames.DATE, now.date());
        if (part.isLarge()) {
            headers.set(HttpHeaderNames.EXPIRES, now.expires());
            headers.set(HttpHeaderNames.CACHE_CONTROL, dateHeaders.cacheControl());
        } else {
            headers.set(HttpHeaderNames.CACHE_CONTROL, "no-cache");
        }
        headers.set(HttpHeaderNames.LAST_MODIFIED, body.lastModifiedHeader());
        headers.set(HttpHeaderNames.ETAG, body.etagHeader());
        if (!asFile) {
            headers.set(HttpHeaderNames.VARY, ACCEPT_ENCODING);
        }
    }
}
