package org.decoymx.net;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Limits the connections of a listening socket that are in transition: accepted, but not yet seen by their event loop,
 * or replaced by another one, but not yet closed. They have file descriptors, and the limits of the ports do not count
 * them. While there are too many, further connections wait in the kernel. Without this, a burst of connections to one
 * port while an event loop is busy would take all file descriptors of the process.
 */
final class AcceptGate extends ChannelInboundHandlerAdapter {
    private final int maxInTransition;
    private int inTransition;
    private @Nullable ChannelConfig listener;

    private AcceptGate(int maxInTransition) {
        this.maxInTransition = maxInTransition;
    }

    /** Sets the gate of a server that is not bound yet; it replaces an earlier one. */
    static AcceptGate install(ServerBootstrap server, int maxInTransition) {
        AcceptGate gate = new AcceptGate(maxInTransition);
        server.handler(gate);
        return gate;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        synchronized (this) {
            listener = context.channel().config();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        begin();
        context.fireChannelRead(message); // the next handler gives it to its event loop
        endAfterRegistration((Channel) message);
    }

    private void endAfterRegistration(Channel accepted) {
        try {
            if (accepted.eventLoop().inEventLoop()) {
                end();
            } else {
                accepted.eventLoop().execute(this::end);
            }
        } catch (IllegalStateException | RejectedExecutionException e) { // it has no event loop, so it is closed
            end();
        }
    }

    /** Counts a connection that is being closed until its file descriptor is free. */
    void countUntilClosed(Channel connection) {
        begin();
        connection.closeFuture().addListener(closed -> end());
    }

    private synchronized void begin() {
        inTransition++;
        if (inTransition >= maxInTransition) {
            setAccepting(false);
        }
    }

    private synchronized void end() {
        inTransition--;
        if (inTransition == maxInTransition - 1) {
            setAccepting(true);
        }
    }

    private void setAccepting(boolean accepting) {
        if (listener != null) {
            listener.setAutoRead(accepting);
        }
    }
}
