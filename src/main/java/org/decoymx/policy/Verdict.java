package org.decoymx.policy;

import java.time.Instant;
import java.util.List;

/** What the policy says of a sender. */
public sealed interface Verdict {

    /**
     * The sender is listed.
     *
     * @param since when it was caught
     * @param until when it will no longer be listed
     * @param reasons why, each a sentence
     */
    record Listed(Instant since, Instant until, List<String> reasons) implements Verdict {}

    /**
     * The sender is not listed.
     *
     * @param reason why not, a sentence
     */
    record NotListed(String reason) implements Verdict {}
}
