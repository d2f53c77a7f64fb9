package org.decoymx.smtp.server;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.impl.NetSocketInternal;
import org.decoymx.smtp.protocol.Answer;
import org.decoymx.smtp.protocol.Answer.Next;
import org.decoymx.smtp.protocol.Conversation;
import org.decoymx.smtp.protocol.Reply;

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
final class Talk {
    /** What may arrive while nobody listens before the socket is paused, in octets. */
    private static final int MAX_WAITING = 2_048;

    /** What is answered in one write, in octets; a reply more at most. */
    private static final int MAX_BATCH = 4_096;

    private static final long NO_TIMER = -1;

    private enum Phase {
        /** The greeting or a reply is held back, or the client does not read what was sent. */
        HOLDING,
        LISTENING,
        /** STARTTLS was answered, TLS is not on yet. */
        HANDSHAKE,
        OVER
    }

    /** Who is told how the talk goes. */
    interface Listener {
        /** DATA was answered with its 451. */
        void deferred();

        /** The talk came to its end: these last words are to be sent, and the connection closed. */
        void ended(Answer answer, Buffer lastWords);
    }

    private final Port port;
    private final Vertx vertx;
    private final NetSocket socket;
    private final Dialogue dialogue;
    private final Listener listener;
    private Phase phase = Phase.HOLDING;
    private long heard;
    private long timer = NO_TIMER;
    private boolean paused;

    Talk(Port port, Vertx vertx, NetSocket socket, Conversation conversation, Listener listener) {
        this.port = port;
        this.vertx = vertx;
        this.socket = socket;
        this.dialogue = new Dialogue(conversation);
        this.listener = listener;
        heard = port.clock().millis();
    }

    Conversation conversation() {
        return dialogue.conversation();
    }

    void receive(byte[] octets) {
        switch (phase) {
            case LISTENING -> {
                dialogue.feed(octets);
                answer();
            }
            case HOLDING -> keep(octets);
            case HANDSHAKE, OVER -> {
                // sent in clear behind STARTTLS, or behind the end: dropped
            }
        }
    }

    private void keep(byte[] octets) {
        dialogue.feed(octets);
        if (dialogue.buffered() > MAX_WAITING && !paused) {
            paused = true;
            setReading(false);
        }
    }

    private void setReading(boolean on) {
        ((NetSocketInternal) socket).channelHandlerContext().channel().config().setAutoRead(on);
    }

    /** Goes on with what arrived meanwhile, and with the socket. */
    void listen() {
        phase = Phase.LISTENING;
        heard = port.clock().millis();
        answer();
        if (paused && phase == Phase.LISTENING) {
            paused = false;
            setReading(true);
        }
    }

    /** Listens no more, and lets go of what it holds: a timer would keep it long after the connection is gone. */
    void stop() {
        phase = Phase.OVER;
        dialogue.clear();
        vertx.cancelTimer(timer);
    }

    /** Whether the client cannot be told anything: a handshake is under way. */
    boolean isDeaf() {
        return phase == Phase.HANDSHAKE;
    }

    /** Whether it is the client's turn: to send a line, or to read what was sent. */
    boolean isWaiting() {
        return phase == Phase.LISTENING || socket.writeQueueFull();
    }

    /** When the client was last heard, in milliseconds since 1970: a whole line, or part of a chunk. */
    long heard() {
        return heard;
    }

    private void answer() {
        Buffer out = Buffer.buffer();
        Answer answer = dialogue.next();
        while (answer != null) {
            take(answer);
            out.appendBytes(answer.reply().octets());
            if (answer.next() != Next.GO_ON || isTarpit()) {
                holdThenAct(answer, out);
                return;
            }
            if (out.length() >= MAX_BATCH) {
                write(out);
                if (phase != Phase.LISTENING) {
                    return;
                }
                out = Buffer.buffer();
            }
            answer = dialogue.next();
        }
        if (out.length() > 0) {
            write(out);
        } else if (dialogue.isSkipping()) {
            heard = port.clock().millis();
        }
    }

    private boolean isTarpit() {
        return !port.delays().reply().isZero();
    }

    private void take(Answer answer) {
        heard = port.clock().millis();
        port.traffic().answer(answer);
        if (answer.isDeferral()) {
            listener.deferred();
        }
    }

    private void holdThenAct(Answer answer, Buffer out) {
        if (!isTarpit()) {
            act(answer, out);
            return;
        }
        phase = Phase.HOLDING;
        timer = vertx.setTimer(port.delays().reply().toMillis(), fired -> {
            if (phase == Phase.HOLDING) {
                act(answer, out);
            }
        });
    }

    private void act(Answer answer, Buffer out) {
        switch (answer.next()) {
            case CLOSE -> listener.ended(answer, out);
            case START_TLS -> startTls(out);
            case GO_ON -> {
                phase = Phase.LISTENING;
                write(out);
                if (phase == Phase.LISTENING) {
                    listen();
                }
            }
        }
    }

    private void startTls(Buffer out) {
        phase = Phase.HANDSHAKE;
        dialogue.startTls();
        socket.write(out);
        if (paused) {
            // so much came in clear behind STARTTLS that some of it waits where it cannot be dropped
            socket.close();
        } else {
            socket.upgradeToSsl().onSuccess(done -> listen()).onFailure(failure -> socket.close());
        }
    }

    void write(Reply reply) {
        write(Buffer.buffer(reply.octets()));
    }

    private void write(Buffer out) {
        socket.write(out);
        if (socket.writeQueueFull() && phase == Phase.LISTENING) {
            phase = Phase.HOLDING;
            socket.drainHandler(drained -> {
                if (phase == Phase.HOLDING) {
                    listen();
                }
            });
        }
    }
}
