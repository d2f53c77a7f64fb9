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
import org.decoymx.feed.Bodies.Wanted;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Sends bodies, with the validators that mail software asks by. One that is made is sent at once; for one that is not the
 * reader waits, and the event loop does not.
 */
@Singleton
final class Delivery {
    private static final Logger LOG = Logger.getLogger(Delivery.class);
    private static final CharSequence ZSTD = HttpHeaders.createOptimized("application/zstd");
    private static final CharSequence ACCEPT_ENCODING = HttpHeaders.createOptimized("Accept-Encoding");

    private final Bodies bodies;
    private final Dates dates;

    Delivery(Bodies bodies, Dates dates) {
        this.bodies = bodies;
        this.dates = dates;
    }

    /** Sends a part, in the coding that the reader likes best. */
    void deliver(RoutingContext context, Part part, Selection selection) {
        Coding coding = Coding.best(context.request().getHeader(HttpHeaderNames.ACCEPT_ENCODING));
        deliver(context, new Wanted(part, selection, coding), false);
    }

    /** Sends a body as a compressed file, whatever the reader accepts. */
    void deliverFile(RoutingContext context, Wanted wanted) {
        deliver(context, wanted, true);
    }

    private void deliver(RoutingContext context, Wanted wanted, boolean asFile) {
        await(context, wanted, (body, failure) -> {
            if (body == null) {
                refusal(failure).send(context);
            } else {
                send(context, wanted, asFile, body);
            }
        });
    }

    /** Hands over a body, or why there is none, on the reader's own event loop. */
    void await(RoutingContext context, Wanted wanted, BiConsumer<@Nullable Body, @Nullable Throwable> then) {
        CompletableFuture<Body> future;
        try {
            future = bodies.get(wanted);
        } catch (RejectedExecutionException | ChangesPart.Gone e) {
            then.accept(null, e);
            return;
        }
        CompletionStage<Body> stage = future;
        if (future.isDone()) {
            stage.whenComplete(then);
        } else {
            Context loop = context.vertx().getOrCreateContext();
            stage.whenComplete((body, failure) -> loop.runOnContext(on -> then.accept(body, failure)));
        }
    }

    /** Why a body could not be made. */
    static Refusal refusal(@Nullable Throwable failure) {
        if (failure instanceof Budget.TooLarge) {
            return new Refusal(INSUFFICIENT_STORAGE, String.valueOf(failure.getMessage()));
        }
        if (failure instanceof ChangesPart.Gone) {
            return new Refusal(GONE, String.valueOf(failure.getMessage()))
                    .with("Link", "</feeds/plain>; rel=\"alternate\"");
        }
        if (failure instanceof RejectedExecutionException) {
            return new Refusal(SERVICE_UNAVAILABLE, "Too much is being made of the list; ask again")
                    .with("Retry-After", "5");
        }
        LOG.error("a feed cannot be made", failure);
        return new Refusal(INTERNAL_SERVER_ERROR, "This feed cannot be made; the decoy's log says why");
    }

    private void send(RoutingContext context, Wanted wanted, boolean asFile, Body body) {
        HttpServerRequest request = context.request();
        HttpServerResponse response = context.response();
        Runnable cut = Connections.cut(request);
        body.enter(cut);
        if (response.closed()) {
            body.leave(cut);
            return;
        }
        MultiMap headers = response.headers();
        putValidators(headers, body, wanted.part(), asFile);
        Future<Void> sent;
        if (Conditions.isUnchanged(request.headers(), body)) {
            sent = response.setStatusCode(NOT_MODIFIED.code()).end();
        } else {
            headers.set(
                    HttpHeaderNames.CONTENT_TYPE, asFile ? ZSTD : wanted.part().mediaType());
            headers.set(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(body.length()));
            if (!asFile && wanted.coding() != Coding.IDENTITY) {
                headers.set(HttpHeaderNames.CONTENT_ENCODING, wanted.coding().token());
            }
            boolean isHead = request.method().equals(HttpMethod.HEAD);
            sent = isHead ? response.end() : response.end(BufferImpl.buffer(body.octets()));
        }
        sent.onComplete(over -> body.leave(cut));
    }

    /** Changes are for now: what a cache kept of them would lag behind. */
    private void putValidators(MultiMap headers, Body body, Part part, boolean asFile) {
        Dates.Second now = dates.now();
        headers.set(HttpHeaderNames.DATE, now.date());
        if (part.isLarge()) {
            headers.set(HttpHeaderNames.EXPIRES, now.expires());
            headers.set(HttpHeaderNames.CACHE_CONTROL, dates.cacheControl());
        } else {
            headers.set(HttpHeaderNames.CACHE_CONTROL, "no-cache");
        }
        headers.set(HttpHeaderNames.LAST_MODIFIED, body.lastModified());
        headers.set(HttpHeaderNames.ETAG, body.quotedTag());
        if (!asFile) {
            headers.set(HttpHeaderNames.VARY, ACCEPT_ENCODING);
        }
    }
}
