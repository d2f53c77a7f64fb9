package org.decoymx.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The idle timeout of a connection of Vert.x's HTTP server. Unlike Vert.x's own, it takes for traffic that a client
 * reads a response, also a part of one write. So that a client cannot hold memory by reading very slowly, it has
 * {@value #MAX_MINUTES} minutes to read a response, from when the response is complete.
 */
@SuppressWarnings("FutureReturnValueIgnored") // nobody waits for a write or a close
final class ResponseTimeout extends IdleStateHandler {
    static final int MAX_MINUTES = 10;

    private static final String NAME = "idle";

    private int unreadResponses;
    private @Nullable ScheduledFuture<?> limit;

    private ResponseTimeout(long idleMillis) {
        super(true, 0, 0, idleMillis, TimeUnit.MILLISECONDS);
    }

    /** Replaces the handler of Vert.x, if it has an idle timeout. */
    static void install(ChannelPipeline pipeline) {
        if (pipeline.get(NAME) instanceof IdleStateHandler idle) {
            pipeline.replace(idle, NAME, new ResponseTimeout(idle.getAllIdleTimeInMillis()));
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
        ChannelPromise written = promise.unvoid();
        if (message instanceof LastHttpContent) {
            unreadResponses++;
            written.addListener(sent -> {
                unreadResponses--;
                cancelLimit();
                startLimit(context);
            });
        }
        super.write(context, message, written);
    }

    /** Most responses are sent at once, and need no timer. */
    @Override
    public void flush(ChannelHandlerContext context) throws Exception {
        super.flush(context);
        startLimit(context);
    }

    private void startLimit(ChannelHandlerContext context) {
        if (unreadResponses > 0 && limit == null) {
            limit = context.executor().schedule(() -> context.close(), MAX_MINUTES, TimeUnit.MINUTES);
        }
    }

    private void cancelLimit() {
        if (limit != null) {
            limit.cancel(false);
            limit = null;
        }
    }

    /** Netty compares how much has been sent with the first event, so that one tells nothing yet. */
    @Override
    protected void channelIdle(ChannelHandlerContext context, IdleStateEvent event) throws Exception {
        if (unreadResponses == 0 || !event.isFirst()) {
            super.channelIdle(context, event);
        }
    }
}
