package org.decoymx.smtp.protocol;

/**
 * One command line as it came off the wire.
 *
 * @param text its octets without CRLF, each one char (ISO 8859-1); empty when the line is too long
 * @param error what forbids to take it as a command
 * @param moreInputBuffered whether octets behind this line had already arrived: the client did not wait for the answer
 */
public record CommandLine(String text, LineError error, boolean moreInputBuffered) {

    /** Why a line is no command line of RFC 5321. */
    public enum LineError {
        NONE,
        /** Longer than the line reader's limit; what is beyond was dropped (RFC 5321 section 4.5.3.1.4). */
        TOO_LONG,
        /** Holds a CR, LF or NUL of its own (RFC 5321 section 2.3.8). */
        BARE_NEWLINE,
        /** No line at all: the session opened with a TLS record. */
        TLS_RECORD
    }

    /** A flawless line whose sender waits for the answer. */
    public static CommandLine of(String text) {
        return new CommandLine(text, LineError.NONE, false);
    }
}
