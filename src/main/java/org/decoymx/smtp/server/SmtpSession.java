package org.decoymx.smtp.server;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.vertx.core.buffer.Buffer;
import java.net.InetAddress;
import java.time.Duration;
import org.decoymx.net.ConnectionHandler;
import org.decoymx.net.IpText;
import org.decoymx.net.TcpConnection;
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.smtp.protocol.Conversation;
import org.decoymx.smtp.protocol.ReplyText;
import org.decoymx.smtp.protocol.Response;
import org.jspecify.annotations.Nullable;

/**
 * One session on its event loop: the client's address, the greeting, the timeouts and the end of the session.
 *
 * <pre>
 * AWAITING_PROXY_HEADER --header--> GREETING --delay--> ACTIVE --end--> CLOSED
 * </pre>
 */
final class SmtpSession implements ConnectionHandler {
    /** Small, as commands are short and large reads from ten thousand flooding clients would fill the heap. */
    private static final RecvByteBufAllocator READ_BUFFER_ALLOCATOR = new AdaptiveRecvByteBufAllocator(256, 512, 4_096);

    /** Octets of unsent replies above which the decoy stops reading commands. */
    private static final int MAX_WRITE_QUEUE_OCTETS = 8_192;

    private static final long PROXY_HEADER_TIMEOUT_MILLIS = 5_000;

    /** Timeout for sending the final reply; without it, a client that never reads would hold its socket forever. */
    private static final long DRAIN_TIMEOUT_MILLIS = 5_000;

    private static final long NO_TIMER = -1;

    private enum SessionState {
        /** The header of a trusted proxy has not arrived yet. */
        AWAITING_PROXY_HEADER,
        /** The greeting's last line is delayed. */
        GREETING,
        ACTIVE,
        CLOSED
    }

    private final SmtpServerContext serverContext;
    private final TcpConnection connection;
    private final InetAddress peerAddress;
    private final SessionReporter reporter;
    private final long startedAt;

    private SessionState state = SessionState.AWAITING_PROXY_HEADER;
    private SmtpConnection smtpConnection;
    private @Nullable ProxyHeaderParser headerParser;
    private Outcome outcome = Outcome.OPEN;
    private long closedAt;
    private long greetingTimer = NO_TIMER;

    SmtpSession(SmtpServerContext serverContext, SightingBatcher sightingBatcher, TcpConnection connection) {
        this.serverContext = serverContext;
        this.connection = connection;
        reporter = new SessionReporter(sightingBatcher, serverContext.envelopeHasher(), serverContext.clock());
        startedAt = serverContext.durations().millis();
        peerAddress = connection.remoteAddress();
        smtpConnection = createConnection(peerAddress);
    }

    private SmtpConnection createConnection(InetAddress client) {
        Conversation conversation = new Conversation(
                serverContext.settings(),
                () -> IpText.print(client),
                () -> IpText.print(connection.localAddress()),
                serverContext.clock().instant());
        return new SmtpConnection(serverContext, connection, conversation, new SmtpConnection.ConnectionListener() {
            @Override
            public void onDeferral() {
                reporter.reportDeferral(conversation.facts(), conversation.refusedTransaction());
            }

            @Override
            public void onEnd(Response response, Buffer finalReplies) {
                close(finalReplies, response.isQuitReply() ? Outcome.QUIT : Outcome.CLOSED);
            }
        });
    }

    /** Sends the greeting, or waits for the PROXY header of a trusted proxy. */
    @Override
    public void start() {
        connection.setReadAllocator(READ_BUFFER_ALLOCATOR);
        connection.setMaxWriteQueue(MAX_WRITE_QUEUE_OCTETS);
        if (serverContext.trustedProxies().contains(peerAddress)) {
            headerParser = new ProxyHeaderParser();
        } else {
            admit(peerAddress);
        }
    }

    /** Closes the connection with 421 because a connection limit is reached. */
    @Override
    public void reject() {
        closeWith421(ReplyText.TOO_MANY_CONNECTIONS, Outcome.CLOSED);
    }

    @Override
    public void receive(Buffer octets) {
        if (state == SessionState.AWAITING_PROXY_HEADER && headerParser != null) {
            receiveHeader(headerParser.feed(octets.getBytes()));
            return;
        }
        if (state == SessionState.GREETING) {
            smtpConnection.conversation().recordEarlyTalker();
        }
        smtpConnection.receive(octets.getBytes());
    }

    private void receiveHeader(ProxyHeaderParser.HeaderResult result) {
        if (result instanceof ProxyHeaderParser.HeaderResult.InvalidHeader) {
            closeWith421(ReplyText.NO_PROXY_HEADER, Outcome.CLOSED);
        } else if (result instanceof ProxyHeaderParser.HeaderResult.CompleteHeader header) {
            InetAddress client = header.clientAddress();
            if (client == null || serverContext.trustedProxies().contains(client)) {
                sendGreeting();
            } else {
                smtpConnection = createConnection(client);
                admit(client);
            }
            if (header.remainingInput().length() > 0) {
                receive(header.remainingInput());
            }
        }
    }

    /** Sets the client's address and sends the greeting, unless the client has too many connections. */
    private void admit(InetAddress client) {
        if (connection.tryAcquireClientSlot(client)) {
            reporter.identifyClient(client, serverContext.sessionNumbers().incrementAndGet());
            sendGreeting();
        } else {
            connection.reject();
        }
    }

    /**
     * Sends the greeting. If the client's address is not set, as in a proxy's health check, no sighting is published.
     */
    private void sendGreeting() {
        serverContext.metrics().countSession();
        state = SessionState.GREETING;
        Duration delay = serverContext.timeouts().greetingDelay();
        if (!delay.isZero()) {
            smtpConnection.write(smtpConnection.conversation().greetingFirstLine());
            greetingTimer = connection.setTimer(delay, this::completeGreeting);
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

    @Override
    public void onWritable() {
        smtpConnection.onWritable();
    }

    @Override
    public void checkTimeouts(long now, boolean nearLimit) {
        if (state == SessionState.CLOSED) {
            if (now - closedAt >= DRAIN_TIMEOUT_MILLIS) {
                connection.abort();
            }
            return;
        }
        boolean awaitingHeader = state == SessionState.AWAITING_PROXY_HEADER;
        boolean idleTimedOut = (awaitingHeader || smtpConnection.isWaitingForClient())
                && now - smtpConnection.lastInputAt() >= idleTimeoutMillis(nearLimit);
        if (idleTimedOut
                || now - startedAt >= serverContext.timeouts().sessionTimeout().toMillis()) {
            closeWith421(awaitingHeader ? ReplyText.NO_PROXY_HEADER : ReplyText.TIMEOUT, Outcome.TIMED_OUT);
        }
    }

    private long idleTimeoutMillis(boolean nearLimit) {
        if (state == SessionState.AWAITING_PROXY_HEADER) {
            return PROXY_HEADER_TIMEOUT_MILLIS;
        }
        SmtpServerContext.SessionTimeouts timeouts = serverContext.timeouts();
        return nearLimit
                ? timeouts.overloadTimeoutMillis(
                        smtpConnection.conversation().facts().deepestVerb(), connection.isNewcomer())
                : timeouts.idleTimeout().toMillis();
    }

    /** Closes the session with 421 because the decoy stops. */
    @Override
    public void shutDown() {
        closeWith421(ReplyText.SHUTDOWN, Outcome.SHUT_DOWN);
    }

    /** Sends 421 and closes (RFC 5321 section 3.8). During a TLS handshake it closes without a reply. */
    private void closeWith421(ReplyText reason, Outcome sessionOutcome) {
        if (state != SessionState.CLOSED) {
            Buffer replies = Buffer.buffer();
            Conversation conversation = smtpConnection.conversation();
            if (greetingTimer != NO_TIMER && state == SessionState.GREETING) {
                replies.appendBytes(conversation.greeting().octets()); // the rest of a greeting of several lines
            }
            if (!smtpConnection.isInTlsHandshake()) {
                replies.appendBytes(conversation.closingReply(reason).octets());
            }
            close(replies, sessionOutcome);
        }
    }

    private void close(Buffer finalReplies, Outcome sessionOutcome) {
        releaseResources();
        outcome = sessionOutcome;
        closedAt = serverContext.durations().millis();
        connection.writeAndClose(finalReplies);
    }

    private void releaseResources() {
        state = SessionState.CLOSED;
        smtpConnection.stop();
        connection.cancelTimer(greetingTimer);
        if (headerParser != null) {
            headerParser.close();
            headerParser = null;
        }
    }

    /** Publishes the last sighting. */
    @Override
    public void onClosed() {
        releaseResources();
        if (outcome == Outcome.OPEN) {
            outcome = Outcome.LEFT;
            smtpConnection.conversation().recordMissingQuit();
        }
        reporter.report(smtpConnection.conversation().facts(), outcome);
    }
}
