package org.decoymx.ledger;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Keeps the ledger in memory, for as long as the process lives. Of too many senders the longest unseen are forgotten. */
final class MemoryLedgerStore implements LedgerStore {
    private final int max;
    private final Map<Origin, Sender> senders = new LinkedHashMap<>();

    MemoryLedgerStore(int max) {
        this.max = max;
    }

    @Override
    public synchronized Optional<Sender> find(Origin origin) {
        return Optional.ofNullable(senders.get(origin));
    }

    @Override
    public synchronized void commit(Collection<Sender> changed) {
        for (Sender sender : changed) {
            senders.remove(sender.origin());
            senders.put(sender.origin(), sender);
        }
        var eldest = senders.keySet().iterator();
        for (int tooMany = senders.size() - max; tooMany > 0; tooMany--) {
            eldest.next();
            eldest.remove();
        }
    }
}
