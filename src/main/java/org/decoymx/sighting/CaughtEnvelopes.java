package org.decoymx.sighting;

import it.unimi.dsi.fastutil.longs.LongList;
import java.util.List;

/**
 * The envelopes of a mail transaction that the decoy refused with 451 at DATA or BDAT.
 *
 * @param at seconds since 1970
 * @param hashes the {@link EnvelopeHasher} hash of each accepted recipient with the reverse-path, in the order of the
 *     session; at most 100
 * @param recipientHashes the hash of each of these recipients without the reverse-path
 * @param domains the domain of each of these recipients, in lower case, as A-labels
 * @param nullReversePath whether the reverse-path is {@code <>}
 */
public record CaughtEnvelopes(
        long at, LongList hashes, LongList recipientHashes, List<String> domains, boolean nullReversePath) {
    /** How many transactions a sighting has at most; of more, the first. */
    public static final int MAX_OF_REPORT = 16;
}
