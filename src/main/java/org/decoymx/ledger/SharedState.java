package org.decoymx.ledger;

import org.decoymx.net.IpPrefix;
import org.decoymx.policy.SenderScore;
import org.decoymx.policy.TrustState;
import org.jspecify.annotations.Nullable;

/**
 * All that one node knows of one sender: the unit that nodes share. Only that node changes it, and each change has a
 * higher version, so that the highest version wins wherever two meet. Times are seconds since 1970.
 *
 * @param node the node whose knowledge it is
 * @param origin the sender
 * @param version the commit of the node that wrote it; from 1
 * @param firstSeen time of the first sighting
 * @param lastSeen time of the latest sighting
 * @param sessions number of sessions; 0 if the node only knows of the sender from elsewhere
 * @param conversations number of complete conversations
 * @param traits the traits of its sessions, as bits; see {@link SenderCounts}
 * @param skipReasons why sessions were not scored, as bits
 * @param score the score of the node
 * @param evidence of the latest session; null if there is none
 * @param trust its trust state at the node; null if there is none
 * @param envelopeKey the {@link org.decoymx.sighting.EnvelopeKey#id} of the key of the envelopes in it
 */
public record SharedState(
        Node node,
        IpPrefix origin,
        long version,
        long firstSeen,
        long lastSeen,
        long sessions,
        long conversations,
        int traits,
        int skipReasons,
        SenderScore score,
        @Nullable SessionEvidence evidence,
        @Nullable TrustState trust,
        String envelopeKey) {
    /** The highest version; see {@link #maxVersion}. */
    static final long MAX_VERSION = (1L << 47) - 1;

    /**
     * The highest version that is taken from elsewhere at a time: a node that takes over its own one has to give higher
     * ones, which the others must take.
     *
     * @param at in milliseconds since 1970: no node commits so often that it has reached this
     */
    public static long maxVersion(long at) {
        return Math.min(at, MAX_VERSION);
    }

    boolean hasValidVersion() {
        return version > 0 && version <= MAX_VERSION;
    }
}
