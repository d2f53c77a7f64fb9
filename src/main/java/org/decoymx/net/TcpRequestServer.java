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
 * A TCP port where requests are answered in their order, on connections that stay open. Bounded are the connections, those
 * of a client, the octets of a request, and the time that a request may take to come or an answer to be fetched: who sends
 * on and on and reads no answers is not read from. It is a verticle: all of it runs on one event loop.
 */
public final class TcpRequestServer extends AbstractVerticle {
    /** Octets read at a time. */
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
     * What a port bears.
     *
     * @param maxConnections at a time; one more is closed at once
     * @param maxConnectionsPerClient of one IPv4 address or IPv6 /64
     * @param maxRequestOctets of a request that is not complete, some 8 KiB more or less
     * @param idleTimeout how long a connection may stay open between requests
     */
    public record ServerLimits(
            int maxConnections, int maxConnectionsPerClient, int maxRequestOctets, Duration idleTimeout) {}

    /**
     * A port that is not open yet.
     *
     * @param hosts the addresses to listen on
     * @param begin what is asked on a connection of a client; nothing when it may not ask
     */
    public TcpRequestServer(
            List<String> hosts,
            int port,
            ServerLimits limits,
            Clock clock,
            Function<InetAddress, Optional<RequestHandler>> begin) {
        this.hosts = hosts;
        this.port = port;
        this.limits = limits;
        this.clock = clock;
        this.handlerFactory = begin;
        connectionLimiter = new ConnectionLimiter(limits.maxConnections(), limits.maxConnectionsPerClient());
    }

    /**
     * Opens it, and waits until it is.
     *
     * @throws IOException when it cannot be had on one of the hosts
     */
    public void listen(Vertx where) throws IOException {
        ListenAddresses.checkPortIsFree(hosts, port);
        try {
            where.deployVerticle(this)
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

    /** Connections that were closed at once, as there were too many, or their client may not ask. */
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
        boolean crowded = connectionLimiter.isNearLimit();
        List.copyOf(connections).forEach(connection -> connection.checkTimeouts(now, crowded));
    }

    private void onConnect(NetSocket socket) {
        ChannelHandlerContext context = ((NetSocketInternal) socket).channelHandlerContext();
        InetAddress client = context.channel().remoteAddress() instanceof InetSocketAddress address
                ? address.getAddress()
                : InetAddress.getLoopbackAddress();
        Optional<RequestHandler> requests = handlerFactory.apply(client);
        if (requests.isEmpty() || !connectionLimiter.tryAcquireConnection()) {
            reject(context);
            return;
        }
        if (!connectionLimiter.tryAcquireClientSlot(client)) {
            connectionLimiter.releaseConnection();
            reject(context);
            return;
        }
        TcpRequestConnection connection =
                new TcpRequestConnection((NetSocketInternal) socket, requests.get(), limits, clock);
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
