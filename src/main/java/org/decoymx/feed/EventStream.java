package org.decoymx.feed;

import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.BlocklistPublisher;
import org.decoymx.feed.FeedCache.FeedCacheKey;
import org.decoymx.net.VertxInternals;
import org.jspecify.annotations.Nullable;

/**
 * Sends the changes of the blocklist to one client as server-sent events. Runs on one event loop. Rendered changes are
 * shared by all streams. While a slow client has not received the last changes, nothing more is sent; then it gets all
 * changes since, or a reset if they are no longer available.
 */
final class EventStream {
    private static final long POLL_MILLIS = 200;

    /** Shorter than the idle timeout of connections. */
    private static final long HEARTBEAT_POLLS = 15_000 / POLL_MILLIS;

    private final RoutingContext context;
    private final HttpServerResponse response;
    private final FeedResponder responder;
    private final BlocklistPublisher publisher;
    private final FeedFilter filter;
    private long timer;
    private long version;
    private long idlePolls;
    private boolean sending;
    private boolean stopped;

    EventStream(RoutingContext context, FeedResponder responder, BlocklistPublisher publisher, FeedFilter filter) {
        this.context = context;
        response = context.response();
        this.responder = responder;
        this.publisher = publisher;
        this.filter = filter;
    }

    /**
     * @param since the version that the client has; empty to start with the current version
     */
    void start(Optional<Long> since) {
        write("retry: 2000\n\n");
        if (since.isPresent()) {
            version = since.get();
        } else {
            long first = skipToCurrentVersion();
            write("event: version\ndata: {\"op\":\"version\",\"version\":" + first + "}\nid: " + first + "\n\n");
        }
        timer = context.vertx().setPeriodic(0, POLL_MILLIS, timerId -> poll());
    }

    void stop() {
        stopped = true;
        context.vertx().cancelTimer(timer);
    }

    /** Returns the version that the full list of this filter has, which may be lower than the current one. */
    private long skipToCurrentVersion() {
        Blocklist listing = publisher.servedBlocklist();
        version = listing.version();
        return listing.version(filter.tier());
    }

    private void poll() {
        if (sending || stopped || response.writeQueueFull()) {
            return;
        }
        if (publisher.servedBlocklist().version() != version) {
            sending = true;
            responder.fetchBody(
                    context,
                    new FeedCacheKey(new SseChanges(version), filter, ContentCoding.IDENTITY),
                    this::sendChanges);
        } else if (++idlePolls >= HEARTBEAT_POLLS) {
            write(":\n\n");
        }
    }

    private void write(String text) {
        idlePolls = 0;
        response.write(text);
    }

    /** Sends a reset if the changes are no longer available. After any other failure the next poll tries again. */
    private void sendChanges(@Nullable CachedBody body, @Nullable Throwable failure) {
        if (body == null) {
            sending = false;
            if (!stopped && failure instanceof NdjsonChanges.VersionUnavailableException) {
                sendReset();
            }
            return;
        }
        Runnable disconnect = () -> VertxInternals.abort(context.request().connection());
        body.addReader(disconnect);
        if (stopped) {
            body.removeReader(disconnect);
            return;
        }
        idlePolls = 0;
        version = body.version();
        response.write(body.toBuffer()).onComplete(sent -> {
            body.removeReader(disconnect);
            sending = false;
        });
    }

    private void sendReset() {
        long first = skipToCurrentVersion();
        write("event: reset\ndata: {\"op\":\"reset\",\"version\":" + first + ",\"url\":\"" + filter.plainFeedUrl()
                + "\"}\nid: " + first + "\n\n");
    }
}
