package org.decoymx.feed;

import io.vertx.core.buffer.impl.BufferImpl;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import org.decoymx.blocklist.Publisher;
import org.decoymx.feed.Bodies.Wanted;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who follows the changes. It is all on one event loop. What is sent is shared by all followers; to one who reads
 * slowly nothing more is sent until the last is through, and then all that has come meanwhile, or that it is too late.
 */
final class Follower {
    private static final long LOOK_MILLIS = 200;

    /** Shorter than the time after which a silent connection is closed. */
    private static final long HEARTBEAT_TURNS = 15_000 / LOOK_MILLIS;

    private final RoutingContext context;
    private final HttpServerResponse response;
    private final Delivery delivery;
    private final Publisher publisher;
    private final Selection selection;
    private long timer;
    private long version;
    private long silentTurns;
    private boolean sending;
    private boolean stopped;

    Follower(RoutingContext context, Delivery delivery, Publisher publisher, Selection selection) {
        this.context = context;
        response = context.response();
        this.delivery = delivery;
        this.publisher = publisher;
        this.selection = selection;
    }

    /**
     * @param since the version that is known already
     */
    void start(Optional<Long> since) {
        say("retry: 2000\n\n");
        version = since.orElseGet(() -> publisher.current().version());
        if (since.isEmpty()) {
            say("event: version\ndata: {\"op\":\"version\",\"version\":" + version + "}\nid: " + version + "\n\n");
        }
        timer = context.vertx().setPeriodic(0, LOOK_MILLIS, turn -> look());
    }

    void stop() {
        stopped = true;
        context.vertx().cancelTimer(timer);
    }

    private void look() {
        if (sending || stopped || response.writeQueueFull()) {
            return;
        }
        if (publisher.current().version() != version) {
            sending = true;
            delivery.await(context, new Wanted(new EventsPart(version), selection, Coding.IDENTITY), this::send);
        } else if (++silentTurns >= HEARTBEAT_TURNS) {
            say(":\n\n");
        }
    }

    private void say(String text) {
        silentTurns = 0;
        response.write(text);
    }

    /** When there is no body for another reason than that it is too late, the next turn tries again. */
    private void send(@Nullable Body body, @Nullable Throwable failure) {
        if (body == null) {
            sending = false;
            if (!stopped && failure instanceof ChangesPart.Gone) {
                reset();
            }
            return;
        }
        Runnable cut = Connections.cut(context.request());
        body.enter(cut);
        if (stopped) {
            body.leave(cut);
            return;
        }
        silentTurns = 0;
        version = body.modified().getEpochSecond();
        response.write(BufferImpl.buffer(body.octets())).onComplete(sent -> {
            body.leave(cut);
            sending = false;
        });
    }

    private void reset() {
        version = publisher.current().version();
        say("event: reset\ndata: {\"op\":\"reset\",\"version\":" + version + ",\"url\":\"/feeds/plain"
                + selection.family().query() + "\"}\nid: " + version + "\n\n");
    }
}
