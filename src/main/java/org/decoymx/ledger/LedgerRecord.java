package org.decoymx.ledger;

import org.decoymx.policy.ManualDecision;
import org.jspecify.annotations.Nullable;

/**
 * The ledger record of one node about one sender.
 *
 * @param evidence of the latest session; null if there is none
 * @param trust what an export says of its trust; null if it says nothing
 * @param manual what was decided by hand, in an export; null for nothing
 */
record LedgerRecord(
        SenderCounts counts,
        @Nullable SessionEvidence evidence,
        @Nullable ExportedTrust trust,
        @Nullable ManualDecision manual) {

    /** A record without a trust state. */
    LedgerRecord(SenderCounts counts, @Nullable SessionEvidence evidence) {
        this(counts, evidence, null, null);
    }
}
