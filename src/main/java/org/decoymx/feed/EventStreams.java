package org.decoymx.feed;

import static io.netty.handler.codec.http.HttpResponseStatus.SERVICE_UNAVAILABLE;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToLongBiFunction;
import org.decoymx.net.FairConnections;
import org.decoymx.net.HttpClientAddress;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.TcpConnection;
import org.decoymx.net.VertxInternals;

/** Opens streams of server-sent events, and limits their number. */
public final class EventStreams {
    private static final String LAST_EVENT_ID = "Last-Event-ID";
    private static final String SINCE = "since";

    private final int max;
    private final FairConnections<HttpConnection> openStreams;

    /**
     * @param max of all clients; for one more, a stream of the client that has the most is closed
     * @param maxPerClient of an IPv4 address or an IPv6 /48
     */
    public EventStreams(int max, int maxPerClient) {
        this.max = max;
        openStreams = FairConnections.ofBusy(max, maxPerClient);
    }

    /**
     * The number of the last event that the client has, from the header field, or else from the parameter
     * {@code since}; empty if there is neither.
     *
     * @throws IllegalArgumentException if it is not a number
     */
    public static Optional<Long> lastEventId(RoutingContext context) {
        return lastEventId(context, FeedQuery::parseNumber);
    }

    /**
     * The same for other identifiers than numbers.
     *
     * @param parser gets the name of the field or parameter, and its value
     */
    static Optional<Long> lastEventId(RoutingContext context, ToLongBiFunction<String, String> parser) {
        return Optional.ofNullable(context.request().getHeader(LAST_EVENT_ID))
                .map(id -> parser.applyAsLong(LAST_EVENT_ID, id))
                .or(() -> Optional.ofNullable(context.request().getParam(SINCE))
                        .map(id -> parser.applyAsLong(SINCE, id)));
    }

    /**
     * Opens a stream, unless the request is only for its header fields. Call it on the event loop of the request.
     *
     * @throws HttpProblem if there are too many
     */
    public void open(RoutingContext context, Supplier<EventStream> newStream) {
        HttpServerResponse response = context.response();
        if (context.request().method().equals(HttpMethod.HEAD)) {
            putHeaders(response);
            response.end();
            return;
        }
        HttpConnection connection = context.request().connection();
        IpPrefix client = HttpClientAddress.of(context.request())
                .orElseGet(() -> TcpConnection.addressOf(connection.remoteAddress()));
        FairConnections.Admission<HttpConnection> admission = openStreams.admit(client, connection);
        admission.toClose().ifPresent(VertxInternals::abort);
        if (!admission.isAdmitted()) {
            throw new HttpProblem(SERVICE_UNAVAILABLE, "Limit of " + max + " event streams reached; try again later")
                    .withHeader("Retry-After", "60");
        }
        putHeaders(response.setChunked(true));
        EventStream stream = newStream.get();
        response.exceptionHandler(error -> {}).closeHandler(closed -> {
            openStreams.release(client, connection);
            stream.stop();
        });
        if (response.closed()) {
            openStreams.release(client, connection);
        } else {
            stream.start();
        }
    }

    private static void putHeaders(HttpServerResponse response) {
        response.putHeader(HttpHeaderNames.CONTENT_TYPE, "text/event-stream")
                .putHeader(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .putHeader("X-Accel-Buffering", "no");
    }
}
