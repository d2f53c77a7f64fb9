package org.decoymx.listing;

import java.time.Instant;
import java.util.List;
import org.decoymx.ledger.Origin;

/**
 * An immutable snapshot of who is listed.
 *
 * @param version grows with each change, across restarts too: the second of {@code modified} since 1970
 * @param modified when the content last changed, a whole second that no two versions share
 * @param trial whether the decoy is on trial
 * @param entries who is listed, in the order of their origins
 */
public record Listing(long version, Instant modified, boolean trial, List<Entry> entries) {

    /**
     * One listed origin.
     *
     * @param since when it was caught
     * @param until when it will no longer be listed
     */
    public record Entry(Origin origin, Instant since, Instant until) {}

    static Listing at(Instant modified, boolean trial, List<Entry> entries) {
        return new Listing(modified.getEpochSecond(), modified, trial, List.copyOf(entries));
    }
}
