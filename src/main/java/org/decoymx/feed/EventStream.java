package org.decoymx.feed;

import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;

/**
 * Server-sent events for one client. Runs on one event loop. While a slow client has not received the last events,
 * nothing more is sent.
 */
public abstract class EventStream {
    private static final long POLL_MILLIS = 200;

    /** Shorter than the idle timeout of connections. */
    private static final long HEARTBEAT_POLLS = 15_000 / POLL_MILLIS;

    private final RoutingContext context;
    private final HttpServerResponse response;
    private long timer;
    private long idlePolls;
    private boolean stopped;

    protected EventStream(RoutingContext context) {
        this.context = context;
        response = context.response();
    }

    protected final RoutingContext context() {
        return context;
    }

    /** Begins to send; call it once, on the event loop. */
    final void start() {
        write("retry: 2000\n\n");
        sendFirst();
        timer = context.vertx().setPeriodic(0, POLL_MILLIS, timerId -> poll());
    }

    final void stop() {
        stopped = true;
        context.vertx().cancelTimer(timer);
    }

    protected final boolean isStopped() {
        return stopped;
    }

    private void poll() {
        if (!stopped && !response.writeQueueFull() && !sendNew() && ++idlePolls >= HEARTBEAT_POLLS) {
            write(":\n\n");
        }
    }

    /** Sends what the client gets before anything happens. */
    protected abstract void sendFirst();

    /** Sends what is new, if there is something; returns whether there is. */
    protected abstract boolean sendNew();

    /** Sends whole events. */
    protected final void write(String text) {
        noteSent();
        response.write(text);
    }

    /** Delays the next comment that keeps the connection open. */
    protected void noteSent() {
        idlePolls = 0;
    }
}
