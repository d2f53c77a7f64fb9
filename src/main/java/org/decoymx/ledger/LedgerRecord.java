package org.decoymx.ledger;

import org.decoymx.policy.ManualDecision;
import org.jspecify.annotations.Nullable;

/**
 * The ledger record of one node about one sender.
 *
 * @param evidence of the latest session; null if there is none
 * @param trust what the node knows of its trust; null for nothing, and for a record of the own node that is written
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

    /** The record of a state that another node shares. */
    static LedgerRecord of(SharedState state) {
        SenderCounts counts = new SenderCounts(
                state.node(),
                state.origin(),
                state.firstSeen(),
                state.lastSeen(),
                state.sessions(),
                state.conversations(),
                state.traits(),
                state.skipReasons(),
                state.score(),
                state.version());
        ExportedTrust trust = state.trust() == null ? null : new ExportedTrust(state.trust(), state.envelopeKey());
        return new LedgerRecord(counts, state.evidence(), trust, null);
    }

    /** The state that is shared. */
    SharedState toState(String envelopeKey) {
        return new SharedState(
                counts.node(),
                counts.origin(),
                counts.version(),
                counts.firstSeen(),
                counts.lastSeen(),
                counts.sessions(),
                counts.conversations(),
                counts.traits(),
                counts.skipReasons(),
                counts.score(),
                evidence,
                trust == null ? null : trust.state(),
                envelopeKey);
    }
}
