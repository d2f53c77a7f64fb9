package org.decoymx.smtp.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SelectStrategy;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.util.IntSupplier;
import io.vertx.core.impl.transports.EpollTransport;
import io.vertx.core.net.NetServerOptions;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Vert.x's epoll transport with fewer thread wake-ups. A conversation is a series of short exchanges, so most of its
 * cost is blocking and waking threads. This transport accepts connections on the event loops that serve them, without
 * an acceptor thread. A busy event loop without events yields and polls again before it blocks. Vert.x finds this
 * class through a service file in {@code META-INF/services}.
 */
public final class SharedLoopTransport extends EpollTransport {
    private @Nullable EventLoopGroup sharedEventLoops;

    @Override
    public EventLoopGroup eventLoopGroup(int type, int nThreads, ThreadFactory threadFactory, int ioRatio) {
        EventLoopGroup existing = sharedEventLoops;
        if (type == ACCEPTOR_EVENT_LOOP_GROUP && existing != null) {
            return existing;
        }
        EpollEventLoopGroup created = new EpollEventLoopGroup(nThreads, threadFactory, SpinBeforeBlockStrategy::new);
        created.setIoRatio(ioRatio);
        sharedEventLoops = created;
        return created;
    }

    /**
     * Removes the options that only set the defaults of the kernel or Netty, as each is a system call per connection.
     */
    @Override
    public void configure(NetServerOptions options, boolean domainSocket, ServerBootstrap bootstrap) {
        super.configure(options, domainSocket, bootstrap);
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
