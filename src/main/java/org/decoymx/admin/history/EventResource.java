package org.decoymx.admin.history;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Optional;
import org.decoymx.admin.history.RecentEvents.Event;
import org.decoymx.admin.page.Negotiation;
import org.decoymx.feed.EventStreams;
import org.decoymx.feed.HttpProblem;

/** The latest events: what happened to senders, and why. */
@Path("/events")
public final class EventResource {
    /** The page has one stream in each visible tab. */
    static final int MAX_STREAMS = 50;

    static final int MAX_STREAMS_PER_CLIENT = 10;

    private final RecentEvents events;
    private final ObjectMapper json;
    private final EventStreams streams = new EventStreams(MAX_STREAMS, MAX_STREAMS_PER_CLIENT);

    EventResource(RecentEvents events, ObjectMapper json) {
        this.events = events;
        this.json = json;
    }

    /**
     * The response.
     *
     * @param events the latest first
     */
    public record EventList(List<Event> events) {}

    /**
     * The latest 500 events, or a stream of the next ones if the client accepts {@code text/event-stream}. With
     * {@code ?since=} or {@code Last-Event-ID}, the number of an event, only those after it.
     */
    @GET
    @Produces({MediaType.APPLICATION_JSON, MediaType.SERVER_SENT_EVENTS})
    public void get(@Suspended AsyncResponse response, @Context HttpHeaders headers, @Context RoutingContext context) {
        Optional<Long> since = since(context);
        context.response().putHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT);
        if (Negotiation.accepted(headers::getAcceptableMediaTypes).contains(MediaType.SERVER_SENT_EVENTS_TYPE)) {
            // from here on, the stream uses the connection; the response is never resumed
            context.vertx()
                    .runOnContext(go -> HttpProblem.handle(
                            context,
                            accepted ->
                                    streams.open(context, () -> new RecentEventStream(context, events, json, since))));
        } else {
            response.resume(new EventList(events.since(since.orElse(Long.MIN_VALUE), RecentEvents.CAPACITY)));
        }
    }

    private static Optional<Long> since(RoutingContext context) {
        try {
            return EventStreams.lastEventId(context);
        } catch (IllegalArgumentException e) {
            throw new BadRequestException(e.getMessage());
        }
    }
}
