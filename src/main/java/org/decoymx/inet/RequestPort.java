package org.decoymx.inet;

import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.impl.NetSocketInternal;
import io.vertx.core.parsetools.RecordParser;
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
import java.util.function.Function;

/**
 * A TCP port where requests are answered in their order, on connections that stay open. Bounded are the connections, those
 * of a client, the octets of a request, and the time that a request may take to come or an answer to be fetched: who sends
 * on and on and reads no answers is not read from. It is a verticle: all of it runs on one event loop.
 */
public final class RequestPort extends AbstractVerticle {
    /** Octets read at a time. */
    private static final int READ = 8_192;

    /** Octets of answers that wait to be fetched here; and in the kernel, which else would keep some MiB of each connection. */
    private static final int UNREAD = 16_384;

    private static final int BACKLOG = 1_024;
    private static final long SWEEP_MILLIS = 1_000;

    /** What a request has time to arrive in, and an answer to be fetched. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** What everything has time for when the port is crowded (RFC 7766 section 6.2.3): nobody is kept out by those who wait. */
    private static final Duration HURRY = Duration.ofSeconds(2);

    private final List<String> hosts;
    private final int port;
    private final Clock clock;
    private final Limits limits;
    private final Admission admission;
    private final Function<InetAddress, Optional<Requests>> begin;
    private final Set<Connection> connections = new HashSet<>();

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
        try {
            where.deployVerticle(this)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(cause.getMessage(), cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
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
                            .setSendBufferSize(UNREAD))
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
            abort(context);
            return;
        }
        if (!admission.enter(client)) {
            admission.disconnect();
            abort(context);
            return;
        }
        Connection connection = new Connection(socket, context, requests.get());
        connections.add(connection);
        socket.closeHandler(closed -> left(connection, client));
        connection.start();
    }

    private void left(Connection connection, InetAddress client) {
        connections.remove(connection);
        admission.leave(client);
        admission.disconnect();
    }

    private static void abort(ChannelHandlerContext context) {
        var unused = context.close();
    }

    /** One connection. */
    private final class Connection {
        private final NetSocket socket;
        private final ChannelHandlerContext context;
        private final Requests requests;
        private final RecordParser parser = RecordParser.newFixed(1);
        private long since = clock.millis();
        private boolean idle = true;
        private boolean full;
        private boolean over;
        private boolean progress;
        private int octets;

        Connection(NetSocket socket, ChannelHandlerContext context, Requests requests) {
            this.socket = socket;
            this.context = context;
            this.requests = requests;
        }

        void start() {
            requests.begin(parser);
            parser.handler(this::record);
            socket.setWriteQueueMaxSize(UNREAD);
            socket.exceptionHandler(e -> end());
            socket.drainHandler(drained -> goOn());
            socket.handler(this::read);
        }

        private void read(Buffer buffer) {
            if (over) {
                return;
            }
            if (idle) {
                idle = false;
                since = clock.millis();
            }
            progress = false;
            parser.handle(buffer);
            octets = progress ? 0 : octets + buffer.length();
            if (octets > limits.octets()) {
                end();
            }
        }

        private void record(Buffer record) {
            if (over) {
                return;
            }
            try {
                requests.take(record, parser).ifPresent(this::answer);
            } catch (Requests.Unanswerable e) {
                lastWords(String.valueOf(e.getMessage()));
            }
        }

        private void answer(Buffer answer) {
            progress = true;
            idle = true;
            since = clock.millis();
            var unused = socket.write(answer);
            if (socket.writeQueueFull()) {
                full = true;
                parser.pause();
                socket.pause();
            }
        }

        private void goOn() {
            if (full && !over) {
                full = false;
                since = clock.millis();
                parser.resume();
                if (!full) {
                    socket.resume();
                }
            }
        }

        private void lastWords(String words) {
            over = true;
            if (words.isEmpty()) {
                abort(context);
            } else {
                since = clock.millis();
                var unused = socket.end(Buffer.buffer(words));
            }
        }

        private void end() {
            over = true;
            abort(context);
        }

        void checkPatience(long now, boolean crowded) {
            Duration calm = idle && !full && !over ? limits.idle() : PATIENCE;
            Duration patience = crowded ? HURRY : calm;
            if (now - since > patience.toMillis()) {
                end();
            }
        }
    }
}
