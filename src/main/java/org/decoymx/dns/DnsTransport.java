package org.decoymx.dns;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.datagram.DatagramSocket;
import io.vertx.core.datagram.DatagramSocketOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.io.EOFException;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.decoymx.net.IpText;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.io.IoClientFactory;
import org.xbill.DNS.io.TcpIoClient;
import org.xbill.DNS.io.UdpIoClient;

/**
 * Sends the queries of dnsjava over Vert.x. dnsjava's own client is not used: a reset TCP connection can end its only
 * thread, after which no query is answered any more, and a datagram with a wrong ID ends a query. Here, each query has
 * its own socket and source port, which makes responses hard to forge (RFC 5452). Their number is limited; further
 * queries wait. Thread-safe.
 */
final class DnsTransport implements IoClientFactory, UdpIoClient, TcpIoClient {
    private static final int LENGTH_OCTETS = Short.BYTES;

    /** Offset of the octet whose highest bit is set in responses (RFC 1035, section 4.1.1). */
    private static final int FLAGS_OFFSET = 2;

    private final Vertx vertx;
    private final int maxSockets;
    private final Queue<Exchange> waiting = new ArrayDeque<>();
    private int openSockets;

    DnsTransport(Vertx vertx, int maxSockets) {
        this.vertx = vertx;
        this.maxSockets = maxSockets;
    }

    /** An answer, and what opens a socket, sends the query for it, and returns how to close the socket. */
    private record Exchange(
            CompletableFuture<byte[]> answer, Function<CompletableFuture<byte[]>, Supplier<Future<Void>>> socket) {}

    @Override
    public TcpIoClient createOrGetTcpClient() {
        return this;
    }

    @Override
    public UdpIoClient createOrGetUdpClient() {
        return this;
    }

    /** Ignores datagrams that are not from the server or do not answer the query, because they may be forged. */
    @Override
    public CompletableFuture<byte[]> sendAndReceiveUdp(
            @Nullable InetSocketAddress local,
            InetSocketAddress remote,
            Message query,
            byte[] data,
            int max,
            Duration timeout) {
        boolean v6 = remote.getAddress() instanceof Inet6Address;
        SocketAddress server = SocketAddress.inetSocketAddress(remote);
        return exchange(timeout, answer -> {
            DatagramSocket socket = vertx.createDatagramSocket(new DatagramSocketOptions().setIpV6(v6));
            socket.handler(packet -> {
                if (isSame(server, packet.sender()) && isResponse(packet.data(), query)) {
                    answer.complete(packet.data().getBytes());
                }
            });
            socket.listen(0, v6 ? "::" : "0.0.0.0")
                    .compose(bound -> bound.send(Buffer.buffer(data), server.port(), server.hostAddress()))
                    .onFailure(answer::completeExceptionally);
            return socket::close;
        });
    }

    /** The zone of a link-local address is a name in one and a number in the other. */
    private static boolean isSame(SocketAddress one, SocketAddress other) {
        return one.port() == other.port()
                && IpText.removeZone(one.hostAddress()).equals(IpText.removeZone(other.hostAddress()));
    }

    private static boolean isResponse(Buffer message, Message query) {
        return message.length() >= Header.LENGTH
                && message.getUnsignedShort(0) == query.getHeader().getID()
                && message.getByte(FLAGS_OFFSET) < 0;
    }

    @Override
    public CompletableFuture<byte[]> sendAndReceiveTcp(
            @Nullable InetSocketAddress local, InetSocketAddress remote, Message query, byte[] data, Duration timeout) {
        return exchange(timeout, answer -> {
            NetClient client = vertx.createNetClient();
            client.connect(SocketAddress.inetSocketAddress(remote))
                    .compose(socket -> {
                        receive(socket, answer);
                        return socket.write(
                                Buffer.buffer().appendUnsignedShort(data.length).appendBytes(data));
                    })
                    .onFailure(answer::completeExceptionally);
            return client::close;
        });
    }

    /** Receives one message with its length in front (RFC 1035, section 4.2.2). */
    private static void receive(NetSocket socket, CompletableFuture<byte[]> answer) {
        Buffer received = Buffer.buffer();
        socket.exceptionHandler(answer::completeExceptionally);
        socket.closeHandler(closed -> answer.completeExceptionally(new EOFException()));
        socket.handler(part -> {
            received.appendBuffer(part);
            int end = received.length() < LENGTH_OCTETS
                    ? Integer.MAX_VALUE
                    : LENGTH_OCTETS + received.getUnsignedShort(0);
            if (received.length() >= end) {
                answer.complete(received.getBytes(LENGTH_OCTETS, end));
            }
        });
    }

    /** Sends a query when a socket is free; the answer fails after the timeout, which includes the wait. */
    private CompletableFuture<byte[]> exchange(
            Duration timeout, Function<CompletableFuture<byte[]>, Supplier<Future<Void>>> socket) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        long timer = vertx.setTimer(
                timeout.toMillis(), expired -> answer.completeExceptionally(new SocketTimeoutException()));
        CompletableFuture<?> unused = answer.whenComplete((octets, failure) -> vertx.cancelTimer(timer));
        Exchange exchange = new Exchange(answer, socket);
        synchronized (this) {
            if (openSockets == maxSockets) {
                waiting.add(exchange);
                return answer;
            }
            openSockets++;
        }
        begin(exchange);
        return answer;
    }

    private void begin(Exchange exchange) {
        try {
            Supplier<Future<Void>> close = exchange.socket().apply(exchange.answer());
            CompletableFuture<?> unused = exchange.answer()
                    .whenComplete((octets, failure) -> close.get().onComplete(closed -> beginNext()));
        } catch (RuntimeException e) { // no file descriptor is free, or there is no IPv6
            exchange.answer().completeExceptionally(new IOException(e));
            vertx.runOnContext(failed -> beginNext());
        }
    }

    /** A socket is closed: the next query that has not failed meanwhile has its place. */
    private void beginNext() {
        Exchange next;
        synchronized (this) {
            do {
                next = waiting.poll();
            } while (next != null && next.answer().isDone());
            if (next == null) {
                openSockets--;
                return;
            }
        }
        begin(next);
    }
}
