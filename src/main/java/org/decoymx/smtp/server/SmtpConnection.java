package org.decoymx.smtp.server;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.impl.NetSocketInternal;
import org.decoymx.smtp.protocol.Conversation;
import org.decoymx.smtp.protocol.Reply;
import org.decoymx.smtp.protocol.Response;
import org.decoymx.smtp.protocol.Response.NextAction;

/**
 * A dialogue on a socket: every line that has arrived is answered in one write, a reply is held back where a pause is
 * asked for, TLS begins where it is agreed on, and a client that does not read is not listened to.
 *
 * <pre>
 * HOLDING --listen--> LISTENING --STARTTLS--> HANDSHAKE --done--> LISTENING --end--> OVER
 *    ^                    |
 *    +-- pause, or full --+
 * </pre>
 */
final class SmtpConnection {
    /** What may arrive while nobody listens before the socket is paused, in octets. */
    private static final int MAX_BUFFERED_INPUT = 2_048;

    /** What is answered in one write, in octets; a reply more at most. */
    private static final int MAX_REPLY_BATCH = 4_096;

    private static final long NO_TIMER = -1;

    private enum ConnectionState {
        /** The greeting or a reply is held back, or the client does not read what was sent. */
        SUSPENDED,
        READING,
        /** STARTTLS was answered, TLS is not on yet. */
        TLS_HANDSHAKE,
        CLOSED
    }

    /** Who is told how the talk goes. */
    interface ConnectionListener {
        /** DATA was answered with its 451. */
        void onDeferral();

        /** The talk came to its end: these last words are to be sent, and the connection closed. */
        void onEnd(Response answer, Buffer lastWords);
    }

    private final SmtpServerContext serverContext;
    private final Vertx vertx;
    private final NetSocket socket;
    private final ConversationDriver driver;
    private final ConnectionListener listener;
    private ConnectionState state = ConnectionState.SUSPENDED;
    private long lastInputAt;
    private long replyDelayTimer = NO_TIMER;
    private boolean autoReadOff;

    SmtpConnection(
            SmtpServerContext port,
            Vertx vertx,
            NetSocket socket,
            Conversation conversation,
            ConnectionListener listener) {
        this.serverContext = port;
        this.vertx = vertx;
        this.socket = socket;
        this.driver = new ConversationDriver(conversation);
        this.listener = listener;
        lastInputAt = port.clock().millis();
    }

    Conversation conversation() {
        return driver.conversation();
    }

    void receive(byte[] octets) {
        switch (state) {
            case READING -> {
                driver.feed(octets);
                processInput();
            }
            case SUSPENDED -> bufferInput(octets);
            case TLS_HANDSHAKE, CLOSED -> {
                // sent in clear behind STARTTLS, or behind the end: dropped
            }
        }
    }

    private void bufferInput(byte[] octets) {
        driver.feed(octets);
        if (driver.bufferedOctets() > MAX_BUFFERED_INPUT && !autoReadOff) {
            autoReadOff = true;
            setAutoRead(false);
        }
    }

    private void setAutoRead(boolean on) {
        ((NetSocketInternal) socket).channelHandlerContext().channel().config().setAutoRead(on);
    }

    /** Goes on with what arrived meanwhile, and with the socket. */
    void resumeReading() {
        state = ConnectionState.READING;
        lastInputAt = serverContext.clock().millis();
        processInput();
        if (autoReadOff && state == ConnectionState.READING) {
            autoReadOff = false;
            setAutoRead(true);
        }
    }

    /** Listens no more, and lets go of what it holds: a timer would keep it long after the connection is gone. */
    void stop() {
        state = ConnectionState.CLOSED;
        driver.clear();
        vertx.cancelTimer(replyDelayTimer);
    }

    /** Whether the client cannot be told anything: a handshake is under way. */
    boolean isInTlsHandshake() {
        return state == ConnectionState.TLS_HANDSHAKE;
    }

    /** Whether it is the client's turn: to send a line, or to read what was sent. */
    boolean isWaitingForClient() {
        return state == ConnectionState.READING || socket.writeQueueFull();
    }

    /** When the client was last heard, in milliseconds since 1970: a whole line, or part of a chunk. */
    long lastInputAt() {
        return lastInputAt;
    }

    private void processInput() {
        Buffer out = Buffer.buffer();
        Response answer = driver.nextResponse();
        while (answer != null) {
            recordResponse(answer);
            out.appendBytes(answer.reply().octets());
            if (answer.nextAction() != NextAction.CONTINUE || hasReplyDelay()) {
                completeAfterReplyDelay(answer, out);
                return;
            }
            if (out.length() >= MAX_REPLY_BATCH) {
                write(out);
                if (state != ConnectionState.READING) {
                    return;
                }
                out = Buffer.buffer();
            }
            answer = driver.nextResponse();
        }
        if (out.length() > 0) {
            write(out);
        } else if (driver.isSkipping()) {
            lastInputAt = serverContext.clock().millis();
        }
    }

    private boolean hasReplyDelay() {
        return !serverContext.timeouts().replyDelay().isZero();
    }

    private void recordResponse(Response answer) {
        lastInputAt = serverContext.clock().millis();
        serverContext.metrics().countResponse(answer);
        if (answer.isDeferral()) {
            listener.onDeferral();
        }
    }

    private void completeAfterReplyDelay(Response answer, Buffer out) {
        if (!hasReplyDelay()) {
            complete(answer, out);
            return;
        }
        state = ConnectionState.SUSPENDED;
        replyDelayTimer = vertx.setTimer(serverContext.timeouts().replyDelay().toMillis(), fired -> {
            if (state == ConnectionState.SUSPENDED) {
                complete(answer, out);
            }
        });
    }

    private void complete(Response answer, Buffer out) {
        switch (answer.nextAction()) {
            case CLOSE -> listener.onEnd(answer, out);
            case START_TLS -> startTls(out);
            case CONTINUE -> {
                state = ConnectionState.READING;
                write(out);
                if (state == ConnectionState.READING) {
                    resumeReading();
                }
            }
        }
    }

    private void startTls(Buffer out) {
        state = ConnectionState.TLS_HANDSHAKE;
        driver.startTls();
        socket.write(out);
        if (autoReadOff) {
            // so much came in clear behind STARTTLS that some of it waits where it cannot be dropped
            socket.close();
        } else {
            socket.upgradeToSsl().onSuccess(done -> resumeReading()).onFailure(failure -> socket.close());
        }
    }

    void write(Reply reply) {
        write(Buffer.buffer(reply.octets()));
    }

    private void write(Buffer out) {
        socket.write(out);
        if (socket.writeQueueFull() && state == ConnectionState.READING) {
            state = ConnectionState.SUSPENDED;
            socket.drainHandler(drained -> {
                if (state == ConnectionState.SUSPENDED) {
                    resumeReading();
                }
            });
        }
    }
}
