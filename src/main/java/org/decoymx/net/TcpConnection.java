package org.decoymx.net;

import io.netty.channel.RecvByteBufAllocator;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One connection of a {@link TcpServer}. Its methods must be called on its event loop. */
public final class TcpConnection {
    private final Vertx vertx;
    private final NetSocket socket;
    private final ConnectionLimiter connectionLimiter;
    private final ConnectionHandler handler;
    private @Nullable IpPrefix slotOwner;
    private boolean newcomer;

    TcpConnection(
            Vertx vertx,
            NetSocket socket,
            ConnectionLimiter connectionLimiter,
            Function<TcpConnection, ConnectionHandler> handlerFactory) {
        this.vertx = vertx;
        this.socket = socket;
        this.connectionLimiter = connectionLimiter;
        handler = handlerFactory.apply(this);
    }

    void start() {
        socket.exceptionHandler(failure -> abort());
        socket.drainHandler(drained -> handler.onWritable());
        socket.handler(handler::receive);
        handler.start();
    }

    ConnectionHandler handler() {
        return handler;
    }

    void onClosed() {
        if (slotOwner != null) {
            connectionLimiter.releaseClientSlot(slotOwner);
        }
        handler.onClosed();
    }

    /** Sets the limit of unsent octets above which {@link #isWritable} is false. */
    public void setMaxWriteQueue(int octets) {
        socket.setWriteQueueMaxSize(octets);
    }

    /** Sets the size of reads. */
    public void setReadAllocator(RecvByteBufAllocator allocator) {
        VertxInternals.setReadAllocator(socket, allocator);
    }

    /** Keeps the connection open when the client closes its sending side. */
    public void allowHalfClosure() {
        VertxInternals.allowHalfClosure(socket, handler::onInputClosed);
    }

    /** The peer's address, without the zone of a link-local address. */
    public InetAddress remoteAddress() {
        return addressOf(socket.remoteAddress()).toInetAddress();
    }

    /** The address that the peer connected to. */
    public InetAddress localAddress() {
        return addressOf(socket.localAddress()).toInetAddress();
    }

    /** The IP address of a peer, without a zone. */
    public static IpPrefix addressOf(SocketAddress address) {
        return IpText.parseAddress(IpText.removeZone(address.hostAddress())).orElseThrow();
    }

    /** Counts this connection for a client until it is closed; returns false if the client's limit is reached. */
    public boolean tryAcquireClientSlot(InetAddress client) {
        IpPrefix address = IpPrefix.of(client);
        if (!connectionLimiter.tryAcquireClientSlot(address)) {
            return false;
        }
        slotOwner = address;
        newcomer = connectionLimiter.isCrowded(address);
        return true;
    }

    /** Whether the network of the client had more than its share of the connections when this one was counted. */
    public boolean isNewcomer() {
        return newcomer;
    }

    /** Counts this connection as rejected, and lets the handler close it. */
    public void reject() {
        connectionLimiter.countRejectedConnection();
        handler.reject();
    }

    /** Writes octets; during a read they are sent at its end, together with what else was written. */
    public void write(Buffer octets) {
        var unused = socket.write(octets);
    }

    /** Writes the last octets, and closes the connection when they are sent. */
    public void writeAndClose(Buffer octets) {
        var unused = socket.end(octets);
    }

    /** Closes the connection at once, without sending what was written. */
    public void abort() {
        VertxInternals.abort(socket);
    }

    /** Whether the write queue has room. */
    public boolean isWritable() {
        return !socket.writeQueueFull();
    }

    /** Stops reading; what arrives nevertheless is delivered after {@link #resume}. */
    public void pause() {
        socket.pause();
        VertxInternals.setAutoRead(socket, false);
    }

    /** Continues reading. */
    public void resume() {
        socket.resume(); // first, so that what arrived before is delivered before the end of the input
        VertxInternals.setAutoRead(socket, true);
    }

    /** Runs a task on the event loop after a delay; returns the number of the timer. */
    public long setTimer(Duration delay, Runnable task) {
        return vertx.setTimer(delay.toMillis(), fired -> task.run());
    }

    /** Cancels a timer, if it has not fired. */
    public void cancelTimer(long number) {
        vertx.cancelTimer(number);
    }

    /** Runs a task on the event loop after something is done. */
    public void runAfter(CompletableFuture<Void> done, Runnable task) {
        Context eventLoop = vertx.getOrCreateContext();
        var unused = done.thenRun(() -> eventLoop.runOnContext(go -> task.run()));
    }

    /** Sends what was written, and starts TLS with the certificate of the server. */
    public Future<Void> startTls() {
        return socket.upgradeToSsl();
    }
}
