package org.decoymx.ledger;

import org.decoymx.store.DatabaseConnection;
import org.decoymx.store.StorageException;

/** Gives the own node another name on disk, within the transaction of the caller. */
final class NodeRenaming {
    /** What the new name counted before may be in what is moved to it, and the other way round. */
    private static final String JOIN_MOVED = """
            UPDATE sender SET
                first_seen = min(sender.first_seen, moved.first_seen),
                last_seen = max(sender.last_seen, moved.last_seen),
                sessions = max(sender.sessions, moved.sessions),
                conversations = max(sender.conversations, moved.conversations),
                points = iif(moved.scored_at < sender.scored_at, sender.points, moved.points),
                peaks = iif(moved.scored_at < sender.scored_at, sender.peaks, moved.peaks),
                scored_at = max(sender.scored_at, moved.scored_at),
                offences = max(sender.offences, moved.offences),
                listed_since = max(sender.listed_since, moved.listed_since),
                listed_until = max(sender.listed_until, moved.listed_until),
                traits = sender.traits | moved.traits,
                waivers = sender.waivers | moved.waivers,
                version = %s
            FROM sender AS moved
            WHERE sender.node = %s AND moved.origin = sender.origin AND moved.node = %s AND moved.version > %s""";

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
     * becomes that of another node, and is replaced by what is read of it, from the beginning.
     */
    void rename(Node name) throws StorageException {
        int oldId = nodes.ownId();
        // also if all is to be shared again
        long shared = Math.max(trust.number(LedgerVersions.SHARED), trust.number(LedgerVersions.EVER_SHARED));
        if (shared == 0 && !nodes.contains(name)) {
            nodes.renameOwn(name);
            return;
        }
        int newId = nodes.getOrInsertId(name);
        long latest = Math.max(trust.number(LedgerVersions.LATEST), highestVersion(newId));
        String moved = " WHERE node = " + oldId + " AND version > " + shared;
        connection.execute(JOIN_MOVED.formatted(latest + 1, newId, oldId, shared));
        connection.execute(
                "DELETE FROM sender" + moved + " AND origin IN (SELECT origin FROM sender WHERE node = " + newId + ")");
        connection.execute("UPDATE sender SET node = " + newId + ", version = " + (latest + 1) + moved);
        connection.execute("UPDATE sender SET version = 0 WHERE node = " + oldId);
        connection.execute("INSERT OR IGNORE INTO trust SELECT origin, trust FROM sender WHERE node = " + newId
                + " AND trust IS NOT NULL");
        connection.execute("UPDATE sender SET trust = NULL WHERE node = " + newId);
        connection.execute("DELETE FROM exchange_position");
        nodes.setOwn(name);
        trust.write(TrustTable.TrustWrites.NONE
                .with(LedgerVersions.LATEST, latest + 1)
                .with(LedgerVersions.SHARED, latest)
                .with(LedgerVersions.EVER_SHARED, latest));
    }

    private long highestVersion(int node) throws StorageException {
        long[] highest = {0};
        connection.query(
                "SELECT coalesce(max(version), 0) FROM sender WHERE node = " + node,
                row -> highest[0] = row.getLong(1));
        return highest[0];
    }
}
