package org.decoymx.smtp.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.NetUtil;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.impl.NetSocketInternal;
import java.net.InetAddress;
import java.time.Instant;
import org.decoymx.sighting.Sighting;
import org.decoymx.sighting.Sighting.Ending;
import org.decoymx.smtp.protocol.Answer;
import org.decoymx.smtp.protocol.Conversation;
import org.decoymx.smtp.protocol.Phrase;
import org.jspecify.annotations.Nullable;

/**
 * One connection, on its event loop from the first octet to the last: who it is, its greeting, its time-outs and its end.
 *
 * <pre>
 * PROXY --header--> GREETING --pause--> TALKING --end--> OVER
 * </pre>
 */
final class Session {
    /** Commands are small, and with ten thousand clients that flood large reads would fill the heap. */
    private static final RecvByteBufAllocator SMALL_READS = new AdaptiveRecvByteBufAllocator(256, 512, 4_096);

    /** Octets of replies that wait to be read before the decoy listens no more. */
    private static final int MAX_UNREAD = 8_192;

    private static final long PROXY_HEADER_MILLIS = 5_000;

    /** How long the last words wait to be read; a client that never reads would keep its socket for ever. */
    private static final long LAST_WORDS_MILLIS = 5_000;

    private static final long NO_TIMER = -1;

    private enum Phase {
        /** A trusted proxy's header is awaited. */
        PROXY,
        /** The greeting's last line is held back. */
        GREETING,
        TALKING,
        OVER
    }

    private final Port port;
    private final Outbox outbox;
    private final Vertx vertx;
    private final NetSocket socket;
    private final InetAddress peer;
    private final long began;

    private Phase phase = Phase.PROXY;
    private Talk talk;
    private @Nullable ProxyHeader header;
    private @Nullable InetAddress client;
    private Ending ending = Ending.OPEN;
    private long number;
    private long ended;
    private long greetingTimer = NO_TIMER;
    private boolean sighted;

    Session(Port port, Outbox outbox, Vertx vertx, NetSocket socket) {
        this.port = port;
        this.outbox = outbox;
        this.vertx = vertx;
        this.socket = socket;
        began = port.clock().millis();
        peer = address(socket.remoteAddress());
        talk = talkWith(peer);
    }

    /** The address without the zone that a link-local one may carry. */
    private static InetAddress address(SocketAddress address) {
        String text = address.hostAddress();
        int zone = text.indexOf('%');
        return NetUtil.createInetAddressFromIpAddressString(zone < 0 ? text : text.substring(0, zone));
    }

    private Talk talkWith(InetAddress partner) {
        Conversation conversation = new Conversation(
                port.settings(),
                () -> NetUtil.toAddressString(partner),
                () -> NetUtil.toAddressString(address(socket.localAddress())),
                Instant.ofEpochMilli(began));
        return new Talk(port, vertx, socket, conversation, new Talk.Listener() {
            @Override
            public void deferred() {
                sight();
            }

            @Override
            public void ended(Answer answer, Buffer lastWords) {
                close(lastWords, answer.isGoodbye() ? Ending.QUIT : Ending.CLOSED);
            }
        });
    }

    /** Begins: with the greeting, or where a proxy is trusted with its header. */
    void start() {
        NetSocketInternal connection = (NetSocketInternal) socket;
        connection.messageHandler(this::receiveMessage);
        connection.setWriteQueueMaxSize(MAX_UNREAD);
        connection.channelHandlerContext().channel().config().setRecvByteBufAllocator(SMALL_READS);
        socket.exceptionHandler(failure -> socket.close());
        if (port.trusted().contains(peer)) {
            header = new ProxyHeader();
        } else {
            admit(peer);
        }
    }

    /** Ends the session before it began: there are too many. */
    void turnAway() {
        port.traffic().refusal();
        dismiss(Phrase.TOO_MANY_CONNECTIONS, Ending.CLOSED);
    }

    private void receiveMessage(Object message) {
        ByteBuf octets = (ByteBuf) message;
        try {
            receive(ByteBufUtil.getBytes(octets));
        } finally {
            octets.release();
        }
    }

    private void receive(byte[] octets) {
        if (phase == Phase.PROXY && header != null) {
            receiveHeader(header.feed(octets));
            return;
        }
        if (phase == Phase.GREETING) {
            talk.conversation().spokeEarly();
        }
        talk.receive(octets);
    }

    private void receiveHeader(ProxyHeader.Result result) {
        if (result instanceof ProxyHeader.Result.Broken) {
            dismiss(Phrase.NO_PROXY_HEADER, Ending.CLOSED);
        } else if (result instanceof ProxyHeader.Result.Read read) {
            InetAddress named = read.client();
            if (named == null || port.trusted().contains(named)) {
                greet();
            } else {
                talk = talkWith(named);
                admit(named);
            }
            if (read.rest().length() > 0) {
                receive(read.rest().getBytes());
            }
        }
    }

    /** Takes note of who it is, and greets. */
    private void admit(InetAddress from) {
        if (port.admission().enter(from)) {
            client = from;
            number = port.numbers().incrementAndGet();
            greet();
        } else {
            turnAway();
        }
    }

    /** Greets; before {@link #admit} without taking note of who it is, as a proxy's own health check is no sender. */
    private void greet() {
        port.traffic().session();
        phase = Phase.GREETING;
        long pause = port.delays().greeting().toMillis();
        if (pause > 0) {
            talk.write(talk.conversation().opening());
            greetingTimer = vertx.setTimer(pause, fired -> endGreeting());
        } else {
            endGreeting();
        }
    }

    private void endGreeting() {
        if (phase == Phase.GREETING) {
            phase = Phase.TALKING;
            talk.write(talk.conversation().greeting());
            talk.listen();
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
        boolean proxy = phase == Phase.PROXY;
        long idle = proxy ? PROXY_HEADER_MILLIS : port.delays().idleMillis(crowded);
        boolean silent = (proxy || talk.isWaiting()) && now - talk.heard() >= idle;
        if (silent || now - began >= port.delays().session().toMillis()) {
            dismiss(proxy ? Phrase.NO_PROXY_HEADER : Phrase.TIMEOUT, Ending.TIMED_OUT);
        }
    }

    /** Ends the session as the decoy itself stops. */
    void shutDown() {
        dismiss(Phrase.SHUTDOWN, Ending.SHUT_DOWN);
    }

    /** Says 421 and closes (RFC 5321 section 3.8); in the midst of a handshake it only closes. */
    private void dismiss(Phrase why, Ending how) {
        if (phase != Phase.OVER) {
            Buffer none = Buffer.buffer();
            close(
                    talk.isDeaf()
                            ? none
                            : none.appendBytes(talk.conversation().farewell(why).octets()),
                    how);
        }
    }

    private void close(Buffer last, Ending how) {
        letGo();
        ending = how;
        ended = port.clock().millis();
        socket.end(last);
    }

    private void letGo() {
        phase = Phase.OVER;
        talk.stop();
        vertx.cancelTimer(greetingTimer);
        if (header != null) {
            header.close();
            header = null;
        }
    }

    /** Closes without the last words: Vert.x itself would wait until they are written. */
    private void abort() {
        var unused = ((NetSocketInternal) socket).channelHandlerContext().close();
    }

    /** The connection is gone. */
    void closed() {
        letGo();
        if (ending == Ending.OPEN) {
            ending = Ending.LEFT;
            talk.conversation().leftWithoutQuit();
        }
        if (client != null) {
            port.admission().leave(client);
            publish();
        }
    }

    /** Tells of the session at its first 451. */
    private void sight() {
        if (!sighted) {
            sighted = true;
            publish();
        }
    }

    private void publish() {
        if (client != null) {
            outbox.put(new Sighting(
                    number, client, port.clock().instant(), talk.conversation().notes(), ending));
        }
    }
}
