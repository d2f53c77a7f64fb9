package org.decoymx.policy;

/** What comes of the decisions. */
public enum PolicyMode {
    /** The feeds have whoever is listed. */
    ENFORCE,
    /** All is decided, and nobody is published. */
    OBSERVE,
    /** No domains are named: every recipient counts, and private addresses are listed. */
    TRIAL
}
