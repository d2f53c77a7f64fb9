package org.decoymx.net;

import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.impl.NetSocketInternal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/**
 * A TCP server that replies to requests in their order, on connections that stay open. It limits the connections, the
 * connections of one client, the size of a request, and the time to send a request or to read a reply. It stops reading
 * from a client that does not read its replies. It is a verticle, so all its code runs on one event loop.
 */
public final class TcpRequestServer extends AbstractVerticle {
    private static final int READ_BUFFER_OCTETS = 8_192;

    private static final int ACCEPT_BACKLOG = 1_024;
    private static final long TIMEOUT_CHECK_INTERVAL_MILLIS = 1_000;

    private static final Duration START_TIMEOUT = Duration.ofSeconds(10);

    private final List<String> hosts;
    private final int port;
    private final Clock clock;
    private final ServerLimits limits;
    private final ConnectionLimiter connectionLimiter;
    private final Function<InetAddress, Optional<RequestHandler>> handlerFactory;
    private final Set<TcpRequestConnection> connections = new HashSet<>();
    private final LongAdder rejectedConnections = new LongAdder();

    /**
     * The limits of a server.
     *
     * @param maxConnections concurrent connections; further ones are closed at once
     * @param maxConnectionsPerClient concurrent connections of one IPv4 address or IPv6 /64
     * @param maxRequestOctets size of an incomplete request, checked after each read of up to 8 KiB
     * @param idleTimeout how long a connection may stay open between requests
     */
    public record ServerLimits(
            int maxConnections, int maxConnectionsPerClient, int maxRequestOctets, Duration idleTimeout) {}

    /**
     * Creates a server; {@link #listen} opens its port.
     *
     * @param hosts the addresses to listen on
     * @param handlerFactory creates the handler for a connection of a client; empty if the client is not allowed
     */
    public TcpRequestServer(
            List<String> hosts,
            int port,
            ServerLimits limits,
            Clock clock,
            Function<InetAddress, Optional<RequestHandler>> handlerFactory) {
        this.hosts = hosts;
        this.port = port;
        this.limits = limits;
        this.clock = clock;
        this.handlerFactory = handlerFactory;
        connectionLimiter = new ConnectionLimiter(limits.maxConnections(), limits.maxConnectionsPerClient());
    }

    /**
     * Opens the port, and waits until it is open.
     *
     * @throws IOException if it cannot listen on one of the hosts
     */
    public void listen(Vertx deployer) throws IOException {
        ListenAddresses.checkPortIsFree(hosts, port);
        try {
            deployer.deployVerticle(this)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(START_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(cause.getMessage(), cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Connections that were closed at once because a limit was reached or the client is not allowed. */
    public long rejectedConnections() {
        return rejectedConnections.sum();
    }

    @Override
    public void start(Promise<Void> started) {
        List<Future<NetServer>> listening = new ArrayList<>();
        for (String host : hosts) {
            listening.add(vertx.createNetServer(new NetServerOptions()
                            .setHost(host)
                            .setPort(port)
                            .setAcceptBacklog(ACCEPT_BACKLOG)
                            .setReceiveBufferSize(READ_BUFFER_OCTETS)
                            .setSendBufferSize(TcpRequestConnection.MAX_WRITE_QUEUE_OCTETS))
                    .connectHandler(this::onConnect)
                    .listen());
        }
        vertx.setPeriodic(TIMEOUT_CHECK_INTERVAL_MILLIS, timer -> checkTimeouts());
        Future.all(listening).<Void>mapEmpty().onComplete(started);
    }

    private void checkTimeouts() {
        long now = clock.millis();
        boolean nearLimit = connectionLimiter.isNearLimit();
        List.copyOf(connections).forEach(connection -> connection.checkTimeouts(now, nearLimit));
    }

    private void onConnect(NetSocket socket) {
        ChannelHandlerContext context = ((NetSocketInternal) socket).channelHandlerContext();
        InetAddress client = context.channel().remoteAddress() instanceof InetSocketAddress address
                ? address.getAddress()
                : InetAddress.getLoopbackAddress();
        Optional<RequestHandler> handler = handlerFactory.apply(client);
        if (handler.isEmpty() || !connectionLimiter.tryAcquireConnection()) {
            reject(context);
            return;
        }
        if (!connectionLimiter.tryAcquireClientSlot(client)) {
            connectionLimiter.releaseConnection();
            reject(context);
            return;
        }
        TcpRequestConnection connection =
                new TcpRequestConnection((NetSocketInternal) socket, handler.get(), limits, clock);
        connections.add(connection);
        socket.closeHandler(closed -> onClosed(connection, client));
        connection.start();
    }

    private void reject(ChannelHandlerContext context) {
        rejectedConnections.increment();
        TcpRequestConnection.abort(context);
    }

    private void onClosed(TcpRequestConnection connection, InetAddress client) {
        connections.remove(connection);
        connectionLimiter.releaseClientSlot(client);
        connectionLimiter.releaseConnection();
    }
}
