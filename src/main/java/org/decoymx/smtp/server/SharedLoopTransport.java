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
 * Vert.x's epoll transport, thriftier with sleep. A conversation is short and goes to and fro, so what it costs is mostly
 * threads that fall asleep and are woken. Here connections are accepted on the loops that serve them, without an acceptor
 * thread in between; and a busy loop that has run dry lets other threads run and looks again before it sleeps. Vert.x
 * finds this class through its service file.
 */
public final class SharedLoopTransport extends EpollTransport {
    private @Nullable EventLoopGroup sharedEventLoops;

    @Override
    public EventLoopGroup eventLoopGroup(int type, int nThreads, ThreadFactory threadFactory, int ioRatio) {
        EventLoopGroup known = sharedEventLoops;
        if (type == ACCEPTOR_EVENT_LOOP_GROUP && known != null) {
            return known;
        }
        EpollEventLoopGroup made = new EpollEventLoopGroup(nThreads, threadFactory, SpinBeforeBlockStrategy::new);
        made.setIoRatio(ioRatio);
        sharedEventLoops = made;
        return made;
    }

    /** Without the options that only say again what the kernel and Netty do by themselves: each is a call a connection. */
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

    /** Looks so many times before it sleeps as looking has paid off of late: 64 times when busy, once when idle. */
    private static final class SpinBeforeBlockStrategy implements SelectStrategy {
        private static final int MAX_SPINS = 64;

        private int spins = 1;

        @Override
        @SuppressWarnings("ThreadPriorityCheck") // right without the scheduler's help too, only dearer
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
