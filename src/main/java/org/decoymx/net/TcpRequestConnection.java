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
 * One connection of a {@link TcpRequestServer}, on its event loop. Who has ended his side is still answered all that he asked
 * before, as DNS wants it (RFC 1035 section 4.2.2).
 */
final class TcpRequestConnection {
    /** Octets of answers that wait to be fetched here; and in the kernel, which else would keep some MiB of each connection. */
    static final int MAX_WRITE_QUEUE_OCTETS = 16_384;

    /** What a request has time to arrive in, and an answer to be fetched. */
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(10);

    /** What everything has time for when the port is crowded (RFC 7766 section 6.2.3): nobody is kept out by those who wait. */
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
            NetSocketInternal socket, RequestHandler requests, TcpRequestServer.ServerLimits limits, Clock clock) {
        this.socket = socket;
        context = socket.channelHandlerContext();
        this.requestHandler = requests;
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

    /** Closes, when all that was asked is answered and nothing more can come. */
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

    private void sendReply(Buffer answer) {
        requestCompleted = true;
        idle = true;
        timeoutStart = clock.millis();
        var unused = socket.write(answer);
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
                // after what came while it was paused
                Vertx.currentContext().runOnContext(read -> closeWhenDone());
            }
        }
    }

    /** What was answered before is still sent. */
    private void closeAfterWriting(Buffer words) {
        closed = true;
        timeoutStart = clock.millis();
        var unused = socket.end(words);
    }

    private void closeImmediately() {
        closed = true;
        abort(context);
    }

    static void abort(ChannelHandlerContext context) {
        var unused = context.close();
    }

    void checkTimeouts(long now, boolean crowded) {
        Duration calm = idle && !writeQueueFull && !closed ? limits.idleTimeout() : READ_TIMEOUT;
        Duration patience = crowded ? OVERLOAD_TIMEOUT : calm;
        if (now - timeoutStart > patience.toMillis()) {
            closeImmediately();
        }
    }
}
