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
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.decoymx.net.ListenAddresses;
import org.decoymx.net.VertxInternals;
import org.jboss.logging.Logger;

/**
 * The UDP port. With epoll, each core has its own socket, and datagrams are read and sent in batches. On a wildcard
 * address, each local address gets its own socket too, so that a response comes from the address that was queried.
 */
final class DnsUdpServer {
    private static final Logger LOG = Logger.getLogger(DnsUdpServer.class);

    /** The octets that are read of a datagram. */
    static final int MAX_QUERY_OCTETS = 2_048;

    private static final int DATAGRAMS_PER_READ = 32;
    private static final int RECEIVE_BUFFER_OCTETS = 1 << 20;
    private static final int MAX_ADDRESSES = 64;

    /** Octets of responses that wait for the kernel; beyond the limit, responses are dropped. */
    private static final WriteBufferWaterMark SEND_QUEUE_LIMITS = new WriteBufferWaterMark(1 << 17, 1 << 18);

    private final DnsQueryService queryService;
    private final Vertx vertx;
    private final ChannelGroup sockets = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);

    DnsUdpServer(DnsQueryService queryService, Vertx vertx) {
        this.queryService = queryService;
        this.vertx = vertx;
    }

    /**
     * Binds the sockets.
     *
     * @throws IOException if the port cannot be bound on one of the hosts
     */
    void open(List<String> hosts, int port) throws IOException {
        for (String host : hosts) {
            InetAddress address = InetAddress.getByName(host);
            new DatagramSocket(new InetSocketAddress(address, port)).close();
            bind(address, port);
            if (ListenAddresses.isWildcard(host)) {
                ListenAddresses.localAddresses()
                        .filter(local -> !local.isLinkLocalAddress())
                        .limit(MAX_ADDRESSES)
                        .forEach(local -> tryToBind(local, port));
            }
        }
    }

    private void tryToBind(InetAddress address, int port) {
        try {
            bind(address, port);
        } catch (IOException e) {
            LOG.debugf("No socket for %s, its responses may come from another address: %s", address, e.getMessage());
        }
    }

    private void bind(InetAddress address, int port) throws IOException {
        boolean epoll = vertx.isNativeTransportEnabled();
        int count = epoll ? Runtime.getRuntime().availableProcessors() : 1;
        for (int i = 0; i < count; i++) {
            Bootstrap bootstrap = new Bootstrap()
                    .group(VertxInternals.eventLoops(vertx))
                    .channel(epoll ? EpollDatagramChannel.class : NioDatagramChannel.class)
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

        DatagramHandler(DnsQueryService queryService) {
            this.queryService = queryService;
        }

        @Override
        @SuppressWarnings("FutureReturnValueIgnored") // a failed write loses the datagram, as UDP allows
        protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
            byte[] response = queryService.answer(
                    ByteBufUtil.getBytes(packet.content()), packet.sender().getAddress(), true);
            if (response.length > 0 && context.channel().isWritable()) {
                ByteBuf octets = context.alloc().directBuffer(response.length).writeBytes(response);
                context.write(new DatagramPacket(octets, packet.sender()), context.voidPromise());
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        /** An error concerns one datagram only, so the socket stays open. */
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            LOG.debugf("Datagram lost: %s", cause.getMessage());
        }
    }
}
