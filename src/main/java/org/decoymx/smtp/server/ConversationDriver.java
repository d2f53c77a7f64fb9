package org.decoymx.smtp.server;

import org.decoymx.smtp.protocol.CommandLine;
import org.decoymx.smtp.protocol.Conversation;
import org.decoymx.smtp.protocol.Response;
import org.jspecify.annotations.Nullable;

/** Runs a conversation on a stream of octets: octets in, responses out, no sockets. */
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

    /** Whether a BDAT chunk is being dropped as it arrives. */
    boolean isSkipping() {
        return reader.isSkipping();
    }

    /** The next response, or null if more octets are needed. */
    @Nullable
    Response nextResponse() {
        Response response = pendingResponse;
        if (response == null) {
            CommandLine line = reader.nextLine();
            if (line == null) {
                return null;
            }
            response = conversation.respond(line);
            reader.skip(response.octetsToSkip());
        }
        if (reader.isSkipping()) {
            pendingResponse = response;
            return null;
        }
        pendingResponse = null;
        if (response.isDeferral()) {
            conversation.recordDeferral();
        }
        return response;
    }

    /** Drops the buffered input. */
    void clear() {
        reader.clear();
    }

    /** Drops all input that arrived in clear text before the TLS handshake (RFC 3207 section 6, CVE-2011-0411). */
    void startTls() {
        reader.clear();
        conversation.onTlsStarted();
    }
}
