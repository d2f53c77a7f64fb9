package org.decoymx.feed;

import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.decoymx.blocklist.BlocklistPublisher;

/** Opens streams of the changes of the blocklist; one client may have all until another one needs one. */
@Singleton
final class EventStreamHandler {
    /** Leaves connections for clients that fetch feeds. */
    static final int MAX_STREAMS = 200;

    private final FeedResponder responder;
    private final BlocklistPublisher publisher;
    private final EventStreams streams = new EventStreams(MAX_STREAMS, MAX_STREAMS);

    EventStreamHandler(FeedResponder responder, BlocklistPublisher publisher) {
        this.responder = responder;
        this.publisher = publisher;
    }

    /** Opens a stream that starts after the version that the client has, or else after the current version. */
    void open(RoutingContext context, FeedQuery query) {
        Optional<Long> since = EventStreams.lastEventId(
                context,
                (name, text) -> FeedQuery.parseVersion(
                        name, text, publisher.servedBlocklist().node()));
        FeedFilter filter = query.changesFilter();
        streams.open(context, () -> new ChangeStream(context, responder, publisher, filter, since));
    }
}
