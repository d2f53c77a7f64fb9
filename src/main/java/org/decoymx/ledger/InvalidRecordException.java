package org.decoymx.ledger;

/** Why a line cannot be taken into the ledger; the message names the field and what is allowed, never what was there. */
final class InvalidRecordException extends Exception {
    private static final long serialVersionUID = 1;

    InvalidRecordException(String words) {
        super(words, null, false, false);
    }

    /** Why, in words. */
    String description() {
        return String.valueOf(getMessage());
    }
}
