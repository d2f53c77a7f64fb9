package org.decoymx.ledger;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.decoymx.store.StorageException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * An open database of the ledger. When {@link #commit} returns, the records are on disk. Not thread-safe. After an
 * exception the store must be closed.
 */
final class LedgerStore implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(LedgerStore.class);
    private static final int SPARE_PAGES = 500;

    private final Path file;
    private final Connection connection;
    private final Map<Node, Integer> ids = new HashMap<>();
    private final Map<Integer, Node> nodes = new HashMap<>();
    private @Nullable Node ownNode;

    /**
     * Reads the nodes.
     *
     * @throws StorageException if the file has invalid nodes
     */
    LedgerStore(Path file, Connection connection) throws SQLException, StorageException {
        this.file = file;
        this.connection = connection;
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT id, name, own FROM node")) {
            while (row.next()) {
                Node node = registerNode(row.getInt(1), row.getString(2));
                ownNode = row.getInt(3) == 1 ? node : ownNode;
            }
        }
    }

    private Node registerNode(int id, String name) throws StorageException {
        if (!Node.isValidName(name)) {
            throw corrupt("invalid node name");
        }
        Node node = new Node(name);
        ids.put(node, id);
        nodes.put(id, node);
        return node;
    }

    /** Inserts the row of the own node if there is none. Always writes, to find out whether the file is writable. */
    void claimOwnNode(Node name) throws SQLException, StorageException {
        try (PreparedStatement claim = connection.prepareStatement("""
                INSERT INTO node (name, own) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET own = 1""")) {
            Node node = ownNode == null ? name : ownNode;
            claim.setString(1, node.name());
            claim.executeUpdate();
            ownNode = registerNode(selectNodeId(node), node.name());
        }
    }

    private int selectNodeId(Node node) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT id FROM node WHERE name = ?")) {
            query.setString(1, node.name());
            try (ResultSet row = query.executeQuery()) {
                return row.getInt(1);
            }
        }
    }

    /**
     * The node of the decoy that owns this file.
     *
     * @throws StorageException if the file has no own node
     */
    Node ownNode() throws StorageException {
        Node node = ownNode;
        if (node == null) {
            throw corrupt("no own node");
        }
        return node;
    }

    /** About half of all records, by the first character of their origins. */
    enum OriginRange {
        LOWER("origin < '2'"),
        UPPER("origin >= '2'");

        private final String condition;

        OriginRange(String condition) {
            this.condition = condition;
        }
    }

    /** Reads all records of a range. */
    void load(OriginRange range, Consumer<SenderCounts> each) throws StorageException {
        translateErrors(() -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(SenderRowMapper.SELECT_WHERE + range.condition)) {
                while (row.next()) {
                    each.accept(readCounts(row));
                }
            }
        });
    }

    private SenderCounts readCounts(ResultSet row) throws SQLException, StorageException {
        long nodeAndTraits = SenderRowMapper.readNodeAndTraits(row);
        Node node = nodes.get(SenderRowMapper.nodeId(nodeAndTraits));
        Optional<Origin> origin = Origin.parseCanonical(SenderRowMapper.readOrigin(row));
        if (node == null || origin.isEmpty()) {
            throw corrupt("invalid sender");
        }
        return SenderRowMapper.readCounts(row, node, origin.get(), nodeAndTraits);
    }

    /**
     * Inserts or replaces records in one transaction. On return they are on disk.
     *
     * @param records a record without evidence keeps the evidence on disk
     * @throws StorageException if nothing was written
     */
    void commit(Iterator<LedgerRecord> records) throws StorageException {
        inTransaction(() -> {
            try (PreparedStatement upsert = connection.prepareStatement(SenderRowMapper.UPSERT)) {
                while (records.hasNext()) {
                    LedgerRecord ledgerRecord = records.next();
                    SenderRowMapper.bind(
                            upsert, getOrInsertNodeId(ledgerRecord.counts().node()), ledgerRecord);
                    upsert.executeUpdate();
                }
            }
        });
    }

    private int getOrInsertNodeId(Node node) throws SQLException, StorageException {
        Integer id = ids.get(node);
        if (id != null) {
            return id;
        }
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO node (name, own) VALUES (?, 0)")) {
            insert.setString(1, node.name());
            insert.executeUpdate();
        }
        int newId = selectNodeId(node);
        registerNode(newId, node.name());
        return newId;
    }

    /**
     * Reads a page of records with their evidence, in the text order of their origins.
     *
     * @param after the last record of the previous page; null for the first page
     * @param max maximum number of records
     */
    List<LedgerRecord> readPage(@Nullable SenderCounts after, int max) throws StorageException {
        List<LedgerRecord> page = new ArrayList<>();
        translateErrors(() -> {
            try (PreparedStatement query = connection.prepareStatement(SenderRowMapper.SELECT_PAGE)) {
                query.setString(1, after == null ? "" : after.origin().toString());
                query.setInt(2, after == null ? 0 : getOrInsertNodeId(after.node()));
                query.setInt(3, max);
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        page.add(new LedgerRecord(readCounts(row), readEvidence(row)));
                    }
                }
            }
        });
        return page;
    }

    /** The evidence of each node about a sender. */
    Map<Node, SessionEvidence> readEvidence(Origin origin) throws StorageException {
        Map<Node, SessionEvidence> evidence = new LinkedHashMap<>();
        translateErrors(() -> {
            try (PreparedStatement query = connection.prepareStatement(SenderRowMapper.SELECT_BY_ORIGIN)) {
                query.setString(1, origin.toString());
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        SessionEvidence found = readEvidence(row);
                        if (found != null) {
                            evidence.put(readCounts(row).node(), found);
                        }
                    }
                }
            }
        });
        return evidence;
    }

    private @Nullable SessionEvidence readEvidence(ResultSet row) throws SQLException, StorageException {
        try {
            return SenderRowMapper.readEvidence(row);
        } catch (IllegalArgumentException e) {
            throw corrupt("invalid evidence");
        }
    }

    /** Deletes records. */
    void delete(Collection<SenderCounts> countsList) throws StorageException {
        inTransaction(() -> {
            try (PreparedStatement delete = connection.prepareStatement(SenderRowMapper.DELETE)) {
                for (SenderCounts counts : countsList) {
                    delete.setString(1, counts.origin().toString());
                    delete.setInt(2, getOrInsertNodeId(counts.node()));
                    delete.executeUpdate();
                }
            }
        });
    }

    /**
     * Returns unused pages to the file system.
     *
     * @param max maximum number of pages
     */
    void shrink(int max) throws StorageException {
        translateErrors(() -> {
            if (LedgerSchema.queryInt(connection, "PRAGMA freelist_count") > SPARE_PAGES) {
                try (Statement statement = connection.createStatement()) {
                    // execute would stop after the first page
                    statement.executeUpdate("PRAGMA incremental_vacuum(" + max + ")");
                }
            }
        });
    }

    /** An operation on the database. */
    private interface LedgerOperation {
        void run() throws SQLException, StorageException;
    }

    private void inTransaction(LedgerOperation operation) throws StorageException {
        translateErrors(() -> {
            connection.setAutoCommit(false);
            try {
                operation.run();
                connection.commit();
            } catch (SQLException | StorageException e) {
                rollback();
                throw e;
            }
            connection.setAutoCommit(true);
        });
    }

    private StorageException corrupt(String reason) {
        return new StorageException(StorageException.StorageErrorKind.CORRUPT, file + " is damaged: " + reason);
    }

    private void rollback() {
        try {
            connection.rollback();
        } catch (SQLException e) {
            LOG.debugf("Cannot roll back: %s", e.getMessage());
        }
    }

    private void translateErrors(LedgerOperation operation) throws StorageException {
        try {
            operation.run();
        } catch (SQLException e) {
            throw StorageException.fromSqlException(e, file);
        }
    }

    /** Closes the database; the last connection to close it also checkpoints the write-ahead log. */
    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debugf("Cannot close %s: %s", file, e.getMessage());
        }
    }
}
