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
 * One connection of a {@link RequestPort}, on its event loop. Who has ended his side is still answered all that he asked
 * before, as DNS wants it (RFC 1035 section 4.2.2).
 */
final class RequestConnection {
    /** Octets of answers that wait to be fetched here; and in the kernel, which else would keep some MiB of each connection. */
    static final int UNREAD = 16_384;

    /** What a request has time to arrive in, and an answer to be fetched. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** What everything has time for when the port is crowded (RFC 7766 section 6.2.3): nobody is kept out by those who wait. */
    private static final Duration HURRY = Duration.ofSeconds(2);

    private final NetSocketInternal socket;
    private final ChannelHandlerContext context;
    private final Requests requests;
    private final RequestPort.Limits limits;
    private final Clock clock;
    private final RecordParser parser = RecordParser.newFixed(1);
    private long since;
    private boolean idle = true;
    private boolean full;
    private boolean ended;
    private boolean over;
    private boolean progress;
    private int octets;

    RequestConnection(NetSocketInternal socket, Requests requests, RequestPort.Limits limits, Clock clock) {
        this.socket = socket;
        context = socket.channelHandlerContext();
        this.requests = requests;
        this.limits = limits;
        this.clock = clock;
        since = clock.millis();
    }

    void start() {
        context.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        requests.begin(parser);
        parser.handler(this::record);
        socket.setWriteQueueMaxSize(UNREAD);
        socket.exceptionHandler(e -> end());
        socket.drainHandler(drained -> goOn());
        socket.eventHandler(this::event);
        socket.handler(this::read);
    }

    private void event(Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            ended = true;
            finish();
        }
    }

    /** Closes, when all that was asked is answered and nothing more can come. */
    private void finish() {
        if (ended && !full && !over) {
            lastWords(Buffer.buffer());
        }
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
            lastWords(Buffer.buffer(String.valueOf(e.getMessage())));
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
                // after what came while it was paused
                Vertx.currentContext().runOnContext(read -> finish());
            }
        }
    }

    /** What was answered before is still sent. */
    private void lastWords(Buffer words) {
        over = true;
        since = clock.millis();
        var unused = socket.end(words);
    }

    private void end() {
        over = true;
        abort(context);
    }

    static void abort(ChannelHandlerContext context) {
        var unused = context.close();
    }

    void checkPatience(long now, boolean crowded) {
        Duration calm = idle && !full && !over ? limits.idle() : PATIENCE;
        Duration patience = crowded ? HURRY : calm;
        if (now - since > patience.toMillis()) {
            end();
        }
    }
}
