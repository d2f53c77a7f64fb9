package org.decoymx.policy;

import java.time.Instant;
import java.util.List;

/** The decision of the policy on a sender. */
public sealed interface Verdict {

    /** The tier of the sender; {@link Tier#NONE} if it is exempt. */
    Tier tier();

    /** At least one sentence that explains the verdict. */
    List<String> reasons();

    /**
     * The sender is listed.
     *
     * @param since when the listing started
     * @param until when the listing ends
     */
    record Listed(Tier tier, Instant since, Instant until, List<String> reasons) implements Verdict {}

    /**
     * The sender is not listed.
     *
     * @param exempt whether the sender is never listed
     */
    record NotListed(boolean exempt, Tier tier, List<String> reasons) implements Verdict {}
}
