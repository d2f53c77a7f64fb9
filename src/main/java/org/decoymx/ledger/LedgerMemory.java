package org.decoymx.ledger;

import org.decoymx.store.Database;
import org.decoymx.store.DatabaseConnection;
import org.decoymx.store.StorageException;

/** What the ledger has in memory, and how a file is prepared for it, read and filled. Only for the writer thread. */
record LedgerMemory(
        SenderIndex index,
        PendingWrites pendingWrites,
        TrustPersistence trust,
        LedgerVersions versions,
        SharingSettings sharing) {

    /** Prepares a file for writing; one that is not loaded yet also gets the configured name and key. */
    LedgerStore claim(DatabaseConnection connection, Node ownNode, boolean loaded) throws StorageException {
        LedgerStore store = new LedgerStore(connection);
        connection.transaction(() -> {
            store.claim(ownNode);
            if (loaded) {
                store.exchange().prepareIndex(sharing.enabled());
            } else {
                store.exchange().prepare(sharing, trust.configuredKey());
            }
        });
        return store;
    }

    /**
     * Reads a file, which must have an own node.
     *
     * @param shared whether a second connection may read at the same time
     */
    void load(Database database, LedgerStore source, boolean shared) throws StorageException {
        SenderIndex loaded = new LedgerLoader(database).load(source, shared);
        trust.load(source.trust(), loaded);
        trust.loadRemote(source.exchange());
        versions.load(source.trust());
        index.replaceWith(loaded);
        pendingWrites.addTo(index, source.ownNode());
    }

    /** Writes everything to a file; returns what it has now, for the administrator. */
    String writeTo(LedgerStore store) throws StorageException {
        versions.setRebuilt();
        store.writeAll(index, trust, versions);
        return index.size() + " senders, all that were in memory";
    }
}
