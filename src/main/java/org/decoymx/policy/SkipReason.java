package org.decoymx.policy;

/** Why a session was not scored. The ledger needs a bit for each. */
public enum SkipReason {
    /** The sender was exempt. */
    EXEMPT,
    /** A primary MX had put the sender off shortly before, with the same recipient or envelope. */
    WITNESSED,
    /** Scoring was paused, because a primary MX was down or had been down shortly before. */
    OUTAGE,
    /** An allowlist did not answer. */
    UNANSWERED,
    /** DNS did not say that the decoy is the worst MX of a recipient's domain, and that there is a better one. */
    NOT_WORST_MX,
    /** The networks of the domains that are exempt by SPF were not known yet. */
    SPF_UNKNOWN,
    /** A primary MX had accepted mail of the sender on many days before it was first caught. */
    KNOWN
}
