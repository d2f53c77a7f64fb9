package org.decoymx.policy;

import it.unimi.dsi.fastutil.longs.LongList;

/**
 * A mail transaction that reached DATA or BDAT at the decoy for protected recipients, and counts.
 *
 * @param at seconds since 1970
 * @param envelopes the hash of each accepted protected recipient with the reverse-path, in the order of the session
 * @param nullReversePath whether the reverse-path is {@code <>}
 * @param reachesThreshold whether this session has enough points by itself
 * @param suspectOnly whether the site could see too little lately to confirm anybody
 * @param coverage when a return could have been seen
 */
public record CaughtTransaction(
        long at,
        LongList envelopes,
        boolean nullReversePath,
        boolean reachesThreshold,
        boolean suspectOnly,
        ReportCoverage coverage) {

    /** Whether the session is of a kind that confirms. Bounces alone never do, nor sessions with few points. */
    boolean mayConfirm() {
        return !nullReversePath && reachesThreshold && !suspectOnly;
    }
}
