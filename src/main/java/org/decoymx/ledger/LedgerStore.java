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
    private @Nullable Node own;

    /**
     * What can be done with an open file.
     *
     * @throws Fault when it has nodes that nobody can be
     */
    LedgerStore(Path file, Connection connection) throws SQLException, Fault {
        this.file = file;
        this.connection = connection;
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT id, name, own FROM node")) {
            while (row.next()) {
                Node node = know(row.getInt(1), row.getString(2));
                own = row.getInt(3) == 1 ? node : own;
            }
        }
    }

    private Node know(int id, String name) throws Fault {
        if (!Node.isName(name)) {
            throw damaged("it has a node that nobody can be");
        }
        Node node = new Node(name);
        ids.put(node, id);
        nodes.put(id, node);
        return node;
    }

    /** Writes once, to learn whether it can be done, and makes the row of this decoy's node where there is none. */
    void claim(Node name) throws SQLException, Fault {
        try (PreparedStatement claim = connection.prepareStatement("""
                INSERT INTO node (name, own) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET own = 1""")) {
            Node node = own == null ? name : own;
            claim.setString(1, node.name());
            claim.executeUpdate();
            own = know(idOf(node), node.name());
        }
    }

    private int idOf(Node node) throws SQLException {
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
    Node own() throws Fault {
        Node named = own;
        if (named == null) {
            throw damaged("it does not say whose it is");
        }
        return named;
    }

    /** A part of all tallies, by the first character of their origins: half of them, more or less. */
    enum Half {
        LOWER("origin < '2'"),
        UPPER("origin >= '2'");

        private final String condition;

        Half(String condition) {
            this.condition = condition;
        }
    }

    /** Reads every tally of a half. */
    void load(Half half, Consumer<Tally> each) throws Fault {
        attempt(() -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(SenderRow.LOAD + half.condition)) {
                while (row.next()) {
                    each.accept(tally(row));
                }
            }
        });
    }

    private Tally tally(ResultSet row) throws SQLException, Fault {
        long nodeAndTraits = SenderRow.nodeAndTraits(row);
        Node node = nodes.get(SenderRow.node(nodeAndTraits));
        Optional<Origin> origin = Origin.known(SenderRow.origin(row));
        if (node == null || origin.isEmpty()) {
            throw damaged("it has a sender that nobody can be");
        }
        return SenderRow.tally(row, node, origin.get(), nodeAndTraits);
    }

    /**
     * Writes tallies, each in the place of what was kept of it; on return they are on the disk.
     *
     * @param entries where one has no evidence, the one on the disk stays
     * @throws Fault when nothing was written
     */
    void commit(Iterator<Entry> entries) throws Fault {
        transaction(() -> {
            try (PreparedStatement upsert = connection.prepareStatement(SenderRow.UPSERT)) {
                while (entries.hasNext()) {
                    Entry entry = entries.next();
                    SenderRow.bind(upsert, id(entry.tally().node()), entry);
                    upsert.executeUpdate();
                }
            }
        });
    }

    private int id(Node node) throws SQLException, Fault {
        Integer id = ids.get(node);
        if (id != null) {
            return id;
        }
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO node (name, own) VALUES (?, 0)")) {
            insert.setString(1, node.name());
            insert.executeUpdate();
        }
        int made = idOf(node);
        know(made, node.name());
        return made;
    }

    /**
     * Reads tallies with their evidence, in the order of their origins as text.
     *
     * @param after the last one of the page before, null for the first page
     * @param most how many at most
     */
    List<Entry> page(@Nullable Tally after, int most) throws Fault {
        List<Entry> page = new ArrayList<>();
        attempt(() -> {
            try (PreparedStatement query = connection.prepareStatement(SenderRow.PAGE)) {
                query.setString(1, after == null ? "" : after.origin().toString());
                query.setInt(2, after == null ? 0 : id(after.node()));
                query.setInt(3, most);
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        page.add(new Entry(tally(row), evidence(row)));
                    }
                }
            }
        });
        return page;
    }

    /** The evidence that each node has of a sender. */
    Map<Node, Evidence> evidence(Origin origin) throws Fault {
        Map<Node, Evidence> all = new LinkedHashMap<>();
        attempt(() -> {
            try (PreparedStatement query = connection.prepareStatement(SenderRow.OF_ORIGIN)) {
                query.setString(1, origin.toString());
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        Evidence found = evidence(row);
                        if (found != null) {
                            all.put(tally(row).node(), found);
                        }
                    }
                }
            }
        });
        return all;
    }

    private @Nullable Evidence evidence(ResultSet row) throws SQLException, Fault {
        try {
            return SenderRow.evidence(row);
        } catch (IllegalArgumentException e) {
            throw damaged("it has evidence that nobody can have written");
        }
    }

    /** Drops tallies. */
    void forget(Collection<Tally> tallies) throws Fault {
        transaction(() -> {
            try (PreparedStatement forget = connection.prepareStatement(SenderRow.FORGET)) {
                for (Tally tally : tallies) {
                    forget.setString(1, tally.origin().toString());
                    forget.setInt(2, id(tally.node()));
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
    void shrink(int most) throws Fault {
        attempt(() -> {
            if (Schema.number(connection, "PRAGMA freelist_count") > SPARE_PAGES) {
                try (Statement statement = connection.createStatement()) {
                    // not execute, which stops at the first page
                    statement.executeUpdate("PRAGMA incremental_vacuum(" + most + ")");
                }
            }
        });
    }

    /** Something done with the database. */
    private interface Work {
        void run() throws SQLException, Fault;
    }

    private void transaction(Work work) throws Fault {
        attempt(() -> {
            connection.setAutoCommit(false);
            try {
                work.run();
                connection.commit();
            } catch (SQLException | Fault e) {
                rollback();
                throw e;
            }
            connection.setAutoCommit(true);
        });
    }

    private Fault damaged(String how) {
        return new Fault(Fault.Kind.CORRUPT, file + " is damaged: " + how);
    }

    private void rollback() {
        try {
            connection.rollback();
        } catch (SQLException e) {
            LOG.debugf("cannot roll back: %s", e.getMessage());
        }
    }

    private void attempt(Work work) throws Fault {
        try {
            work.run();
        } catch (SQLException e) {
            throw Fault.of(e, file);
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
