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
public final class RequestPort extends AbstractVerticle {
    /** Octets read at a time. */
    private static final int READ = 8_192;

    private static final int BACKLOG = 1_024;
    private static final long SWEEP_MILLIS = 1_000;

    private static final Duration OPENING = Duration.ofSeconds(10);

    private final List<String> hosts;
    private final int port;
    private final Clock clock;
    private final Limits limits;
    private final Admission admission;
    private final Function<InetAddress, Optional<Requests>> begin;
    private final Set<RequestConnection> connections = new HashSet<>();
    private final LongAdder refused = new LongAdder();

    /**
     * What a port bears.
     *
     * @param connections at a time; one more is closed at once
     * @param perClient of one IPv4 address or IPv6 /64
     * @param octets of a request that is not complete, some 8 KiB more or less
     * @param idle how long a connection may stay open between requests
     */
    public record Limits(int connections, int perClient, int octets, Duration idle) {}

    /**
     * A port that is not open yet.
     *
     * @param hosts the addresses to listen on
     * @param begin what is asked on a connection of a client; nothing when it may not ask
     */
    public RequestPort(
            List<String> hosts, int port, Limits limits, Clock clock, Function<InetAddress, Optional<Requests>> begin) {
        this.hosts = hosts;
        this.port = port;
        this.limits = limits;
        this.clock = clock;
        this.begin = begin;
        admission = new Admission(limits.connections(), limits.perClient());
    }

    /**
     * Opens it, and waits until it is.
     *
     * @throws IOException when it cannot be had on one of the hosts
     */
    public void open(Vertx where) throws IOException {
        Hosts.checkFree(hosts, port);
        try {
            where.deployVerticle(this)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(OPENING.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(cause.getMessage(), cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Connections that were closed at once, as there were too many, or their client may not ask. */
    public long refused() {
        return refused.sum();
    }

    @Override
    public void start(Promise<Void> started) {
        List<Future<NetServer>> listening = new ArrayList<>();
        for (String host : hosts) {
            listening.add(vertx.createNetServer(new NetServerOptions()
                            .setHost(host)
                            .setPort(port)
                            .setAcceptBacklog(BACKLOG)
                            .setReceiveBufferSize(READ)
                            .setSendBufferSize(RequestConnection.UNREAD))
                    .connectHandler(this::connected)
                    .listen());
        }
        vertx.setPeriodic(SWEEP_MILLIS, timer -> sweep());
        Future.all(listening).<Void>mapEmpty().onComplete(started);
    }

    private void sweep() {
        long now = clock.millis();
        boolean crowded = admission.isCrowded();
        List.copyOf(connections).forEach(connection -> connection.checkPatience(now, crowded));
    }

    private void connected(NetSocket socket) {
        ChannelHandlerContext context = ((NetSocketInternal) socket).channelHandlerContext();
        InetAddress client = context.channel().remoteAddress() instanceof InetSocketAddress address
                ? address.getAddress()
                : InetAddress.getLoopbackAddress();
        Optional<Requests> requests = begin.apply(client);
        if (requests.isEmpty() || !admission.connect()) {
            refuse(context);
            return;
        }
        if (!admission.enter(client)) {
            admission.disconnect();
            refuse(context);
            return;
        }
        RequestConnection connection = new RequestConnection((NetSocketInternal) socket, requests.get(), limits, clock);
        connections.add(connection);
        socket.closeHandler(closed -> left(connection, client));
        connection.start();
    }

    private void refuse(ChannelHandlerContext context) {
        refused.increment();
        RequestConnection.abort(context);
    }

    private void left(RequestConnection connection, InetAddress client) {
        connections.remove(connection);
        admission.leave(client);
        admission.disconnect();
    }
}
