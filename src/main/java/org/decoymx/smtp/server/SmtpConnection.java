package org.decoymx.smtp.server;

import io.vertx.core.buffer.Buffer;
import java.util.concurrent.CompletableFuture;
import org.decoymx.net.TcpConnection;
import org.decoymx.smtp.protocol.Conversation;
import org.decoymx.smtp.protocol.Reply;
import org.decoymx.smtp.protocol.Response;
import org.decoymx.smtp.protocol.Response.NextAction;

/**
 * A conversation on a socket. It sends the replies to all lines that have arrived in one write, delays replies if
 * configured, starts TLS after STARTTLS, and stops reading from a client that does not read its replies.
 *
 * <pre>
 * SUSPENDED --resume--> READING --STARTTLS--> TLS_HANDSHAKE --done--> READING --end--> CLOSED
 *     ^                  |    ^ |
 *     +----- delay ------+    | +--full--> WRITE_QUEUE_FULL --+
 *                             +----------- writable ----------+
 * </pre>
 */
final class SmtpConnection {
    /** Input to buffer while suspended, in octets, before reading from the socket stops. */
    private static final int MAX_BUFFERED_INPUT = 2_048;

    /** Octets of replies after which a write is started; one write can be larger by one reply. */
    private static final int MAX_REPLY_BATCH = 4_096;

    private static final long NO_TIMER = -1;

    private enum ConnectionState {
        /** The greeting or a reply is delayed, or STARTTLS waits for the {@code tlsWarmUp}. */
        SUSPENDED,
        WRITE_QUEUE_FULL,
        READING,
        /** The reply to STARTTLS was sent, and TLS is not active yet. */
        TLS_HANDSHAKE,
        CLOSED
    }

    /** Receives the events of a connection. */
    interface ConnectionListener {
        /** The reply to DATA or BDAT was 451. */
        void onDeferral();

        /** The conversation has ended: the listener must send the final replies and close the connection. */
        void onEnd(Response response, Buffer finalReplies);
    }

    private final SmtpServerContext serverContext;
    private final TcpConnection connection;
    private final ConversationDriver driver;
    private final ConnectionListener listener;
    private ConnectionState state = ConnectionState.SUSPENDED;
    private long lastInputAt;
    private long replyDelayTimer = NO_TIMER;
    private boolean paused;

    SmtpConnection(
            SmtpServerContext serverContext,
            TcpConnection connection,
            Conversation conversation,
            ConnectionListener listener) {
        this.serverContext = serverContext;
        this.connection = connection;
        this.driver = new ConversationDriver(conversation);
        this.listener = listener;
        lastInputAt = serverContext.durations().millis();
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
            case SUSPENDED, WRITE_QUEUE_FULL -> bufferInput(octets);
            case TLS_HANDSHAKE, CLOSED -> {
                // clear text after STARTTLS, or input after the end: dropped
            }
        }
    }

    private void bufferInput(byte[] octets) {
        driver.feed(octets);
        if (driver.bufferedOctets() > MAX_BUFFERED_INPUT && !paused) {
            paused = true;
            connection.pause();
        }
    }

    /** Processes the input that arrived while suspended, and reads from the socket again. */
    void resumeReading() {
        state = ConnectionState.READING;
        lastInputAt = serverContext.durations().millis();
        processInput();
        if (paused && state == ConnectionState.READING) {
            paused = false;
            connection.resume();
        }
    }

    /** Stops processing input, and releases the buffer and the timer, which would hold a reference to this object. */
    void stop() {
        state = ConnectionState.CLOSED;
        driver.clear();
        connection.cancelTimer(replyDelayTimer);
    }

    /** Whether a TLS handshake is in progress, so that no reply can be sent. */
    boolean isInTlsHandshake() {
        return state == ConnectionState.TLS_HANDSHAKE;
    }

    /** Whether the client must act next: send a line, or read the replies. */
    boolean isWaitingForClient() {
        return state == ConnectionState.READING || !connection.isWritable();
    }

    /** The time of the last complete line or part of a chunk, in milliseconds since 1970. */
    long lastInputAt() {
        return lastInputAt;
    }

    private void processInput() {
        Buffer replies = Buffer.buffer();
        Response response = driver.nextResponse();
        while (response != null) {
            recordResponse(response);
            replies.appendBytes(response.reply().octets());
            if (response.nextAction() != NextAction.CONTINUE || hasReplyDelay()) {
                completeAfterReplyDelay(response, replies);
                return;
            }
            if (replies.length() >= MAX_REPLY_BATCH) {
                write(replies);
                if (state != ConnectionState.READING) {
                    return;
                }
                replies = Buffer.buffer();
            }
            response = driver.nextResponse();
        }
        if (replies.length() > 0) {
            write(replies);
        } else if (driver.isSkipping()) {
            lastInputAt = serverContext.durations().millis();
        }
    }

    private boolean hasReplyDelay() {
        return !serverContext.timeouts().replyDelay().isZero();
    }

    private void recordResponse(Response response) {
        lastInputAt = serverContext.durations().millis();
        serverContext.metrics().countResponse(response);
        if (response.isDeferral()) {
            listener.onDeferral();
        }
    }

    private void completeAfterReplyDelay(Response response, Buffer replies) {
        if (!hasReplyDelay()) {
            complete(response, replies);
            return;
        }
        state = ConnectionState.SUSPENDED;
        replyDelayTimer = connection.setTimer(serverContext.timeouts().replyDelay(), () -> {
            if (state == ConnectionState.SUSPENDED) {
                complete(response, replies);
            }
        });
    }

    private void complete(Response response, Buffer replies) {
        switch (response.nextAction()) {
            case CLOSE -> listener.onEnd(response, replies);
            case START_TLS -> startTlsWhenReady(replies);
            case CONTINUE -> {
                state = ConnectionState.READING;
                write(replies);
                if (state == ConnectionState.READING) {
                    resumeReading();
                }
            }
        }
    }

    /** In the first seconds the JVM may not be ready for a handshake: then the reply waits for that. */
    private void startTlsWhenReady(Buffer replies) {
        CompletableFuture<Void> ready = serverContext.tlsWarmUp().start();
        if (ready.isDone()) {
            startTls(replies);
            return;
        }
        state = ConnectionState.SUSPENDED;
        connection.runAfter(ready, () -> {
            if (state == ConnectionState.SUSPENDED) {
                startTls(replies);
            }
        });
    }

    private void startTls(Buffer replies) {
        state = ConnectionState.TLS_HANDSHAKE;
        driver.startTls();
        connection.write(replies);
        if (paused) {
            // reading was stopped, so clear text sent after STARTTLS may be in the socket, where it cannot be dropped
            connection.writeAndClose(Buffer.buffer());
        } else {
            connection.startTls().onComplete(handshake -> {
                if (handshake.succeeded() && state == ConnectionState.TLS_HANDSHAKE) {
                    resumeReading();
                } else {
                    connection.abort();
                }
            });
        }
    }

    void write(Reply reply) {
        write(Buffer.buffer(reply.octets()));
    }

    private void write(Buffer replies) {
        connection.write(replies);
        if (!connection.isWritable() && state == ConnectionState.READING) {
            state = ConnectionState.WRITE_QUEUE_FULL;
        }
    }

    /** Reads on if that was suspended because the write queue was full. */
    void onWritable() {
        if (state == ConnectionState.WRITE_QUEUE_FULL) {
            resumeReading();
        }
    }
}
