package org.decoymx.smtp.protocol;

/**
 * What the decoy does with a line.
 *
 * @param verb what the line asked for
 * @param reply what to send
 * @param next what to do once it is sent
 * @param skip octets of a BDAT chunk that are to be read and dropped before the reply is sent (RFC 3030 section 2)
 */
public record Answer(Verb verb, Reply reply, Next next, long skip) {

    /** Whether this is the 451 with which a complete conversation ends. */
    public boolean isDeferral() {
        return reply.code() == Phrase.TRY_LATER.code();
    }

    /** Whether this is the answer to QUIT. */
    public boolean isGoodbye() {
        return reply.code() == Phrase.BYE.code();
    }

    /** How the session goes on. */
    public enum Next {
        /** Read the next line. */
        GO_ON,
        /** Close the connection. */
        CLOSE,
        /** Drop what has arrived, and begin the TLS handshake (RFC 3207 section 4). */
        START_TLS
    }
}
