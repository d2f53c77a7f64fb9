package org.decoymx.ledger;

import java.util.Collection;
import org.decoymx.policy.Sender;

/**
 * The result of a merge of exported records.
 *
 * @param changedCount number of records that changed the ledger
 * @param senders the changed senders
 */
record MergeResult(int changedCount, Collection<Sender> senders) {}
