package org.decoymx.feed;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import org.decoymx.net.VertxInternals;

/**
 * Limits pipelined requests (RFC 9112 section 9.3.2). Without the limit, a client that sends requests and does not read
 * the responses could queue any number of them in Vert.x.
 */
@Singleton
final class PipelineLimiter {
    /** Maximum number of requests of a connection whose responses are not completely sent. */
    static final int MAX_PIPELINED = 16;

    private static final String HANDLER_NAME = "pipelined";
    private static final int FILTER_PRIORITY = Integer.MAX_VALUE;

    void register(@Observes Filters filters) {
        filters.register(PipelineLimiter::addCounter, FILTER_PRIORITY);
    }

    private static void addCounter(RoutingContext context) {
        VertxInternals.handlerContext(context.request().connection()).ifPresent(vertx -> {
            ChannelPipeline pipeline = vertx.pipeline();
            if (pipeline.get(HANDLER_NAME) == null) {
                pipeline.addBefore(vertx.name(), HANDLER_NAME, new PipelinedRequestCounter());
            }
        });
        context.next();
    }

    /** Returns an action that closes the connection at once, without sending queued data. It runs on any thread. */
    @SuppressWarnings("FutureReturnValueIgnored") // nobody waits for it
    static Runnable connectionCloser(HttpServerRequest request) {
        return () -> VertxInternals.handlerContext(request.connection())
                .ifPresentOrElse(
                        ChannelHandlerContext::close, () -> request.connection().close());
    }

    /** Counts the requests of a connection, starting with the one that installs it. */
    private static final class PipelinedRequestCounter extends ChannelDuplexHandler {
        private int pendingRequests = 1;

        @Override
        @SuppressWarnings("FutureReturnValueIgnored") // nobody waits for the close
        public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
            if (message instanceof HttpRequest && ++pendingRequests > MAX_PIPELINED) {
                ReferenceCountUtil.release(message);
                context.close();
            } else if (pendingRequests > MAX_PIPELINED) {
                ReferenceCountUtil.release(message);
            } else {
                super.channelRead(context, message);
            }
        }

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
            if (isEndOfResponse(message)) {
                super.write(context, message, promise.unvoid().addListener(sent -> pendingRequests--));
            } else {
                super.write(context, message, promise);
            }
        }

        /** Interim responses such as 100 (Continue) do not complete a request. */
        private static boolean isEndOfResponse(Object message) {
            boolean isInterim = message instanceof HttpResponse response
                    && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
            return message instanceof LastHttpContent && !isInterim;
        }
    }
}
