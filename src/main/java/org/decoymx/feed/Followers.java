package org.decoymx.feed;

import static io.netty.handler.codec.http.HttpResponseStatus.SERVICE_UNAVAILABLE;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.decoymx.blocklist.Publisher;

/** Those who follow the changes live, by server-sent events: how each begins, and how many there may be. */
@Singleton
final class Followers {
    /** Connections are for those who fetch, too. */
    static final int MAX_FOLLOWERS = 200;

    private static final String LAST_EVENT_ID = "Last-Event-ID";

    private final Delivery delivery;
    private final Publisher publisher;
    private final AtomicInteger serving = new AtomicInteger();

    Followers(Delivery delivery, Publisher publisher) {
        this.delivery = delivery;
        this.publisher = publisher;
    }

    /** Begins with what came after the version that the reader knows, or else with what comes from now on. */
    void begin(RoutingContext context, Query query) {
        Optional<Long> since = Optional.ofNullable(context.request().getHeader(LAST_EVENT_ID))
                .map(id -> Query.number(LAST_EVENT_ID, id))
                .or(query::since);
        Selection selection = Selection.of(query.family());
        HttpServerResponse response = context.response();
        if (context.request().method().equals(HttpMethod.HEAD)) {
            putHeaders(response);
            response.end();
            return;
        }
        if (serving.incrementAndGet() > MAX_FOLLOWERS) {
            serving.decrementAndGet();
            throw new Refusal(SERVICE_UNAVAILABLE, MAX_FOLLOWERS + " follow already, and there are no more at a time")
                    .with("Retry-After", "60");
        }
        putHeaders(response.setChunked(true));
        Follower follower = new Follower(context, delivery, publisher, selection);
        response.exceptionHandler(error -> {}).closeHandler(closed -> {
            serving.decrementAndGet();
            follower.stop();
        });
        if (response.closed()) {
            serving.decrementAndGet();
        } else {
            follower.start(since);
        }
    }

    private static void putHeaders(HttpServerResponse response) {
        response.putHeader(HttpHeaderNames.CONTENT_TYPE, "text/event-stream")
                .putHeader(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .putHeader("X-Accel-Buffering", "no");
    }
}
