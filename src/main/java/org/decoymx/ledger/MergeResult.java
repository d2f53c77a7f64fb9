package org.decoymx.ledger;

import java.util.Collection;
import java.util.List;
import org.decoymx.policy.Sender;

/**
 * The result of a merge of exported records.
 *
 * @param changedCount number of records that changed the ledger
 * @param senders the changed senders
 */
record MergeResult(int changedCount, Collection<Sender> senders) {
    /** Nothing was changed. */
    static final MergeResult NONE = new MergeResult(0, List.of());
}
