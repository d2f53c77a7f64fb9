package org.decoymx.ledger;

import org.decoymx.store.DatabaseConnection;
import org.decoymx.store.StorageException;

/** Gives the own node another name on disk, within the transaction of the caller. */
final class NodeRenaming {
    private final DatabaseConnection connection;
    private final NodeTable nodes;
    private final TrustTable trust;

    NodeRenaming(DatabaseConnection connection, NodeTable nodes, TrustTable trust) {
        this.connection = connection;
        this.nodes = nodes;
        this.trust = trust;
    }

    /**
     * Makes a node the own one. What was never shared gets the new name. What was shared belongs to the old name: it
     * becomes that of another node, and is replaced by what is read of it.
     */
    void rename(Node name) throws StorageException {
        int oldId = nodes.ownId();
        long shared = trust.number(LedgerVersions.SHARED);
        if (shared == 0 && !nodes.contains(name)) {
            nodes.renameOwn(name);
            return;
        }
        int newId = nodes.getOrInsertId(name);
        long latest = Math.max(trust.number(LedgerVersions.LATEST), highestVersion(newId));
        String moved = " WHERE node = " + oldId + " AND version > " + shared;
        connection.execute("UPDATE OR REPLACE sender SET node = " + newId + ", version = " + (latest + 1) + moved);
        connection.execute("UPDATE sender SET version = 0 WHERE node = " + oldId);
        connection.execute("INSERT OR IGNORE INTO trust SELECT origin, trust FROM sender WHERE node = " + newId
                + " AND trust IS NOT NULL");
        connection.execute("UPDATE sender SET trust = NULL WHERE node = " + newId);
        nodes.setOwn(name);
        trust.write(TrustTable.TrustWrites.NONE
                .with(LedgerVersions.LATEST, latest + 1)
                .with(LedgerVersions.SHARED, latest));
    }

    private long highestVersion(int node) throws StorageException {
        long[] highest = {0};
        connection.query(
                "SELECT coalesce(max(version), 0) FROM sender WHERE node = " + node,
                row -> highest[0] = row.getLong(1));
        return highest[0];
    }
}
