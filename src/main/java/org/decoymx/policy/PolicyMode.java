package org.decoymx.policy;

/** Whether the decisions of the policy are published. */
public enum PolicyMode {
    /** The feeds contain the listed senders. */
    ENFORCE,
    /** Senders are listed in the ledger; the feeds stay empty. */
    OBSERVE,
    /** No domains are configured: every recipient counts as protected, and private addresses are listed. */
    TRIAL
}
