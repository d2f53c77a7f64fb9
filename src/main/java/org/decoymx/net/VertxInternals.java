package org.decoymx.net;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.SelectStrategy;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.IntSupplier;
import io.quarkus.arc.Arc;
import io.quarkus.arc.ArcContainer;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.impl.transports.EpollTransport;
import io.vertx.core.impl.transports.JDKTransport;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.core.net.impl.NetSocketInternal;
import java.util.concurrent.ThreadFactory;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;

/**
 * All uses of Vert.x's internal API, which Vert.x may change in any release: what a {@link NetSocket} does not offer
 * (half-closed connections, the size of reads, stopping reads at once, closing without sending), and the event loops.
 */
public final class VertxInternals {
    private VertxInternals() {}

    /** The event loops of Vert.x, for sockets that Vert.x does not offer. */
    public static EventLoopGroup eventLoops(Vertx vertx) {
        return ((VertxInternal) vertx).getEventLoopGroup();
    }

    /** Closes a connection of an HTTP server at once, without sending what is queued. It may be any thread. */
    @SuppressWarnings("FutureReturnValueIgnored") // nobody waits for it
    public static void abort(HttpConnection connection) {
        if (connection instanceof ConnectionBase base) {
            base.channelHandlerContext().close();
        } else {
            connection.close();
        }
    }

    /**
     * Limits what a server accepts at a time, and asks {@link HttpConnectionLimits} to guard its connections; without
     * an application, nobody does.
     */
    private static void guard(NetServerOptions options, ServerBootstrap server) {
        AcceptGate.install(server, OpenFileLimit.MAX_IN_TRANSITION);
        ArcContainer application = Arc.container();
        if (application != null) {
            application.instance(HttpConnectionLimits.class).get().guard(options.getPort(), server);
        }
    }

    private static ChannelHandlerContext context(NetSocket socket) {
        return ((NetSocketInternal) socket).channelHandlerContext();
    }

    private static Channel channel(NetSocket socket) {
        return context(socket).channel();
    }

    /** Keeps the socket open when the client closes its sending side; by default, Vert.x closes it. */
    static void allowHalfClosure(NetSocket socket, Runnable onInputClosed) {
        channel(socket).config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        ((NetSocketInternal) socket).eventHandler(event -> {
            if (event instanceof ChannelInputShutdownEvent) {
                onInputClosed.run();
            }
        });
    }

    /** Sets the size of reads without the kernel's receive buffer, unlike {@code setReceiveBufferSize}. */
    static void setReadAllocator(NetSocket socket, RecvByteBufAllocator allocator) {
        channel(socket).config().setRecvByteBufAllocator(allocator);
    }

    /** Stops or continues reading; {@code pause()} alone would buffer 16 more reads. */
    static void setAutoRead(NetSocket socket, boolean on) {
        channel(socket).config().setAutoRead(on);
    }

    /** Closes the socket at once; {@code close()} would wait until the client has read what was written. */
    static void abort(NetSocket socket) {
        var unused = context(socket).close();
    }

    /**
     * Vert.x's epoll transport with fewer thread wake-ups. A conversation is a series of short exchanges, so most of
     * its cost is blocking and waking threads. This transport accepts connections on the event loops that serve them,
     * without an acceptor thread, and a busy event loop without events yields and polls again before it blocks. Without
     * it, an SMTP conversation takes 1.5 times the CPU time (98 and 64 microseconds, the medians of 8 pairs of runs).
     * If {@value #KEY} is false, it only guards the connections. Vert.x finds this class through a service file in
     * {@code META-INF/services}.
     */
    public static final class SharedLoopTransport extends EpollTransport {
        private static final String KEY = "decoy.smtp.fast-event-loops";

        private final boolean isFast =
                ConfigProvider.getConfig().getOptionalValue(KEY, Boolean.class).orElse(true);

        private @Nullable EventLoopGroup sharedEventLoops;

        @Override
        public EventLoopGroup eventLoopGroup(int type, int nThreads, ThreadFactory threadFactory, int ioRatio) {
            if (!isFast) {
                return super.eventLoopGroup(type, nThreads, threadFactory, ioRatio);
            }
            EventLoopGroup existing = sharedEventLoops;
            if (type == ACCEPTOR_EVENT_LOOP_GROUP && existing != null) {
                return existing;
            }
            EpollEventLoopGroup created =
                    new EpollEventLoopGroup(nThreads, threadFactory, SpinBeforeBlockStrategy::new);
            created.setIoRatio(ioRatio);
            sharedEventLoops = created;
            return created;
        }

        /** Removes options that only set defaults of the kernel or Netty: each is a system call per connection. */
        @Override
        public void configure(NetServerOptions options, boolean domainSocket, ServerBootstrap bootstrap) {
            super.configure(options, domainSocket, bootstrap);
            guard(options, bootstrap);
            if (!isFast) {
                return;
            }
            if (!options.isTcpCork()) {
                bootstrap.childOption(EpollChannelOption.TCP_CORK, null);
            }
            if (!options.isTcpKeepAlive()) {
                bootstrap.childOption(ChannelOption.SO_KEEPALIVE, null);
            }
            if (options.getTcpUserTimeout() == 0) {
                bootstrap.childOption(EpollChannelOption.TCP_USER_TIMEOUT, null);
            }
            if (options.isTcpNoDelay()) {
                bootstrap.childOption(ChannelOption.TCP_NODELAY, null);
            }
        }
    }

    /** Vert.x's transport for systems without epoll. */
    public static final class GuardedJdkTransport extends JDKTransport {
        @Override
        public void configure(NetServerOptions options, boolean domainSocket, ServerBootstrap bootstrap) {
            super.configure(options, domainSocket, bootstrap);
            guard(options, bootstrap);
        }
    }

    /** Adapts the number of polls before blocking to how often polling found events: 64 if busy, 1 if idle. */
    private static final class SpinBeforeBlockStrategy implements SelectStrategy {
        private static final int MAX_SPINS = 64;

        private int spins = 1;

        @Override
        @SuppressWarnings("ThreadPriorityCheck") // correct even if the scheduler ignores the yield, only less efficient
        public int calculateStrategy(IntSupplier ready, boolean hasTasks) throws Exception {
            int events = ready.get();
            if (events > 0 || hasTasks) {
                return events;
            }
            for (int i = 0; i < spins; i++) {
                Thread.yield();
                events = ready.get();
                if (events > 0) {
                    spins = Math.min(MAX_SPINS, spins * 2);
                    return events;
                }
            }
            spins = Math.max(1, spins / 2);
            return SELECT;
        }
    }
}
