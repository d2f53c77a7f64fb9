package org.decoymx.net;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.parsetools.RecordParser;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * A connection on which a client sends requests and gets the replies in their order. It limits the size of a request,
 * and the time to send a request or to read a reply. It stops reading from a client that does not read its replies.
 * After the client has closed its sending side, it still gets the replies to all its requests, as DNS requires (RFC
 * 1035 section 4.2.2).
 */
public final class RequestConnection implements ConnectionHandler {
    /** Limit of unsent replies here and in the kernel, in octets; the kernel's default is some MiB per connection. */
    private static final int MAX_WRITE_QUEUE_OCTETS = 16_384;

    private static final int READ_BUFFER_OCTETS = 8_192;
    private static final int ACCEPT_BACKLOG = 1_024;

    /** Timeout for a request to arrive completely, and for the client to read a reply. */
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(10);

    /** All timeouts near the connection limit (RFC 7766 section 6.2.3), so that idle clients do not keep others out. */
    private static final Duration OVERLOAD_TIMEOUT = Duration.ofSeconds(2);

    private final TcpConnection connection;
    private final Optional<RequestHandler> requestHandler;
    private final RequestLimits limits;
    private final Clock clock;
    private final RecordParser parser = RecordParser.newFixed(1);
    private long timeoutStart;
    private boolean idle = true;
    private boolean writeQueueFull;
    private boolean inputClosed;
    private boolean closed;
    private boolean requestCompleted;
    private int pendingOctets;

    /**
     * The limits of a server.
     *
     * @param maxConnections concurrent connections; further ones are closed at once
     * @param maxConnectionsPerClient concurrent connections of one IPv4 address or IPv6 /64
     * @param maxRequestOctets size of an incomplete request, checked after each read of up to 8 KiB
     * @param idleTimeout how long a connection may stay open between requests
     */
    public record RequestLimits(
            int maxConnections, int maxConnectionsPerClient, int maxRequestOctets, Duration idleTimeout) {}

    private RequestConnection(
            TcpConnection connection, Optional<RequestHandler> requestHandler, RequestLimits limits, Clock clock) {
        this.connection = connection;
        this.requestHandler = requestHandler;
        this.limits = limits;
        this.clock = clock;
        timeoutStart = clock.millis();
    }

    /**
     * Creates a server that replies to requests.
     *
     * @param handlerFactory creates the handler for a connection of a client; empty if the client is not allowed
     */
    public static TcpServer createServer(
            Vertx vertx,
            RequestLimits limits,
            Clock clock,
            Function<InetAddress, Optional<RequestHandler>> handlerFactory) {
        return new TcpServer(
                vertx,
                new NetServerOptions()
                        .setAcceptBacklog(ACCEPT_BACKLOG)
                        .setReceiveBufferSize(READ_BUFFER_OCTETS)
                        .setSendBufferSize(MAX_WRITE_QUEUE_OCTETS),
                new ConnectionLimiter(limits.maxConnections(), limits.maxConnectionsPerClient()),
                clock,
                () -> connection -> new RequestConnection(
                        connection, handlerFactory.apply(connection.remoteAddress()), limits, clock));
    }

    @Override
    public void start() {
        if (requestHandler.isEmpty() || !connection.tryAcquireClientSlot(connection.remoteAddress())) {
            connection.reject();
            return;
        }
        connection.setMaxWriteQueue(MAX_WRITE_QUEUE_OCTETS);
        connection.allowHalfClosure();
        requestHandler.get().initialize(parser);
        parser.handler(this::onRecord);
    }

    @Override
    public void reject() {
        closeImmediately();
    }

    @Override
    public void receive(Buffer octets) {
        if (closed) {
            return;
        }
        if (idle) {
            idle = false;
            timeoutStart = clock.millis();
        }
        requestCompleted = false;
        parser.handle(octets);
        pendingOctets = requestCompleted ? 0 : pendingOctets + octets.length();
        if (pendingOctets > limits.maxRequestOctets()) {
            closeImmediately();
        }
    }

    private void onRecord(Buffer record) {
        if (closed) {
            return;
        }
        try {
            requestHandler.orElseThrow().handleRecord(record, parser).ifPresent(this::sendReply);
        } catch (RequestHandler.MalformedRequestException e) {
            closeAfterWriting(Buffer.buffer(String.valueOf(e.getMessage())));
        }
    }

    private void sendReply(Buffer reply) {
        requestCompleted = true;
        idle = true;
        timeoutStart = clock.millis();
        connection.write(reply);
        if (!connection.isWritable()) {
            writeQueueFull = true;
            parser.pause();
            connection.pause();
        }
    }

    @Override
    public void onWritable() {
        if (writeQueueFull && !closed) {
            writeQueueFull = false;
            timeoutStart = clock.millis();
            parser.resume();
            if (!writeQueueFull) {
                connection.resume();
                // runs after the input that arrived while the connection was paused
                Vertx.currentContext().runOnContext(read -> closeWhenDone());
            }
        }
    }

    @Override
    public void onInputClosed() {
        inputClosed = true;
        closeWhenDone();
    }

    /** Closes the connection if the client can send nothing more and all replies are written. */
    private void closeWhenDone() {
        if (inputClosed && !writeQueueFull && !closed) {
            closeAfterWriting(Buffer.buffer());
        }
    }

    private void closeAfterWriting(Buffer finalReply) {
        closed = true;
        timeoutStart = clock.millis();
        connection.writeAndClose(finalReply);
    }

    private void closeImmediately() {
        closed = true;
        connection.abort();
    }

    @Override
    public void checkTimeouts(long now, boolean nearLimit) {
        Duration regular = idle && !writeQueueFull && !closed ? limits.idleTimeout() : READ_TIMEOUT;
        Duration timeout = nearLimit ? OVERLOAD_TIMEOUT : regular;
        if (now - timeoutStart > timeout.toMillis()) {
            closeImmediately();
        }
    }

    @Override
    public void shutDown() {
        closeAfterWriting(Buffer.buffer());
    }
}
