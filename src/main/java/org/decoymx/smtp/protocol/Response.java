package org.decoymx.smtp.protocol;

/**
 * The decoy's response to a command line.
 *
 * @param verb the verb of the command
 * @param reply the reply to send
 * @param nextAction what to do after the reply is sent
 * @param octetsToSkip octets of a BDAT chunk to read and drop before the reply is sent (RFC 3030 section 2)
 */
public record Response(Verb verb, Reply reply, NextAction nextAction, long octetsToSkip) {

    /** Whether the reply is the 451 that ends a complete conversation. */
    public boolean isDeferral() {
        return reply.code() == ReplyText.TRY_LATER.code();
    }

    /** Whether the reply is the one to QUIT. */
    public boolean isQuitReply() {
        return reply.code() == ReplyText.BYE.code();
    }

    /** What the session does next. */
    public enum NextAction {
        /** Read the next line. */
        CONTINUE,
        /** Close the connection. */
        CLOSE,
        /** Drop the buffered input, and start the TLS handshake (RFC 3207 section 4). */
        START_TLS
    }
}
