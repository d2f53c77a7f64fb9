package org.decoymx.ledger;

/** A line cannot be imported. The message names the field and what is allowed; it never contains the rejected value. */
final class InvalidRecordException extends RuntimeException {
    private static final long serialVersionUID = 1;

    InvalidRecordException(String description) {
        super(description, null, false, false);
    }

    /** The message, never null. */
    String description() {
        return String.valueOf(getMessage());
    }
}
