package org.decoymx.smtp.server;

import org.decoymx.smtp.protocol.Answer;
import org.decoymx.smtp.protocol.Conversation;
import org.decoymx.smtp.protocol.Line;
import org.jspecify.annotations.Nullable;

/** A conversation over a stream of octets: octets in, answers out, no sockets. */
final class Dialogue {
    private final LineReader reader = new LineReader();
    private final Conversation conversation;
    private @Nullable Answer owed;

    Dialogue(Conversation conversation) {
        this.conversation = conversation;
    }

    Conversation conversation() {
        return conversation;
    }

    void feed(byte[] octets) {
        reader.feed(octets);
    }

    int buffered() {
        return reader.buffered();
    }

    /** Whether a chunk is under way that is dropped as it comes. */
    boolean isSkipping() {
        return reader.isSkipping();
    }

    /** The next answer, or null when more octets are needed for one. */
    @Nullable
    Answer next() {
        Answer answer = owed;
        if (answer == null) {
            Line line = reader.next();
            if (line == null) {
                return null;
            }
            answer = conversation.answer(line);
            reader.skip(answer.skip());
        }
        if (reader.isSkipping()) {
            owed = answer;
            return null;
        }
        owed = null;
        if (answer.isDeferral()) {
            conversation.deferred();
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
        conversation.tlsStarted();
    }
}
