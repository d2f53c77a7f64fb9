package org.decoymx.postfix;

/** What Postfix is told to do with a client that is listed, in the words of its access(5). */
public enum PostfixAction {
    /** Refuse it for good. */
    REJECT("REJECT 5.7.1 "),
    /** Put it off, if nothing else refuses it. */
    DEFER_IF_PERMIT("DEFER_IF_PERMIT 4.7.1 "),
    /** Take its mail, with a header that a filter may go by. */
    PREPEND("PREPEND X-Decoy: "),
    /** Nothing. */
    DUNNO("DUNNO");

    private final String prefix;

    PostfixAction(String words) {
        this.prefix = words;
    }

    /**
     * The action as Postfix reads it.
     *
     * @param why one line of printable ASCII
     */
    String withReason(String why) {
        return this == DUNNO ? prefix : prefix + why;
    }
}
