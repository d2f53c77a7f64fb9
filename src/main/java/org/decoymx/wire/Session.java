package org.decoymx.wire;

import io.netty.util.NetUtil;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.impl.NetSocketInternal;
import java.net.InetAddress;
import java.time.Instant;
import java.util.Objects;
import org.decoymx.conversation.Answer;
import org.decoymx.conversation.Answer.Next;
import org.decoymx.conversation.Conversation;
import org.decoymx.conversation.Phrase;
import org.decoymx.conversation.Reply;
import org.decoymx.sighting.Sighting;
import org.decoymx.sighting.Sighting.Ending;
import org.jspecify.annotations.Nullable;

/**
 * One connection, on its event loop from the first octet to the last.
 *
 * <pre>
 * PROXY --header--> GREETING --pause--> TALKING --STARTTLS--> HANDSHAKE --done--> TALKING --end--> OVER
 *                                          ^ |
 *                                          | v
 *                                        HOLDING
 * </pre>
 */
final class Session {
    /** What may arrive while the decoy is not listening before the socket is paused, in octets. */
    private static final int MAX_WAITING = 16_384;

    private static final long PROXY_HEADER_MILLIS = 5_000;

    /** How long the last words wait to be read; a client that never reads would keep its socket for ever. */
    private static final long LAST_WORDS_MILLIS = 5_000;

    private enum Phase {
        /** A trusted proxy's header is awaited. */
        PROXY,
        /** The greeting's last line is held back. */
        GREETING,
        TALKING,
        /** A reply is held back, or the client does not read what was sent. */
        HOLDING,
        /** STARTTLS was answered, TLS is not on yet. */
        HANDSHAKE,
        OVER
    }

    private final Port port;
    private final Vertx vertx;
    private final NetSocket socket;
    private final long began;

    private Phase phase = Phase.PROXY;
    private Dialogue dialogue;
    private @Nullable ProxyHeader header;
    private @Nullable InetAddress client;
    private Ending ending = Ending.OPEN;
    private long number;
    private long heard;
    private long ended;
    private boolean sighted;
    private boolean paused;

    Session(Port port, Vertx vertx, NetSocket socket) {
        this.port = port;
        this.vertx = vertx;
        this.socket = socket;
        began = port.clock().millis();
        heard = began;
        dialogue = dialogueWith(address(socket.remoteAddress()));
    }

    /** Begins: with the greeting, or where a proxy is trusted with its header. */
    void start() {
        socket.handler(this::receive);
        socket.exceptionHandler(failure -> socket.close());
        InetAddress peer = address(socket.remoteAddress());
        if (port.trusted().contains(peer)) {
            header = new ProxyHeader();
        } else {
            greet(peer);
        }
    }

    /** Ends the session before it began: there are too many. */
    void turnAway() {
        port.traffic().refusal();
        dismiss(Phrase.TOO_MANY_CONNECTIONS, Ending.CLOSED);
    }

    private static InetAddress address(SocketAddress address) {
        return NetUtil.createInetAddressFromIpAddressString(address.hostAddress());
    }

    private Dialogue dialogueWith(InetAddress partner) {
        return new Dialogue(new Conversation(
                port.settings(),
                NetUtil.toAddressString(partner),
                NetUtil.toAddressString(address(socket.localAddress())),
                Instant.ofEpochMilli(began)));
    }

    private void receive(Buffer octets) {
        switch (phase) {
            case PROXY -> receiveHeader(octets);
            case TALKING -> {
                dialogue.feed(octets.getBytes());
                talk();
            }
            case GREETING -> {
                dialogue.conversation().spokeEarly();
                keep(octets.getBytes());
            }
            case HOLDING -> keep(octets.getBytes());
            case HANDSHAKE, OVER -> {
                // sent in clear behind STARTTLS, or behind the end: dropped
            }
        }
    }

    private void keep(byte[] octets) {
        dialogue.feed(octets);
        if (dialogue.buffered() > MAX_WAITING && !paused) {
            paused = true;
            socket.pause();
        }
    }

    private void receiveHeader(Buffer octets) {
        ProxyHeader.Result result = Objects.requireNonNull(header).feed(octets.getBytes());
        if (result instanceof ProxyHeader.Result.Broken) {
            dismiss(Phrase.NO_PROXY_HEADER, Ending.CLOSED);
        } else if (result instanceof ProxyHeader.Result.Read read) {
            InetAddress named = read.client();
            if (named == null || port.trusted().contains(named)) {
                greetNobody();
            } else {
                dialogue = dialogueWith(named);
                greet(named);
            }
            if (read.rest().length() > 0) {
                receive(read.rest());
            }
        }
    }

    private void greet(InetAddress from) {
        if (!port.admission().enter(from)) {
            turnAway();
            return;
        }
        client = from;
        number = port.numbers().incrementAndGet();
        greetNobody();
    }

    /** Greets without taking note of who it is: a proxy's own health check is no sender. */
    private void greetNobody() {
        port.traffic().session();
        long pause = port.delays().greeting().toMillis();
        if (pause > 0) {
            phase = Phase.GREETING;
            write(dialogue.conversation().opening());
            vertx.setTimer(pause, timer -> endGreeting());
        } else {
            phase = Phase.GREETING;
            endGreeting();
        }
    }

    private void endGreeting() {
        if (phase == Phase.GREETING) {
            write(dialogue.conversation().greeting());
            listen();
        }
    }

    /** Goes on with what arrived meanwhile, and with the socket. */
    private void listen() {
        phase = Phase.TALKING;
        heard = port.clock().millis();
        talk();
        if (paused && phase == Phase.TALKING) {
            paused = false;
            socket.resume();
        }
    }

    /** Answers every line that has arrived, in one write. */
    private void talk() {
        Buffer out = Buffer.buffer();
        Answer answer = dialogue.next();
        while (answer != null) {
            take(answer);
            out.appendBytes(answer.reply().octets());
            if (answer.next() != Next.GO_ON || port.delays().reply().toMillis() > 0) {
                break;
            }
            answer = dialogue.next();
        }
        if (answer != null) {
            holdThenAct(answer, out);
        } else if (out.length() > 0) {
            write(out);
        } else if (dialogue.isSkipping()) {
            heard = port.clock().millis();
        }
    }

    private void take(Answer answer) {
        heard = port.clock().millis();
        port.traffic().answer(answer);
        if (answer.isDeferral() && !sighted) {
            sighted = true;
            publish();
        }
    }

    private void holdThenAct(Answer answer, Buffer out) {
        long pause = port.delays().reply().toMillis();
        if (pause == 0) {
            act(answer, out);
            return;
        }
        phase = Phase.HOLDING;
        vertx.setTimer(pause, timer -> {
            if (phase == Phase.HOLDING) {
                act(answer, out);
            }
        });
    }

    private void act(Answer answer, Buffer out) {
        switch (answer.next()) {
            case CLOSE -> close(out, answer.isGoodbye() ? Ending.QUIT : Ending.CLOSED);
            case START_TLS -> startTls(out);
            case GO_ON -> {
                phase = Phase.TALKING;
                write(out);
                if (phase == Phase.TALKING) {
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
            // so much sent in clear behind STARTTLS that some of it waits where it cannot be dropped
            socket.close();
            return;
        }
        socket.upgradeToSsl().onSuccess(done -> listen()).onFailure(failure -> socket.close());
    }

    private void write(Reply reply) {
        write(Buffer.buffer(reply.octets()));
    }

    private void write(Buffer out) {
        socket.write(out);
        if (socket.writeQueueFull() && phase == Phase.TALKING) {
            phase = Phase.HOLDING;
            socket.drainHandler(drained -> {
                if (phase == Phase.HOLDING) {
                    listen();
                }
            });
        }
    }

    /** Ends the session when its patience is over; called about once a second. */
    void checkPatience(long now, boolean crowded) {
        if (phase == Phase.OVER) {
            if (now - ended >= LAST_WORDS_MILLIS) {
                abort();
            }
            return;
        }
        long idle = phase == Phase.PROXY ? PROXY_HEADER_MILLIS : port.delays().idleMillis(crowded);
        boolean waits = phase == Phase.TALKING || phase == Phase.PROXY || socket.writeQueueFull();
        boolean tooLong = now - began >= port.delays().session().toMillis();
        if (tooLong || waits && now - heard >= idle) {
            dismiss(phase == Phase.PROXY ? Phrase.NO_PROXY_HEADER : Phrase.TIMEOUT, Ending.TIMED_OUT);
        }
    }

    /** Ends the session as the decoy itself stops. */
    void shutDown() {
        dismiss(Phrase.SHUTDOWN, Ending.SHUT_DOWN);
    }

    /** Says 421 and closes (RFC 5321 section 3.8); in the midst of a handshake it only closes. */
    private void dismiss(Phrase why, Ending how) {
        if (phase != Phase.OVER) {
            boolean deaf = phase == Phase.HANDSHAKE;
            close(
                    deaf
                            ? Buffer.buffer()
                            : Buffer.buffer(
                                    dialogue.conversation().farewell(why).octets()),
                    how);
        }
    }

    private void close(Buffer last, Ending how) {
        phase = Phase.OVER;
        ending = how;
        ended = port.clock().millis();
        socket.end(last);
    }

    /** Closes without the last words: Vert.x itself would wait until they are written. */
    private void abort() {
        var unused = ((NetSocketInternal) socket).channelHandlerContext().close();
    }

    /** The connection is gone. */
    void closed() {
        phase = Phase.OVER;
        if (ending == Ending.OPEN) {
            ending = Ending.LEFT;
            dialogue.conversation().leftWithoutQuit();
        }
        InetAddress from = client;
        if (from != null) {
            port.admission().leave(from);
            publish();
        }
    }

    private void publish() {
        InetAddress from = client;
        if (from != null) {
            port.sightings()
                    .accept(new Sighting(
                            number,
                            from,
                            port.clock().instant(),
                            dialogue.conversation().notes(),
                            ending));
        }
    }
}
