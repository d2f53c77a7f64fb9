package org.decoymx.dnsbl;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.decoymx.net.ListenAddresses;
import org.jboss.logging.Logger;

/**
 * The UDP port. With epoll each core has a socket of its own, and datagrams are read and sent many at a time. Where all
 * addresses of the machine are to be listened on, each of them has a socket too, so that an answer comes from the address
 * that was asked.
 */
final class DnsUdpServer {
    private static final Logger LOG = Logger.getLogger(DnsUdpServer.class);

    /** Octets of a datagram that are read. */
    static final int MAX_QUERY_OCTETS = 2_048;

    private static final int DATAGRAMS_PER_READ = 32;
    private static final int RECEIVE_BUFFER_OCTETS = 1 << 20;
    private static final int MAX_ADDRESSES = 64;

    /** Octets of answers that wait for the kernel; beyond, they are dropped. */
    private static final WriteBufferWaterMark SEND_QUEUE_LIMITS = new WriteBufferWaterMark(1 << 17, 1 << 18);

    private final DnsQueryService queryService;
    private final VertxInternal vertx;
    private final ChannelGroup sockets = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);

    DnsUdpServer(DnsQueryService answering, Vertx vertx) {
        this.queryService = answering;
        this.vertx = (VertxInternal) vertx;
    }

    /**
     * Opens it.
     *
     * @throws IOException when it cannot be had on one of the hosts
     */
    void open(List<String> hosts, int port) throws IOException {
        for (String host : hosts) {
            InetAddress address = InetAddress.getByName(host);
            new DatagramSocket(new InetSocketAddress(address, port)).close();
            bind(address, port);
            if (ListenAddresses.isWildcard(host)) {
                ListenAddresses.localAddresses()
                        .filter(own -> !own.isLinkLocalAddress())
                        .limit(MAX_ADDRESSES)
                        .forEach(own -> tryToBind(own, port));
            }
        }
    }

    private void tryToBind(InetAddress address, int port) {
        try {
            bind(address, port);
        } catch (IOException e) {
            LOG.debugf("answers may not come from %s, as it has no socket: %s", address, e.getMessage());
        }
    }

    private void bind(InetAddress address, int port) throws IOException {
        boolean epoll = vertx.isNativeTransportEnabled();
        int count = epoll ? Runtime.getRuntime().availableProcessors() : 1;
        for (int i = 0; i < count; i++) {
            Bootstrap bootstrap = new Bootstrap()
                    .group(vertx.getEventLoopGroup())
                    .channelFactory(() -> vertx.transport().datagramChannel())
                    .option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER_OCTETS)
                    .option(ChannelOption.WRITE_BUFFER_WATER_MARK, SEND_QUEUE_LIMITS)
                    .option(
                            ChannelOption.RCVBUF_ALLOCATOR,
                            new FixedRecvByteBufAllocator(MAX_QUERY_OCTETS * (epoll ? DATAGRAMS_PER_READ : 1)))
                    .handler(new DatagramHandler(queryService));
            if (epoll) {
                bootstrap
                        .option(EpollChannelOption.SO_REUSEPORT, true)
                        .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, MAX_QUERY_OCTETS);
            }
            ChannelFuture bound = bootstrap.bind(address, port).awaitUninterruptibly();
            if (!bound.isSuccess()) {
                throw new IOException(bound.cause().getMessage(), bound.cause());
            }
            sockets.add(bound.channel());
        }
    }

    void close() {
        sockets.close().awaitUninterruptibly();
    }

    @Sharable
    private static final class DatagramHandler extends SimpleChannelInboundHandler<DatagramPacket> {
        private final DnsQueryService queryService;

        DatagramHandler(DnsQueryService answering) {
            this.queryService = answering;
        }

        @Override
        @SuppressWarnings("FutureReturnValueIgnored") // what cannot be sent is lost, as datagrams are
        protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
            byte[] answer = queryService.answer(
                    ByteBufUtil.getBytes(packet.content()), packet.sender().getAddress(), true);
            if (answer.length > 0 && context.channel().isWritable()) {
                ByteBuf octets = context.alloc().directBuffer(answer.length).writeBytes(answer);
                context.write(new DatagramPacket(octets, packet.sender()), context.voidPromise());
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        /** Of one datagram that cannot be sent or read; the next has nothing to do with it. */
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            LOG.debugf("a datagram was lost: %s", cause.getMessage());
        }
    }
}
