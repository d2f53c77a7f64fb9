package org.decoymx.ledger;

/** Why a session that would have counted against its sender did not. A bit of the file each: new ones go to the end. */
public enum SkipReason {
    /** The sender was in an exempt network, or on an allowlist. */
    EXEMPT,
    /** The sender, or its network, had been seen at a primary MX before. */
    WITNESSED,
    /** A primary MX was down, or had been until shortly before. */
    OUTAGE,
    /** An allowlist that the sender may be on did not answer. */
    UNANSWERED
}
