package org.decoymx.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInboundInvoker;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Guards a connection of Vert.x's HTTP server, between its decoder and the rest.
 *
 * <ul>
 *   <li>Pipelined requests are limited (RFC 9112 section 9.3.2). Without the limit, a client that sends requests and
 *       does not read the responses could queue any number of them in Vert.x.
 *   <li>A request must be complete in time: its head after {@value #HEAD_SECONDS} seconds, and the body as long as the
 *       client sends {@value #MIN_OCTETS_PER_SECOND} octets a second, while the decoy reads them.
 *   <li>A request that {@link RequestFraming} does not accept is answered, and nothing after it is read.
 *   <li>A client may close its sending side after the request (RFC 9112 section 9.6), and still gets the response.
 * </ul>
 */
@SuppressWarnings("FutureReturnValueIgnored") // nobody waits for a write or a close
final class HttpConnectionGuard extends ChannelDuplexHandler {
    /** Maximum number of requests of a connection whose responses are not completely sent. */
    static final int MAX_PIPELINED = 16;

    static final int HEAD_SECONDS = 10;
    private static final double MIN_OCTETS_PER_SECOND = 500;

    /** How long a body may stop after it came fast. */
    private static final double MAX_SECONDS_LEFT = 60;

    private static final int LINGER_SECONDS = 1;
    private static final String NAME = "guard";
    private static final String DECODER = "httpDecoder";
    private static final String EVENT_STREAM = "text/event-stream";

    /** What the connection waits for; between two requests, the idle timeout of Vert.x applies. */
    private enum Phase {
        IDLE,
        HEAD,
        BODY
    }

    private Phase phase = Phase.HEAD;
    private double secondsLeft = HEAD_SECONDS;
    private boolean readRequest;

    private int pendingRequests;

    /** For other threads, which look for an idle connection. */
    private volatile boolean isIdle = true;

    private boolean isInputClosed;
    private boolean isStreaming;
    private boolean isRefused;
    private @Nullable ByteBuf refusal;
    private @Nullable ScheduledFuture<?> ticks;

    /**
     * Adds a guard to a connection that Vert.x has prepared. An empty line, which the decoder skips (RFC 9112 section
     * 2.2), ends the look for an HTTP/2 preface, so that there is HTTP/1.1 only. With TLS, Vert.x prepares the
     * connection after the handshake.
     *
     * @param input what reads are fired from: the pipeline, or the last handler that does not see them
     */
    static void install(ChannelPipeline pipeline, ChannelInboundInvoker input) {
        if (pipeline.get("ssl") != null) {
            pipeline.addAfter("ssl", null, new AfterHandshake());
            return;
        }
        if (pipeline.get(DECODER) == null) {
            input.fireChannelRead(Unpooled.copiedBuffer(new byte[] {'\r', '\n'}));
        }
        addOrClose(pipeline);
    }

    private static void addOrClose(ChannelPipeline pipeline) {
        ResponseTimeout.install(pipeline);
        if (pipeline.get(DECODER) != null && pipeline.get("httpEncoder") != null) {
            pipeline.addAfter("httpEncoder", NAME, new HttpConnectionGuard());
        } else {
            pipeline.close();
        }
    }

    /** Whether a connection has no request that waits for a response; for any thread. */
    static boolean isIdle(Channel channel) {
        return !(channel.pipeline().get(NAME) instanceof HttpConnectionGuard guard) || guard.isIdle;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ticks = context.executor().scheduleAtFixedRate(() -> tick(context), 1, 1, TimeUnit.SECONDS);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        Optional.ofNullable(ticks).ifPresent(scheduled -> scheduled.cancel(false));
    }

    private void tick(ChannelHandlerContext context) {
        boolean isWaiting = phase == Phase.BODY || phase == Phase.HEAD && pendingRequests == 0;
        if (isWaiting && context.channel().config().isAutoRead() && --secondsLeft <= 0) {
            context.close();
        }
    }

    private void enter(Phase next) {
        phase = next;
        secondsLeft = HEAD_SECONDS;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (isRefused) {
            ReferenceCountUtil.release(message);
            return;
        }
        readRequest = true;
        if (message instanceof HttpRequest request) {
            Optional<ByteBuf> problem = RequestFraming.findProblem(request);
            if (problem.isPresent() || pendingRequests == MAX_PIPELINED) {
                ReferenceCountUtil.release(message);
                isRefused = true;
                refusal = problem.orElse(null);
                finish(context);
                return;
            }
            pendingRequests++;
            isIdle = false;
            enter(Phase.BODY);
        }
        if (message instanceof HttpContent content) {
            secondsLeft =
                    Math.min(MAX_SECONDS_LEFT, secondsLeft + content.content().readableBytes() / MIN_OCTETS_PER_SECOND);
        }
        if (message instanceof LastHttpContent) {
            phase = Phase.IDLE;
        }
        context.fireChannelRead(message);
    }

    /** Something was read, but no request: the head of one has begun. */
    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (!readRequest && phase == Phase.IDLE) {
            enter(Phase.HEAD);
        }
        readRequest = false;
        context.fireChannelReadComplete();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            isInputClosed = true;
            if (phase == Phase.BODY || isStreaming) { // an incomplete request, or a response without an end
                context.close();
            } else {
                finish(context);
            }
        }
        context.fireUserEventTriggered(event);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof HttpResponse response) {
            isStreaming = EVENT_STREAM.contentEquals(response.headers().get(HttpHeaderNames.CONTENT_TYPE, ""));
        }
        if (isEndOfResponse(message)) {
            context.write(message, promise.unvoid().addListener(sent -> {
                pendingRequests--;
                isIdle = pendingRequests == 0;
                isStreaming = false;
                finish(context);
            }));
        } else {
            context.write(message, promise);
        }
    }

    /** Interim responses such as 100 (Continue) do not complete a request. */
    private static boolean isEndOfResponse(Object message) {
        boolean isInterim = message instanceof HttpResponse response
                && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        return message instanceof LastHttpContent && !isInterim;
    }

    /** Closes the connection after its last response, if there will be no further request. */
    private void finish(ChannelHandlerContext context) {
        if (isRefused && refusal == null) {
            context.close();
        } else if (pendingRequests > 0 || !(isRefused || isInputClosed)) {
            return;
        } else if (refusal == null || !refusal.isReadable()) {
            context.close();
        } else {
            sendRefusal(context, refusal);
        }
    }

    /** Sends the refusal, and reads for a while, because a reset would take it from the client. */
    private void sendRefusal(ChannelHandlerContext context, ByteBuf octets) {
        refusal = Unpooled.EMPTY_BUFFER;
        Channel channel = context.channel();
        channel.config().setAutoRead(true);
        channel.pipeline().context("httpEncoder").writeAndFlush(octets).addListener(sent -> {
            if (channel instanceof DuplexChannel duplex) {
                duplex.shutdownOutput();
            }
        });
        context.executor().schedule(() -> context.close(), LINGER_SECONDS, TimeUnit.SECONDS);
    }

    /** Adds the guard when Vert.x has prepared the connection for what was agreed on in the TLS handshake. */
    private static final class AfterHandshake extends ChannelInboundHandlerAdapter {
        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            context.fireUserEventTriggered(event);
            if (event instanceof SslHandshakeCompletionEvent handshake && handshake.isSuccess()) {
                addOrClose(context.pipeline());
            }
        }
    }
}
