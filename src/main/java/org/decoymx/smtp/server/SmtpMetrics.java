package org.decoymx.smtp.server;

import jakarta.inject.Singleton;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.decoymx.net.ConnectionLimiter;
import org.decoymx.smtp.protocol.Response;
import org.decoymx.smtp.protocol.Verb;

/** Counts sessions, commands and replies since the start of the process. */
@Singleton
public final class SmtpMetrics {
    private static final int REPLY_CODE_LIMIT = 600;

    private final ConnectionLimiter connectionLimiter;
    private final LongAdder sessions = new LongAdder();
    private final Map<Verb, LongAdder> commands = new EnumMap<>(Verb.class);
    private final LongAdder[] replies =
            Stream.generate(LongAdder::new).limit(REPLY_CODE_LIMIT).toArray(LongAdder[]::new);

    SmtpMetrics(ConnectionLimiter connectionLimiter) {
        this.connectionLimiter = connectionLimiter;
        for (Verb verb : Verb.values()) {
            commands.put(verb, new LongAdder());
        }
    }

    void countSession() {
        sessions.increment();
    }

    void countResponse(Response response) {
        commandCounter(response.verb()).increment();
        replies[response.reply().code()].increment();
    }

    private LongAdder commandCounter(Verb verb) {
        return Objects.requireNonNull(commands.get(verb));
    }

    /** Sessions started. */
    public long sessions() {
        return sessions.sum();
    }

    /** Connections rejected because a connection limit was reached. */
    public long rejectedConnections() {
        return connectionLimiter.rejectedConnections();
    }

    /** Commands received with this verb. */
    public long commands(Verb verb) {
        return commandCounter(verb).sum();
    }

    /** Replies to commands with this code (200 to 599). */
    public long replies(int code) {
        return replies[code].sum();
    }

    /** Connections open now. */
    public int openConnections() {
        return connectionLimiter.openConnections();
    }
}
