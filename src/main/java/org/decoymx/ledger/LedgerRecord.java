package org.decoymx.ledger;

import org.jspecify.annotations.Nullable;

/**
 * A line of the ledger: all that one node has of one sender.
 *
 * @param evidence of its latest session, null when there is none
 */
record LedgerRecord(SenderCounts counts, @Nullable SessionEvidence evidence) {}
