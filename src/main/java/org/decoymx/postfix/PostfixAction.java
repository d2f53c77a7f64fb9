package org.decoymx.postfix;

import org.decoymx.policy.Tier;

/** The action for a listed client, in the syntax of access(5). */
public enum PostfixAction {
    /** Defer suspects; reject confirmed senders, once they have given up on a deferral. */
    GRADUATED(""),
    /** Reject the client permanently. */
    REJECT("REJECT 5.7.1 "),
    /** Defer the mail, unless a later restriction rejects it. */
    DEFER_IF_PERMIT("DEFER_IF_PERMIT 4.7.1 "),
    /** Accept the mail with a header for content filters. */
    PREPEND("PREPEND X-Decoy: "),
    /** No action. */
    DUNNO("DUNNO");

    private final String prefix;

    PostfixAction(String prefix) {
        this.prefix = prefix;
    }

    /** The action for an entry of this tier. */
    PostfixAction forTier(Tier tier) {
        if (this != GRADUATED) {
            return this;
        }
        return tier == Tier.CONFIRMED ? REJECT : DEFER_IF_PERMIT;
    }

    /**
     * The action as Postfix expects it; not for {@link #GRADUATED}.
     *
     * @param reason one line of printable ASCII
     */
    String withReason(String reason) {
        return this == DUNNO ? prefix : prefix + reason;
    }
}
