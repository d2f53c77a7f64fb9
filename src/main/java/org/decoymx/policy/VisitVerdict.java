package org.decoymx.policy;

/** What the policy service tells a primary about a recipient. */
public enum VisitVerdict {
    /** Nothing against it. */
    DUNNO,
    /** Defer with 4xx. */
    DEFER,
    /** Reject with 5xx. */
    REJECT
}
