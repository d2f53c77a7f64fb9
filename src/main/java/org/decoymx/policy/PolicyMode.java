package org.decoymx.policy;

import java.util.Locale;

/** Whether the decisions of the policy are published. */
public enum PolicyMode {
    /** The feeds contain the listed senders. */
    ENFORCE,
    /** Senders are listed in the ledger; the feeds stay empty. */
    OBSERVE,
    /** No domains are configured: every recipient counts as protected, and private addresses are listed. */
    TRIAL;

    /** Its name in JSON, in lower case. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
