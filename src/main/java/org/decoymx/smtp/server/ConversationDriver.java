package org.decoymx.smtp.server;

import org.decoymx.smtp.protocol.CommandLine;
import org.decoymx.smtp.protocol.Conversation;
import org.decoymx.smtp.protocol.Response;
import org.jspecify.annotations.Nullable;

/** A conversation over a stream of octets: octets in, answers out, no sockets. */
final class ConversationDriver {
    private final LineReader reader = new LineReader();
    private final Conversation conversation;
    private @Nullable Response pendingResponse;

    ConversationDriver(Conversation conversation) {
        this.conversation = conversation;
    }

    Conversation conversation() {
        return conversation;
    }

    void feed(byte[] octets) {
        reader.feed(octets);
    }

    int bufferedOctets() {
        return reader.bufferedOctets();
    }

    /** Whether a chunk is under way that is dropped as it comes. */
    boolean isSkipping() {
        return reader.isSkipping();
    }

    /** The next answer, or null when more octets are needed for one. */
    @Nullable
    Response nextResponse() {
        Response answer = pendingResponse;
        if (answer == null) {
            CommandLine line = reader.nextLine();
            if (line == null) {
                return null;
            }
            answer = conversation.respond(line);
            reader.skip(answer.octetsToSkip());
        }
        if (reader.isSkipping()) {
            pendingResponse = answer;
            return null;
        }
        pendingResponse = null;
        if (answer.isDeferral()) {
            conversation.recordDeferral();
        }
        return answer;
    }

    /** Forgets what has arrived. */
    void clear() {
        reader.clear();
    }

    /** The handshake begins: everything that has arrived in clear is dropped (RFC 3207 section 6, CVE-2011-0411). */
    void startTls() {
        reader.clear();
        conversation.onTlsStarted();
    }
}
