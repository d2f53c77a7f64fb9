package org.decoymx.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Guards a connection of Vert.x's HTTP server that starts with a PROXY header, until the header is read: it has the
 * same deadline as the head of a request. Then the client that it names is counted, and a {@link HttpConnectionGuard}
 * takes over.
 */
@SuppressWarnings("FutureReturnValueIgnored") // nobody waits for a close
final class ProxyHeaderGuard extends ChannelInboundHandlerAdapter {
    private final Predicate<IpPrefix> admission;
    private @Nullable ScheduledFuture<?> deadline;

    private ProxyHeaderGuard(Predicate<IpPrefix> admission) {
        this.admission = admission;
    }

    /**
     * Adds a guard between Vert.x's decoder of the header and what prepares the connection after it. Without the
     * decoder, Vert.x has not accepted the connection.
     *
     * @param admission whether the named client may have the connection
     */
    static void install(ChannelPipeline pipeline, Predicate<IpPrefix> admission) {
        ChannelHandlerContext decoder = pipeline.context(HAProxyMessageDecoder.class);
        if (decoder == null) {
            pipeline.close();
        } else {
            pipeline.addAfter(decoder.name(), null, new ProxyHeaderGuard(admission));
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        deadline =
                context.executor().schedule(() -> context.close(), HttpConnectionGuard.HEAD_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        Optional.ofNullable(deadline).ifPresent(scheduled -> scheduled.cancel(false));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof HAProxyMessage header)) {
            context.fireChannelRead(message);
            return;
        }
        if (!findClient(header).map(admission::test).orElse(true)) {
            header.release();
            context.close();
            return;
        }
        context.fireChannelRead(header); // Vert.x prepares the connection
        HttpConnectionGuard.install(context.pipeline(), context);
        context.pipeline().remove(this);
    }

    /** The client; none in a header of the proxy's own (LOCAL, UNKNOWN), which counts for the proxy. */
    private static Optional<IpPrefix> findClient(HAProxyMessage header) {
        return header.command() == HAProxyCommand.LOCAL
                ? Optional.empty()
                : Optional.ofNullable(header.sourceAddress()).flatMap(IpText::parseAddress);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) { // an incomplete header
            context.close();
        }
        context.fireUserEventTriggered(event);
    }
}
