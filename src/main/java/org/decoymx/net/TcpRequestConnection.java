package org.decoymx.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.impl.NetSocketInternal;
import io.vertx.core.parsetools.RecordParser;
import java.time.Clock;
import java.time.Duration;

/**
 * One connection of a {@link TcpRequestServer}, on its event loop. After the client has closed its sending side, it
 * still gets the replies to all its requests, as DNS requires (RFC 1035 section 4.2.2).
 */
final class TcpRequestConnection {
    /** Limit of unsent replies here and in the kernel, in octets; the kernel's default is some MiB per connection. */
    static final int MAX_WRITE_QUEUE_OCTETS = 16_384;

    /** Timeout for a request to arrive completely, and for the client to read a reply. */
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(10);

    /** All timeouts near the connection limit (RFC 7766 section 6.2.3), so that idle clients do not keep others out. */
    private static final Duration OVERLOAD_TIMEOUT = Duration.ofSeconds(2);

    private final NetSocketInternal socket;
    private final ChannelHandlerContext context;
    private final RequestHandler requestHandler;
    private final TcpRequestServer.ServerLimits limits;
    private final Clock clock;
    private final RecordParser parser = RecordParser.newFixed(1);
    private long timeoutStart;
    private boolean idle = true;
    private boolean writeQueueFull;
    private boolean inputClosed;
    private boolean closed;
    private boolean requestCompleted;
    private int pendingOctets;

    TcpRequestConnection(
            NetSocketInternal socket,
            RequestHandler requestHandler,
            TcpRequestServer.ServerLimits limits,
            Clock clock) {
        this.socket = socket;
        context = socket.channelHandlerContext();
        this.requestHandler = requestHandler;
        this.limits = limits;
        this.clock = clock;
        timeoutStart = clock.millis();
    }

    void start() {
        context.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        requestHandler.initialize(parser);
        parser.handler(this::onRecord);
        socket.setWriteQueueMaxSize(MAX_WRITE_QUEUE_OCTETS);
        socket.exceptionHandler(e -> closeImmediately());
        socket.drainHandler(drained -> resumeAfterDrain());
        socket.eventHandler(this::onEvent);
        socket.handler(this::onRead);
    }

    private void onEvent(Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            inputClosed = true;
            closeWhenDone();
        }
    }

    /** Closes the connection if the client can send nothing more and all replies are written. */
    private void closeWhenDone() {
        if (inputClosed && !writeQueueFull && !closed) {
            closeAfterWriting(Buffer.buffer());
        }
    }

    private void onRead(Buffer buffer) {
        if (closed) {
            return;
        }
        if (idle) {
            idle = false;
            timeoutStart = clock.millis();
        }
        requestCompleted = false;
        parser.handle(buffer);
        pendingOctets = requestCompleted ? 0 : pendingOctets + buffer.length();
        if (pendingOctets > limits.maxRequestOctets()) {
            closeImmediately();
        }
    }

    private void onRecord(Buffer record) {
        if (closed) {
            return;
        }
        try {
            requestHandler.handleRecord(record, parser).ifPresent(this::sendReply);
        } catch (RequestHandler.MalformedRequestException e) {
            closeAfterWriting(Buffer.buffer(String.valueOf(e.getMessage())));
        }
    }

    private void sendReply(Buffer reply) {
        requestCompleted = true;
        idle = true;
        timeoutStart = clock.millis();
        var unused = socket.write(reply);
        if (socket.writeQueueFull()) {
            writeQueueFull = true;
            parser.pause();
            socket.pause();
        }
    }

    private void resumeAfterDrain() {
        if (writeQueueFull && !closed) {
            writeQueueFull = false;
            timeoutStart = clock.millis();
            parser.resume();
            if (!writeQueueFull) {
                socket.resume();
                // runs after the input that arrived while the socket was paused
                Vertx.currentContext().runOnContext(read -> closeWhenDone());
            }
        }
    }

    private void closeAfterWriting(Buffer finalReply) {
        closed = true;
        timeoutStart = clock.millis();
        var unused = socket.end(finalReply);
    }

    private void closeImmediately() {
        closed = true;
        abort(context);
    }

    static void abort(ChannelHandlerContext context) {
        var unused = context.close();
    }

    void checkTimeouts(long now, boolean nearLimit) {
        Duration regular = idle && !writeQueueFull && !closed ? limits.idleTimeout() : READ_TIMEOUT;
        Duration timeout = nearLimit ? OVERLOAD_TIMEOUT : regular;
        if (now - timeoutStart > timeout.toMillis()) {
            closeImmediately();
        }
    }
}
