package org.decoymx.listing;

import java.time.Instant;
import java.util.List;
import org.decoymx.ledger.Origin;
import org.decoymx.policy.Verdict;

/**
 * An immutable snapshot of who is listed.
 *
 * @param version grows with each change, across restarts too: the second of {@code modified} since 1970
 * @param modified when the content last changed, a whole second that no two versions share
 * @param trial whether the decoy is on trial
 * @param entries who is listed, in the order of their origins
 */
public record Listing(long version, Instant modified, boolean trial, List<Entry> entries) {

    /** One listed origin and the verdict on it. */
    public record Entry(Origin origin, Verdict.Listed verdict) {}

    static Listing at(Instant modified, boolean trial, List<Entry> entries) {
        return new Listing(modified.getEpochSecond(), modified, trial, List.copyOf(entries));
    }
}
