package org.decoymx.feed;

import static io.netty.handler.codec.http.HttpResponseStatus.SERVICE_UNAVAILABLE;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.util.Optional;
import org.decoymx.blocklist.BlocklistPublisher;
import org.decoymx.net.FairConnections;
import org.decoymx.net.TcpConnection;
import org.decoymx.net.VertxInternals;

/** Opens event streams and limits their number; one client may have all until another one needs one. */
@Singleton
final class EventStreamHandler {
    /** Leaves connections for clients that fetch feeds. */
    static final int MAX_STREAMS = 200;

    private static final String LAST_EVENT_ID = "Last-Event-ID";

    private final FeedResponder responder;
    private final BlocklistPublisher publisher;
    private final FairConnections<HttpConnection> openStreams = FairConnections.ofBusy(MAX_STREAMS);

    EventStreamHandler(FeedResponder responder, BlocklistPublisher publisher) {
        this.responder = responder;
        this.publisher = publisher;
    }

    /** Opens a stream that starts after the version that the client has, or else after the current version. */
    void open(RoutingContext context, FeedQuery query) {
        Optional<Long> since = Optional.ofNullable(context.request().getHeader(LAST_EVENT_ID))
                .map(id -> FeedQuery.parseNumber(LAST_EVENT_ID, id))
                .or(query::since);
        FeedFilter filter = query.changesFilter();
        HttpServerResponse response = context.response();
        if (context.request().method().equals(HttpMethod.HEAD)) {
            putHeaders(response);
            response.end();
            return;
        }
        HttpConnection connection = context.request().connection();
        InetAddress client = TcpConnection.toInetAddress(connection.remoteAddress());
        FairConnections.Admission<HttpConnection> admission = openStreams.admit(client, connection);
        admission.toClose().ifPresent(VertxInternals::abort);
        if (!admission.isAdmitted()) {
            throw new HttpProblem(
                            SERVICE_UNAVAILABLE, "Limit of " + MAX_STREAMS + " event streams reached; try again later")
                    .withHeader("Retry-After", "60");
        }
        putHeaders(response.setChunked(true));
        EventStream stream = new EventStream(context, responder, publisher, filter);
        response.exceptionHandler(error -> {}).closeHandler(closed -> {
            openStreams.release(client, connection);
            stream.stop();
        });
        if (response.closed()) {
            openStreams.release(client, connection);
        } else {
            stream.start(since);
        }
    }

    private static void putHeaders(HttpServerResponse response) {
        response.putHeader(HttpHeaderNames.CONTENT_TYPE, "text/event-stream")
                .putHeader(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .putHeader("X-Accel-Buffering", "no");
    }
}
