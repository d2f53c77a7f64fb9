package org.decoymx.policy;

/** What became of an envelope at a primary. */
public enum VisitResult {
    /** The policy service is asked; what the primary does with the answer is not known yet. */
    ASKED,
    /** Put off with 4xx, by whatever part of the primary. */
    DEFERRED,
    /** Accepted with 250 at the end of the message. */
    ACCEPTED,
    /** Refused for good with 5xx. */
    REJECTED;

    /** Whether the sender has no reason to come back with this envelope. */
    boolean isFinal() {
        return this == ACCEPTED || this == REJECTED;
    }
}
