package org.decoymx.feed;

import io.vertx.core.buffer.impl.BufferImpl;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import org.decoymx.blocklist.BlocklistPublisher;
import org.decoymx.feed.FeedCache.FeedCacheKey;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who follows the changes. It is all on one event loop. What is sent is shared by all followers; to one who reads
 * slowly nothing more is sent until the last is through, and then all that has come meanwhile, or that it is too late.
 */
final class EventStream {
    private static final long POLL_MILLIS = 200;

    /** Shorter than the time after which a silent connection is closed. */
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

    EventStream(RoutingContext context, FeedResponder delivery, BlocklistPublisher publisher, FeedFilter selection) {
        this.context = context;
        response = context.response();
        this.responder = delivery;
        this.publisher = publisher;
        this.filter = selection;
    }

    /**
     * @param since the version that is known already
     */
    void start(Optional<Long> since) {
        write("retry: 2000\n\n");
        version = since.orElseGet(() -> publisher.servedBlocklist().version());
        if (since.isEmpty()) {
            write("event: version\ndata: {\"op\":\"version\",\"version\":" + version + "}\nid: " + version + "\n\n");
        }
        timer = context.vertx().setPeriodic(0, POLL_MILLIS, turn -> poll());
    }

    void stop() {
        stopped = true;
        context.vertx().cancelTimer(timer);
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

    /** When there is no body for another reason than that it is too late, the next turn tries again. */
    private void sendChanges(@Nullable CachedBody body, @Nullable Throwable failure) {
        if (body == null) {
            sending = false;
            if (!stopped && failure instanceof NdjsonChanges.VersionUnavailableException) {
                sendReset();
            }
            return;
        }
        Runnable cut = PipelineLimiter.connectionCloser(context.request());
        body.addReader(cut);
        if (stopped) {
            body.removeReader(cut);
            return;
        }
        idlePolls = 0;
        version = body.modifiedAt().getEpochSecond();
        response.write(BufferImpl.buffer(body.content())).onComplete(sent -> {
            body.removeReader(cut);
            sending = false;
        });
    }

    private void sendReset() {
        version = publisher.servedBlocklist().version();
        write("event: reset\ndata: {\"op\":\"reset\",\"version\":" + version + ",\"url\":\"/feeds/plain"
                + filter.family().queryString() + "\"}\nid: " + version + "\n\n");
    }
}
