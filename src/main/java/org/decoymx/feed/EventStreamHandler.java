package org.decoymx.feed;

import static io.netty.handler.codec.http.HttpResponseStatus.SERVICE_UNAVAILABLE;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.decoymx.blocklist.BlocklistPublisher;

/** Those who follow the changes live, by server-sent events: how each begins, and how many there may be. */
@Singleton
final class EventStreamHandler {
    /** Connections are for those who fetch, too. */
    static final int MAX_STREAMS = 200;

    private static final String LAST_EVENT_ID = "Last-Event-ID";

    private final FeedResponder responder;
    private final BlocklistPublisher publisher;
    private final AtomicInteger openStreams = new AtomicInteger();

    EventStreamHandler(FeedResponder delivery, BlocklistPublisher publisher) {
        this.responder = delivery;
        this.publisher = publisher;
    }

    /** Begins with what came after the version that the reader knows, or else with what comes from now on. */
    void open(RoutingContext context, FeedQuery query) {
        Optional<Long> since = Optional.ofNullable(context.request().getHeader(LAST_EVENT_ID))
                .map(id -> FeedQuery.parseNumber(LAST_EVENT_ID, id))
                .or(query::since);
        FeedFilter selection = FeedFilter.ofFamily(query.family());
        HttpServerResponse response = context.response();
        if (context.request().method().equals(HttpMethod.HEAD)) {
            putHeaders(response);
            response.end();
            return;
        }
        if (openStreams.incrementAndGet() > MAX_STREAMS) {
            openStreams.decrementAndGet();
            throw new HttpProblem(SERVICE_UNAVAILABLE, MAX_STREAMS + " follow already, and there are no more at a time")
                    .withHeader("Retry-After", "60");
        }
        putHeaders(response.setChunked(true));
        EventStream follower = new EventStream(context, responder, publisher, selection);
        response.exceptionHandler(error -> {}).closeHandler(closed -> {
            openStreams.decrementAndGet();
            follower.stop();
        });
        if (response.closed()) {
            openStreams.decrementAndGet();
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
