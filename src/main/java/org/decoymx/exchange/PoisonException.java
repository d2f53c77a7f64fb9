package org.decoymx.exchange;

/** A record that is not what a node writes. It is skipped and counted. The message says what is wrong, in one line. */
final class PoisonException extends Exception {
    private static final long serialVersionUID = 1;

    PoisonException(String message) {
        super(message, null, false, false); // no stack trace: there may be many
    }
}
