package org.decoymx.admin.history;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.ext.web.RoutingContext;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.decoymx.admin.history.RecentEvents.Event;
import org.decoymx.feed.EventStream;

/** Sends events to one client as they happen, of many only the latest. */
final class RecentEventStream extends EventStream {
    /** In one poll, of which there are five a second. */
    static final int MAX_EVENTS = 20;

    /** After 30 minutes the client opens another stream, if it may still do so. */
    private static final int MAX_POLLS = 9_000;

    private final RecentEvents events;
    private final ObjectMapper json;
    private long latest;
    private int polls;

    /**
     * @param since the number of the last event that the client has; empty to start with the next one
     */
    RecentEventStream(RoutingContext context, RecentEvents events, ObjectMapper json, Optional<Long> since) {
        super(context);
        this.events = events;
        this.json = json;
        latest = since.orElseGet(events::latestId);
    }

    @Override
    protected void sendFirst() {
        sendNew();
    }

    /** After a flood, only the latest are sent. */
    @Override
    protected boolean sendNew() {
        if (++polls > MAX_POLLS) {
            context().request().connection().close();
            return true;
        }
        List<Event> found = new ArrayList<>(events.since(latest, MAX_EVENTS));
        if (found.isEmpty()) {
            return false;
        }
        Collections.reverse(found);
        StringBuilder text = new StringBuilder();
        for (Event event : found) {
            text.append("id: ")
                    .append(event.id())
                    .append("\ndata: ")
                    .append(encode(event))
                    .append("\n\n");
            latest = event.id();
        }
        write(text.toString());
        return true;
    }

    private String encode(Event event) {
        try {
            return json.writeValueAsString(event);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
