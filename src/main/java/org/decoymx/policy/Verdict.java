package org.decoymx.policy;

import java.time.Instant;
import java.util.List;

/** The decision of the policy on a sender. */
public sealed interface Verdict {

    /** The verdict on an unknown sender. */
    Verdict NEVER_SEEN = new NotListed(false, List.of("It was never seen here."));

    /** At least one sentence that explains the verdict. */
    List<String> reasons();

    /**
     * The sender is listed.
     *
     * @param since when the listing started
     * @param until when the listing ends
     */
    record Listed(Instant since, Instant until, List<String> reasons) implements Verdict {}

    /**
     * The sender is not listed.
     *
     * @param exempt whether the sender is never listed
     */
    record NotListed(boolean exempt, List<String> reasons) implements Verdict {}
}
