package org.decoymx.smtp.protocol;

/**
 * What the decoy does with a line.
 *
 * @param verb what the line asked for
 * @param reply what to send
 * @param nextAction what to do once it is sent
 * @param octetsToSkip octets of a BDAT chunk that are to be read and dropped before the reply is sent (RFC 3030 section 2)
 */
public record Response(Verb verb, Reply reply, NextAction nextAction, long octetsToSkip) {

    /** Whether this is the 451 with which a complete conversation ends. */
    public boolean isDeferral() {
        return reply.code() == ReplyText.TRY_LATER.code();
    }

    /** Whether this is the answer to QUIT. */
    public boolean isQuitReply() {
        return reply.code() == ReplyText.BYE.code();
    }

    /** How the session goes on. */
    public enum NextAction {
        /** Read the next line. */
        CONTINUE,
        /** Close the connection. */
        CLOSE,
        /** Drop what has arrived, and begin the TLS handshake (RFC 3207 section 4). */
        START_TLS
    }
}
