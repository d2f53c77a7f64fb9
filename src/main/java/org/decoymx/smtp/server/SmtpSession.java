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
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.smtp.protocol.Conversation;
import org.decoymx.smtp.protocol.ReplyText;
import org.decoymx.smtp.protocol.Response;
import org.jspecify.annotations.Nullable;

/**
 * One connection, on its event loop from the first octet to the last: who it is, its greeting, its time-outs and its end.
 *
 * <pre>
 * PROXY --header--> GREETING --pause--> TALKING --end--> OVER
 * </pre>
 */
final class SmtpSession {
    /** Commands are small, and with ten thousand clients that flood large reads would fill the heap. */
    private static final RecvByteBufAllocator READ_BUFFER_ALLOCATOR = new AdaptiveRecvByteBufAllocator(256, 512, 4_096);

    /** Octets of replies that wait to be read before the decoy listens no more. */
    private static final int MAX_WRITE_QUEUE_OCTETS = 8_192;

    private static final long PROXY_HEADER_TIMEOUT_MILLIS = 5_000;

    /** How long the last words wait to be read; a client that never reads would keep its socket for ever. */
    private static final long DRAIN_TIMEOUT_MILLIS = 5_000;

    private static final long NO_TIMER = -1;

    private enum SessionState {
        /** A trusted proxy's header is awaited. */
        AWAITING_PROXY_HEADER,
        /** The greeting's last line is held back. */
        GREETING,
        ACTIVE,
        CLOSED
    }

    private final SmtpServerContext serverContext;
    private final SightingBatcher sightingBatcher;
    private final Vertx vertx;
    private final NetSocket socket;
    private final InetAddress peerAddress;
    private final long startedAt;

    private SessionState state = SessionState.AWAITING_PROXY_HEADER;
    private SmtpConnection smtpConnection;
    private @Nullable ProxyHeaderParser headerParser;
    private @Nullable InetAddress clientAddress;
    private Outcome outcome = Outcome.OPEN;
    private long sessionNumber;
    private long closedAt;
    private long greetingTimer = NO_TIMER;
    private boolean sightingPublished;

    SmtpSession(SmtpServerContext port, SightingBatcher outbox, Vertx vertx, NetSocket socket) {
        this.serverContext = port;
        this.sightingBatcher = outbox;
        this.vertx = vertx;
        this.socket = socket;
        startedAt = port.clock().millis();
        peerAddress = toInetAddress(socket.remoteAddress());
        smtpConnection = createConnection(peerAddress);
    }

    /** The address without the zone that a link-local one may carry. */
    private static InetAddress toInetAddress(SocketAddress address) {
        String text = address.hostAddress();
        int zone = text.indexOf('%');
        return NetUtil.createInetAddressFromIpAddressString(zone < 0 ? text : text.substring(0, zone));
    }

    private SmtpConnection createConnection(InetAddress partner) {
        Conversation conversation = new Conversation(
                serverContext.settings(),
                () -> NetUtil.toAddressString(partner),
                () -> NetUtil.toAddressString(toInetAddress(socket.localAddress())),
                Instant.ofEpochMilli(startedAt));
        return new SmtpConnection(serverContext, vertx, socket, conversation, new SmtpConnection.ConnectionListener() {
            @Override
            public void onDeferral() {
                publishFirstSighting();
            }

            @Override
            public void onEnd(Response answer, Buffer lastWords) {
                close(lastWords, answer.isQuitReply() ? Outcome.QUIT : Outcome.CLOSED);
            }
        });
    }

    /** Begins: with the greeting, or where a proxy is trusted with its header. */
    void start() {
        NetSocketInternal connection = (NetSocketInternal) socket;
        connection.messageHandler(this::receiveMessage);
        connection.setWriteQueueMaxSize(MAX_WRITE_QUEUE_OCTETS);
        connection.channelHandlerContext().channel().config().setRecvByteBufAllocator(READ_BUFFER_ALLOCATOR);
        socket.exceptionHandler(failure -> socket.close());
        if (serverContext.trustedProxies().contains(peerAddress)) {
            headerParser = new ProxyHeaderParser();
        } else {
            admit(peerAddress);
        }
    }

    /** Ends the session before it began: there are too many. */
    void reject() {
        serverContext.metrics().countRejectedConnection();
        closeWith421(ReplyText.TOO_MANY_CONNECTIONS, Outcome.CLOSED);
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
        if (state == SessionState.AWAITING_PROXY_HEADER && headerParser != null) {
            receiveHeader(headerParser.feed(octets));
            return;
        }
        if (state == SessionState.GREETING) {
            smtpConnection.conversation().recordEarlyTalker();
        }
        smtpConnection.receive(octets);
    }

    private void receiveHeader(ProxyHeaderParser.HeaderResult result) {
        if (result instanceof ProxyHeaderParser.HeaderResult.InvalidHeader) {
            closeWith421(ReplyText.NO_PROXY_HEADER, Outcome.CLOSED);
        } else if (result instanceof ProxyHeaderParser.HeaderResult.CompleteHeader read) {
            InetAddress named = read.clientAddress();
            if (named == null || serverContext.trustedProxies().contains(named)) {
                sendGreeting();
            } else {
                smtpConnection = createConnection(named);
                admit(named);
            }
            if (read.remainingInput().length() > 0) {
                receive(read.remainingInput().getBytes());
            }
        }
    }

    /** Takes note of who it is, and greets. */
    private void admit(InetAddress from) {
        if (serverContext.connectionLimiter().tryAcquireClientSlot(from)) {
            clientAddress = from;
            sessionNumber = serverContext.sessionNumbers().incrementAndGet();
            sendGreeting();
        } else {
            reject();
        }
    }

    /** Greets; before {@link #admit} without taking note of who it is, as a proxy's own health check is no sender. */
    private void sendGreeting() {
        serverContext.metrics().countSession();
        state = SessionState.GREETING;
        long pause = serverContext.timeouts().greetingDelay().toMillis();
        if (pause > 0) {
            smtpConnection.write(smtpConnection.conversation().greetingFirstLine());
            greetingTimer = vertx.setTimer(pause, fired -> completeGreeting());
        } else {
            completeGreeting();
        }
    }

    private void completeGreeting() {
        if (state == SessionState.GREETING) {
            state = SessionState.ACTIVE;
            smtpConnection.write(smtpConnection.conversation().greeting());
            smtpConnection.resumeReading();
        }
    }

    /** Ends the session when its patience is over; called about once a second. */
    void checkTimeouts(long now, boolean crowded) {
        if (state == SessionState.CLOSED) {
            if (now - closedAt >= DRAIN_TIMEOUT_MILLIS) {
                abort();
            }
            return;
        }
        boolean proxy = state == SessionState.AWAITING_PROXY_HEADER;
        long idle =
                proxy ? PROXY_HEADER_TIMEOUT_MILLIS : serverContext.timeouts().idleTimeoutMillis(crowded);
        boolean silent = (proxy || smtpConnection.isWaitingForClient()) && now - smtpConnection.lastInputAt() >= idle;
        if (silent
                || now - startedAt >= serverContext.timeouts().sessionTimeout().toMillis()) {
            closeWith421(proxy ? ReplyText.NO_PROXY_HEADER : ReplyText.TIMEOUT, Outcome.TIMED_OUT);
        }
    }

    /** Ends the session as the decoy itself stops. */
    void shutDown() {
        closeWith421(ReplyText.SHUTDOWN, Outcome.SHUT_DOWN);
    }

    /** Says 421 and closes (RFC 5321 section 3.8); in the midst of a handshake it only closes. */
    private void closeWith421(ReplyText why, Outcome how) {
        if (state != SessionState.CLOSED) {
            Buffer none = Buffer.buffer();
            close(
                    smtpConnection.isInTlsHandshake()
                            ? none
                            : none.appendBytes(smtpConnection
                                    .conversation()
                                    .closingReply(why)
                                    .octets()),
                    how);
        }
    }

    private void close(Buffer last, Outcome how) {
        releaseResources();
        outcome = how;
        closedAt = serverContext.clock().millis();
        socket.end(last);
    }

    private void releaseResources() {
        state = SessionState.CLOSED;
        smtpConnection.stop();
        vertx.cancelTimer(greetingTimer);
        if (headerParser != null) {
            headerParser.close();
            headerParser = null;
        }
    }

    /** Closes without the last words: Vert.x itself would wait until they are written. */
    private void abort() {
        var unused = ((NetSocketInternal) socket).channelHandlerContext().close();
    }

    /** The connection is gone. */
    void onClosed() {
        releaseResources();
        if (outcome == Outcome.OPEN) {
            outcome = Outcome.LEFT;
            smtpConnection.conversation().recordMissingQuit();
        }
        if (clientAddress != null) {
            serverContext.connectionLimiter().releaseClientSlot(clientAddress);
            publishSighting();
        }
    }

    /** Tells of the session at its first 451. */
    private void publishFirstSighting() {
        if (!sightingPublished) {
            sightingPublished = true;
            publishSighting();
        }
    }

    private void publishSighting() {
        if (clientAddress != null) {
            sightingBatcher.add(new Sighting(
                    sessionNumber,
                    clientAddress,
                    serverContext.clock().instant(),
                    smtpConnection.conversation().facts(),
                    outcome));
        }
    }
}
