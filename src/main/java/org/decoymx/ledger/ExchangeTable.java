package org.decoymx.ledger;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.TrustState;
import org.decoymx.sighting.EnvelopeKey;
import org.decoymx.store.DatabaseConnection;
import org.decoymx.store.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * What the ledger has on disk for the exchange with other nodes: the table {@code exchange_position}, an index of the
 * versions of the own rows, and the trust states of other nodes. Not thread-safe.
 */
final class ExchangeTable {
    private static final String INDEX_PREFIX = "own_version_";

    /** What the own node knows only of trust; it is shared with counts of nothing. */
    private static final String INSERT_KNOWN = """
            INSERT OR IGNORE INTO sender (
                origin, node, version, first_seen, last_seen, sessions, conversations, points, scored_at, offences,
                listed_since, listed_until, traits)
            SELECT origin, %s, %s, min(first_seen), max(last_seen), 0, 0, 0, 0, 0, 0, 0, 0
            FROM trust JOIN sender USING (origin) GROUP BY origin""";

    private static final String SELECT_POSITIONS =
            "SELECT topic, topic_id, partition, next_offset FROM exchange_position ORDER BY topic, partition";
    private static final String UPSERT_POSITION = """
            INSERT INTO exchange_position (topic, topic_id, partition, next_offset) VALUES (?, ?, ?, ?)
            ON CONFLICT (topic, partition) DO UPDATE SET
                topic_id = excluded.topic_id, next_offset = excluded.next_offset""";
    private static final String SELECT_TRUST =
            "SELECT origin, node, version, trust FROM sender WHERE trust IS NOT NULL";

    private final DatabaseConnection connection;
    private final NodeTable nodes;
    private final TrustTable trust;

    ExchangeTable(DatabaseConnection connection, NodeTable nodes, TrustTable trust) {
        this.connection = connection;
        this.nodes = nodes;
        this.trust = trust;
    }

    /** Whether the file has these columns: a file of an earlier version that cannot be written has none. */
    boolean exists() throws StorageException {
        return connection.queryInt("SELECT count(*) FROM pragma_table_info('sender') WHERE name = 'version'") > 0;
    }

    /**
     * Prepares the file before it is loaded, in one transaction: gives the own node another name, has the states of
     * other nodes read again if the key of the envelopes changes, and creates or drops the index of the own versions.
     *
     * @param key the configured key of the envelopes; null for the one in the file
     */
    void prepare(SharingSettings settings, @Nullable EnvelopeKey key) throws StorageException {
        Node name = settings.ownName();
        if (name != null && !name.equals(nodes.own())) {
            new NodeRenaming(connection, nodes, trust).rename(name);
        }
        if (changesKey(key)) {
            connection.execute("UPDATE sender SET version = 0 WHERE version > 0 AND node <> " + nodes.ownId());
            connection.execute("DELETE FROM exchange_position");
        }
        prepareIndex(settings.enabled());
    }

    private boolean changesKey(@Nullable EnvelopeKey key) throws StorageException {
        Optional<EnvelopeKey> stored = trust.envelopeKey();
        boolean other = key != null
                && stored.isPresent()
                && !key.id().equals(stored.get().id());
        return other || trust.isKeyChanging();
    }

    /** Creates the index of the own versions if the exchange is on; otherwise it would make each commit slower. */
    void prepareIndex(boolean enabled) throws StorageException {
        String wanted = INDEX_PREFIX + nodes.ownId();
        List<String> found = new ArrayList<>();
        connection.query(
                "SELECT name FROM sqlite_schema WHERE type = 'index' AND name GLOB '" + INDEX_PREFIX + "*'",
                row -> found.add(row.getString(1)));
        for (String name : found) {
            if (!enabled || !name.equals(wanted)) {
                connection.execute("DROP INDEX \"" + name + '"');
            }
        }
        if (enabled && !found.contains(wanted)) {
            // while there is no index, a change of a trust state alone does not raise the version of its row
            long version = trust.number(LedgerVersions.LATEST) + 1;
            connection.execute("UPDATE sender SET version = " + version + " WHERE node = " + nodes.ownId());
            connection.execute(INSERT_KNOWN.formatted(nodes.ownId(), version));
            connection.execute("CREATE INDEX " + wanted + " ON sender (version, origin) WHERE node = " + nodes.ownId());
            trust.write(TrustTable.TrustWrites.NONE.with(LedgerVersions.LATEST, version));
        }
    }

    /** How far the topics are read. */
    List<SharedPosition> readPositions() throws StorageException {
        List<SharedPosition> positions = new ArrayList<>();
        connection.query(
                SELECT_POSITIONS,
                row -> positions.add(
                        new SharedPosition(row.getString(1), row.getString(2), row.getInt(3), row.getLong(4))));
        return positions;
    }

    /** Writes within the transaction of the caller. */
    void writePositions(Collection<SharedPosition> positions) throws StorageException {
        connection.update(UPSERT_POSITION, positions.iterator(), ExchangeTable::bind);
    }

    private static void bind(PreparedStatement upsert, SharedPosition position) throws SQLException {
        upsert.setString(1, position.topic());
        upsert.setString(2, position.topicId());
        upsert.setInt(3, position.partition());
        upsert.setLong(4, position.offset());
    }

    /** Gets a trust state of another node. */
    interface TrustConsumer {
        /**
         * Gets a state.
         *
         * @param otherKey whether its envelopes were hashed with another key
         */
        void accept(Node node, IpPrefix origin, TrustState state, boolean otherKey);
    }

    /** Reads the trust states of the other nodes. */
    void loadTrust(TrustConsumer each) throws StorageException {
        if (nodes.size() > 1 && exists()) {
            connection.query(SELECT_TRUST, row -> loadTrust(row, each));
        }
    }

    private void loadTrust(ResultSet row, TrustConsumer each) throws SQLException, StorageException {
        Optional<IpPrefix> origin = IpText.parsePrintedHostNetwork(row.getString(1));
        Node node = nodes.find(row.getInt(2));
        if (origin.isEmpty() || node == null) {
            throw connection.corrupt("invalid sender");
        }
        try {
            each.accept(node, origin.get(), TrustState.decode(row.getBytes(4)), row.getLong(3) == 0);
        } catch (IllegalArgumentException e) {
            throw connection.corrupt("invalid trust state");
        }
    }
}
