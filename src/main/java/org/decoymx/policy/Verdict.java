package org.decoymx.policy;

import java.time.Instant;
import java.util.List;

/** What the policy says of a sender. */
public sealed interface Verdict {

    /** The verdict on who is unknown. */
    Verdict NEVER_SEEN = new NotListed(false, List.of("It was never seen here."));

    /** Why, each a sentence; at least one. */
    List<String> reasons();

    /**
     * The sender is listed.
     *
     * @param since when it was caught
     * @param until when it will no longer be listed
     */
    record Listed(Instant since, Instant until, List<String> reasons) implements Verdict {}

    /**
     * The sender is not listed.
     *
     * @param exempt whether it is never listed, whatever it does
     */
    record NotListed(boolean exempt, List<String> reasons) implements Verdict {}
}
