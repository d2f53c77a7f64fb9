package org.decoymx.net;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.io.IOException;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A TCP server: it opens a port, admits connections up to a limit, checks their timeouts every second, and drains them
 * when it is closed, at the latest with Vert.x. A connection stays on one event loop.
 */
public final class TcpServer {
    private static final long TIMEOUT_CHECK_INTERVAL_MILLIS = 1_000;
    private static final long DRAIN_TIMEOUT_MILLIS = 3_000;
    private static final long OPEN_CLOSE_TIMEOUT_SECONDS = 8;

    private final Vertx vertx;
    private final NetServerOptions options;
    private final ConnectionLimiter connectionLimiter;
    private final Clock clock;
    private final Supplier<Function<TcpConnection, ConnectionHandler>> handlerFactories;
    private final List<NetServer> listeners = new CopyOnWriteArrayList<>();
    private volatile @Nullable String deploymentId;

    /**
     * Creates a server; {@link #listen} opens its port.
     *
     * @param options all options except hosts and port
     * @param handlerFactories creates, for each event loop, a function that creates the handler of a connection
     */
    public TcpServer(
            Vertx vertx,
            NetServerOptions options,
            ConnectionLimiter connectionLimiter,
            Clock clock,
            Supplier<Function<TcpConnection, ConnectionHandler>> handlerFactories) {
        this.vertx = vertx;
        this.options = options;
        this.connectionLimiter = connectionLimiter;
        this.clock = clock;
        this.handlerFactories = handlerFactories;
    }

    /**
     * Opens the port, and waits until it is open.
     *
     * @param eventLoops how many event loops serve the connections
     * @throws IOException if it cannot listen on one of the hosts
     */
    public void listen(List<String> hosts, int port, int eventLoops) throws IOException {
        ListenAddresses.checkPortIsFree(hosts, port);
        List<NetServerOptions> addresses = hosts.stream()
                .map(host -> new NetServerOptions(options).setHost(host).setPort(port))
                .toList();
        deploymentId = await(vertx.deployVerticle(
                () -> new LoopVerticle(addresses), new DeploymentOptions().setInstances(eventLoops)));
    }

    private static <T> T await(Future<T> future) throws IOException {
        try {
            return future.toCompletionStage()
                    .toCompletableFuture()
                    .orTimeout(OPEN_CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(cause.getMessage(), cause);
        }
    }

    /** The port; for port 0 the one that the operating system chose. */
    public int port() {
        return listeners.get(0).actualPort();
    }

    /** Connections that were rejected because a limit was reached or the client is not allowed. */
    public long rejectedConnections() {
        return connectionLimiter.rejectedConnections();
    }

    /**
     * Shuts down all connections, waits up to 3 s until they are closed, and closes the port.
     *
     * @throws IOException if this takes too long
     */
    public void close() throws IOException {
        String opened = deploymentId;
        if (opened != null) {
            await(vertx.undeploy(opened));
        }
    }

    /** The connections of one event loop. */
    private final class LoopVerticle extends AbstractVerticle {
        private final List<NetServerOptions> addresses;
        private final Function<TcpConnection, ConnectionHandler> handlerFactory = handlerFactories.get();
        private final Set<TcpConnection> connections = new HashSet<>();
        private @Nullable Promise<Void> drained;

        LoopVerticle(List<NetServerOptions> addresses) {
            this.addresses = addresses;
        }

        @Override
        public void start(Promise<Void> started) {
            vertx.setPeriodic(TIMEOUT_CHECK_INTERVAL_MILLIS, timer -> checkTimeouts());
            Future.all(addresses.stream().map(this::listen).toList())
                    .<Void>mapEmpty()
                    .onComplete(started);
        }

        private Future<NetServer> listen(NetServerOptions address) {
            NetServer listener = vertx.createNetServer(address).connectHandler(this::onConnect);
            listeners.add(listener);
            return listener.listen();
        }

        /** A connection that cannot be served, for example because a class cannot be loaded, must not stay open. */
        private void onConnect(NetSocket socket) {
            boolean isServed = false;
            try {
                serve(socket);
                isServed = true;
            } finally {
                if (!isServed) {
                    VertxInternals.abort(socket);
                }
            }
        }

        private void serve(NetSocket socket) {
            TcpConnection connection = new TcpConnection(vertx, socket, connectionLimiter, handlerFactory);
            if (!connectionLimiter.tryAcquireConnection()) {
                connection.reject();
                return;
            }
            connections.add(connection);
            socket.closeHandler(closed -> {
                connectionLimiter.releaseConnection();
                connections.remove(connection);
                connection.onClosed();
                completeIfDrained();
            });
            connection.start();
            if (drained != null) {
                connection.handler().shutDown();
            }
        }

        private void checkTimeouts() {
            long now = clock.millis();
            boolean nearLimit = connectionLimiter.isNearLimit();
            List.copyOf(connections).forEach(connection -> connection.handler().checkTimeouts(now, nearLimit));
        }

        @Override
        public void stop(Promise<Void> stopped) {
            drained = stopped;
            vertx.setTimer(DRAIN_TIMEOUT_MILLIS, timer -> stopped.tryComplete());
            List.copyOf(connections).forEach(connection -> connection.handler().shutDown());
            completeIfDrained();
        }

        private void completeIfDrained() {
            if (drained != null && connections.isEmpty()) {
                drained.tryComplete();
            }
        }
    }
}
