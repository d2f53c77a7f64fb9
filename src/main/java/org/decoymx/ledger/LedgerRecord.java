package org.decoymx.ledger;

import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ManualDecision;
import org.jspecify.annotations.Nullable;

/**
 * All that one node knows of one sender: a record of its ledger, and the unit that nodes share. Only that node changes
 * it, and each change has a higher version, so that the highest version wins wherever two meet.
 *
 * @param evidence of the latest session; null if there is none
 * @param trust what the node knows of its trust; null for nothing, and for a record of the own node that is written
 * @param manual what was decided by hand, in an export; null for nothing
 */
public record LedgerRecord(
        SenderCounts counts,
        @Nullable SessionEvidence evidence,
        @Nullable ExportedTrust trust,
        @Nullable ManualDecision manual) {
    /** The highest version; see {@link #maxVersion}. */
    static final long MAX_VERSION = (1L << 47) - 1;

    /** A record without a trust state. */
    LedgerRecord(SenderCounts counts, @Nullable SessionEvidence evidence) {
        this(counts, evidence, null, null);
    }

    /** The node whose knowledge it is. */
    public Node node() {
        return counts.node();
    }

    /** The sender. */
    public IpPrefix origin() {
        return counts.origin();
    }

    /** The commit of the node that wrote it; 0 for none that knows versions. */
    public long version() {
        return counts.version();
    }

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
        return version() > 0 && version() <= MAX_VERSION;
    }
}
