package org.decoymx.sighting;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongList;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

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

    /** The envelopes whose recipient is in one of these domains. */
    public CaughtEnvelopes retainDomains(Set<String> retained) {
        if (retained.containsAll(domains)) {
            return this;
        }
        LongArrayList keptHashes = new LongArrayList();
        LongArrayList keptRecipients = new LongArrayList();
        List<String> keptDomains = new ArrayList<>();
        for (int i = 0; i < domains.size(); i++) {
            if (retained.contains(domains.get(i))) {
                keptHashes.add(hashes.getLong(i));
                keptRecipients.add(recipientHashes.getLong(i));
                keptDomains.add(domains.get(i));
            }
        }
        return new CaughtEnvelopes(at, keptHashes, keptRecipients, keptDomains, nullReversePath);
    }
}
