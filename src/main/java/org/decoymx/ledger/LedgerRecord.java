package org.decoymx.ledger;

import org.jspecify.annotations.Nullable;

/**
 * The ledger record of one node about one sender.
 *
 * @param evidence of the latest session; null if there is none
 */
record LedgerRecord(SenderCounts counts, @Nullable SessionEvidence evidence) {}
