package org.decoymx.ledger;

import java.util.Collection;
import java.util.Optional;

/** Where the ledger is kept. Calls come from one thread at a time, but {@link #find}, which may come from any. */
public interface LedgerStore {

    /** What is kept of a sender. */
    Optional<Sender> find(Origin origin);

    /** Keeps these senders as they are now, each replacing what was kept of it; on return they are kept. */
    void commit(Collection<Sender> senders);
}
