package org.decoymx.smtp.protocol;

/**
 * One command line as received.
 *
 * @param text its octets without CRLF, one char for each octet (ISO 8859-1); empty if the line is too long
 * @param error why the line is not a valid command line
 * @param moreInputBuffered whether octets after this line had already arrived: the client did not wait for the reply
 */
public record CommandLine(String text, LineError error, boolean moreInputBuffered) {

    /** Why a line is not a valid command line of RFC 5321. */
    public enum LineError {
        NONE,
        /** Longer than the line reader's limit; the octets were dropped (RFC 5321 section 4.5.3.1.4). */
        TOO_LONG,
        /** Contains a bare CR, a bare LF or a NUL (RFC 5321 section 2.3.8). */
        BARE_NEWLINE,
        /** Not a line: the session started with a TLS record. */
        TLS_RECORD
    }

    /** A valid line of a client that waits for the reply. */
    public static CommandLine of(String text) {
        return new CommandLine(text, LineError.NONE, false);
    }
}
