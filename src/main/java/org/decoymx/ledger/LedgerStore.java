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
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The ledger's file, open. What {@link #commit} has written is on the disk when it returns. One thread at a time; any
 * call that throws leaves a store that must be closed.
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
     * What can be done with an open file.
     *
     * @throws Fault when it has nodes that nobody can be
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
            throw corrupt("it has a node that nobody can be");
        }
        Node node = new Node(name);
        ids.put(node, id);
        nodes.put(id, node);
        return node;
    }

    /** Writes once, to learn whether it can be done, and makes the row of this decoy's node where there is none. */
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
     * The decoy whose file this is.
     *
     * @throws Fault when the file does not say
     */
    Node ownNode() throws StorageException {
        Node named = ownNode;
        if (named == null) {
            throw corrupt("it does not say whose it is");
        }
        return named;
    }

    /** A part of all tallies, by the first character of their origins: half of them, more or less. */
    enum OriginRange {
        LOWER("origin < '2'"),
        UPPER("origin >= '2'");

        private final String condition;

        OriginRange(String condition) {
            this.condition = condition;
        }
    }

    /** Reads every tally of a half. */
    void load(OriginRange half, Consumer<SenderCounts> each) throws StorageException {
        translateErrors(() -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(SenderRowMapper.SELECT_WHERE + half.condition)) {
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
            throw corrupt("it has a sender that nobody can be");
        }
        return SenderRowMapper.readCounts(row, node, origin.get(), nodeAndTraits);
    }

    /**
     * Writes tallies, each in the place of what was kept of it; on return they are on the disk.
     *
     * @param entries where one has no evidence, the one on the disk stays
     * @throws Fault when nothing was written
     */
    void commit(Iterator<LedgerRecord> entries) throws StorageException {
        inTransaction(() -> {
            try (PreparedStatement upsert = connection.prepareStatement(SenderRowMapper.UPSERT)) {
                while (entries.hasNext()) {
                    LedgerRecord entry = entries.next();
                    SenderRowMapper.bind(
                            upsert, getOrInsertNodeId(entry.counts().node()), entry);
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
        int made = selectNodeId(node);
        registerNode(made, node.name());
        return made;
    }

    /**
     * Reads tallies with their evidence, in the order of their origins as text.
     *
     * @param after the last one of the page before, null for the first page
     * @param most how many at most
     */
    List<LedgerRecord> readPage(@Nullable SenderCounts after, int most) throws StorageException {
        List<LedgerRecord> page = new ArrayList<>();
        translateErrors(() -> {
            try (PreparedStatement query = connection.prepareStatement(SenderRowMapper.SELECT_PAGE)) {
                query.setString(1, after == null ? "" : after.origin().toString());
                query.setInt(2, after == null ? 0 : getOrInsertNodeId(after.node()));
                query.setInt(3, most);
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        page.add(new LedgerRecord(readCounts(row), readEvidence(row)));
                    }
                }
            }
        });
        return page;
    }

    /** The evidence that each node has of a sender. */
    Map<Node, SessionEvidence> readEvidence(Origin origin) throws StorageException {
        Map<Node, SessionEvidence> all = new LinkedHashMap<>();
        translateErrors(() -> {
            try (PreparedStatement query = connection.prepareStatement(SenderRowMapper.SELECT_BY_ORIGIN)) {
                query.setString(1, origin.toString());
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        SessionEvidence found = readEvidence(row);
                        if (found != null) {
                            all.put(readCounts(row).node(), found);
                        }
                    }
                }
            }
        });
        return all;
    }

    private @Nullable SessionEvidence readEvidence(ResultSet row) throws SQLException, StorageException {
        try {
            return SenderRowMapper.readEvidence(row);
        } catch (IllegalArgumentException e) {
            throw corrupt("it has evidence that nobody can have written");
        }
    }

    /** Drops tallies. */
    void delete(Collection<SenderCounts> tallies) throws StorageException {
        inTransaction(() -> {
            try (PreparedStatement forget = connection.prepareStatement(SenderRowMapper.DELETE)) {
                for (SenderCounts tally : tallies) {
                    forget.setString(1, tally.origin().toString());
                    forget.setInt(2, getOrInsertNodeId(tally.node()));
                    forget.executeUpdate();
                }
            }
        });
    }

    /**
     * Gives unused pages back to the file system.
     *
     * @param most how many pages at most
     */
    void shrink(int most) throws StorageException {
        translateErrors(() -> {
            if (LedgerSchema.queryInt(connection, "PRAGMA freelist_count") > SPARE_PAGES) {
                try (Statement statement = connection.createStatement()) {
                    // not execute, which stops at the first page
                    statement.executeUpdate("PRAGMA incremental_vacuum(" + most + ")");
                }
            }
        });
    }

    /** Something done with the database. */
    private interface LedgerOperation {
        void run() throws SQLException, StorageException;
    }

    private void inTransaction(LedgerOperation work) throws StorageException {
        translateErrors(() -> {
            connection.setAutoCommit(false);
            try {
                work.run();
                connection.commit();
            } catch (SQLException | StorageException e) {
                rollback();
                throw e;
            }
            connection.setAutoCommit(true);
        });
    }

    private StorageException corrupt(String how) {
        return new StorageException(StorageException.StorageErrorKind.CORRUPT, file + " is damaged: " + how);
    }

    private void rollback() {
        try {
            connection.rollback();
        } catch (SQLException e) {
            LOG.debugf("cannot roll back: %s", e.getMessage());
        }
    }

    private void translateErrors(LedgerOperation work) throws StorageException {
        try {
            work.run();
        } catch (SQLException e) {
            throw StorageException.fromSqlException(e, file);
        }
    }

    /** Closes the file; the last one to close it empties its log. */
    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debugf("cannot close: %s", e.getMessage());
        }
    }
}
