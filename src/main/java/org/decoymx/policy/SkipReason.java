package org.decoymx.policy;

/** Why a session was not scored. The ledger needs a bit for each. */
public enum SkipReason {
    /** The sender was exempt. */
    EXEMPT,
    /** The sender or its network had been seen at a primary MX before. */
    WITNESSED,
    /** Scoring was paused, because a primary MX was down or had been down shortly before. */
    OUTAGE,
    /** An allowlist did not answer. */
    UNANSWERED
}
