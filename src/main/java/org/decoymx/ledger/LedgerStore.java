package org.decoymx.ledger;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.decoymx.conversation.Verb;
import org.decoymx.sighting.Sighting.Ending;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;

/**
 * The ledger's file: an SQLite database with a write-ahead log. What {@link #commit} has written is on the disk when it
 * returns. One thread at a time; any call that throws leaves a store that must be closed.
 */
final class LedgerStore implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(LedgerStore.class);
    private static final int PAGE_OCTETS = 2_048;
    private static final int CACHE_KIB = 8_192;
    private static final int CHECKPOINT_PAGES = 16_384;
    private static final int BUSY_MILLIS = 2_000;
    private static final int SPARE_PAGES = 500;
    private static final int SECONDS = 32;
    private static final long LOW = 0xffff_ffffL;

    /** Two numbers to a column, as each call into SQLite costs more than the reading. */
    private static final String COLUMNS = """
            origin, node, first_seen << 32 | last_seen, sessions << 32 | conversations,
            scored_at << 32 | offences, listed_since << 32 | listed_until, traits, points""";

    private static final String LOAD = "SELECT " + COLUMNS + " FROM sender";
    private static final String PAGE = "SELECT " + COLUMNS + ", helo, sender_domain, deepest, tls, ended, recipients"
            + " FROM sender WHERE (origin, node) > (?, ?) ORDER BY origin, node LIMIT ?";

    private static final String UPSERT = """
            INSERT INTO sender (origin, node, first_seen, last_seen, sessions, conversations, points, scored_at, offences,
                listed_since, listed_until, traits, helo, sender_domain, deepest, tls, ended, recipients)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (origin, node) DO UPDATE SET
                first_seen = excluded.first_seen, last_seen = excluded.last_seen, sessions = excluded.sessions,
                conversations = excluded.conversations, points = excluded.points, scored_at = excluded.scored_at,
                offences = excluded.offences, listed_since = excluded.listed_since, listed_until = excluded.listed_until,
                traits = excluded.traits, helo = coalesce(excluded.helo, helo),
                sender_domain = coalesce(excluded.sender_domain, sender_domain),
                deepest = coalesce(excluded.deepest, deepest), tls = coalesce(excluded.tls, tls),
                ended = coalesce(excluded.ended, ended), recipients = coalesce(excluded.recipients, recipients)""";

    private static final String FORGET = "DELETE FROM sender WHERE origin = ? AND node = ?";

    private final Path file;
    private final Connection connection;
    private final Map<Node, Integer> ids = new HashMap<>();
    private final Map<Integer, Node> nodes = new HashMap<>();
    private @Nullable Node own;

    private LedgerStore(Path file, Connection connection) throws SQLException, Fault {
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

    /**
     * Opens the file to be read and written; makes it where there is none.
     *
     * @param name the node's name, should the file have to be made
     * @throws Fault when it cannot be written, or not be understood
     */
    static LedgerStore open(Path file, Node name) throws Fault {
        try {
            if (!Files.exists(file)) {
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
        } catch (IOException e) {
            throw new Fault(Fault.Kind.READ_ONLY, file + " cannot be made: " + e.getMessage());
        }
        if (file.toFile().length() == 0 && log(file).length() > 0) {
            // SQLite would take the log for another file's, and delete it
            throw new Fault(Fault.Kind.CORRUPT, file + " is empty, and its log is not");
        }
        return connect(file, file.toString(), connection -> {
            prepare(connection, file);
            LedgerStore store = new LedgerStore(file, connection);
            store.claim(name);
            return store;
        });
    }

    private static void prepare(Connection connection, Path file) throws SQLException, Fault {
        try (Statement statement = connection.createStatement()) {
            if (Schema.isEmpty(connection, file)) {
                statement.execute("PRAGMA page_size = " + PAGE_OCTETS);
                statement.execute("PRAGMA auto_vacuum = INCREMENTAL");
            }
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = FULL");
            statement.execute("PRAGMA wal_autocheckpoint = " + CHECKPOINT_PAGES);
            statement.execute("PRAGMA journal_size_limit = " + (long) CHECKPOINT_PAGES * PAGE_OCTETS);
            statement.execute("PRAGMA cache_size = " + -CACHE_KIB);
        }
        Schema.migrate(connection);
    }

    /**
     * Opens a file that exists, to be read only.
     *
     * @param alone whether nobody writes it; then nothing need be shared, and nothing written beside it for that
     * @throws Fault when even that cannot be done
     */
    static LedgerStore openToRead(Path file, boolean alone) throws Fault {
        String uri = file.toAbsolutePath().toUri().toString();
        if (alone && log(file).length() == 0) {
            return read(file, uri + "?immutable=1");
        }
        try {
            return read(file, uri + "?mode=ro");
        } catch (Fault why) {
            if (!alone || why.kind() != Fault.Kind.READ_ONLY && why.kind() != Fault.Kind.FULL) {
                throw why;
            }
            // a log cannot be read without its index beside it, or, where there is no place for that, one in memory
            return read(file, uri + "?mode=ro&vfs=unix-none&locking_mode=EXCLUSIVE");
        }
    }

    private static LedgerStore read(Path file, String uri) throws Fault {
        return connect(file, uri, connection -> {
            if (Schema.isEmpty(connection, file)) {
                throw new Fault(Fault.Kind.READ_ONLY, file + " is empty, and cannot be written");
            }
            LedgerStore store = new LedgerStore(file, connection);
            if (store.own == null) {
                throw store.damaged("it does not say whose it is");
            }
            return store;
        });
    }

    private static File log(Path file) {
        return file.resolveSibling(file.getFileName() + "-wal").toFile();
    }

    /** What is made of a new connection. */
    private interface Opening {
        LedgerStore of(Connection connection) throws SQLException, Fault;
    }

    private static LedgerStore connect(Path file, String where, Opening opening) throws Fault {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_MILLIS);
        Connection connection = null;
        try {
            connection = config.createConnection(JDBC.PREFIX + where);
            return opening.of(connection);
        } catch (SQLException e) {
            close(connection);
            throw Fault.of(e, file);
        } catch (Fault e) {
            close(connection);
            throw e;
        }
    }

    private static void close(@Nullable Connection connection) {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException e) {
            LOG.debugf("cannot close: %s", e.getMessage());
        }
    }

    /** Writes once, to learn whether it can be done, and makes the row of this decoy's node where there is none. */
    private void claim(Node name) throws SQLException, Fault {
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

    /** Whether the file has no sender yet. */
    boolean isEmpty() throws Fault {
        int[] senders = new int[1];
        attempt(() -> senders[0] = Schema.number(connection, "SELECT count(*) FROM (SELECT 1 FROM sender LIMIT 1)"));
        return senders[0] == 0;
    }

    /** The decoy whose file this is. */
    Node own() {
        return Objects.requireNonNull(own);
    }

    /** Reads every tally. */
    void load(Consumer<Tally> each) throws Fault {
        attempt(() -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(LOAD)) {
                while (row.next()) {
                    each.accept(tally(row));
                }
            }
        });
    }

    private Tally tally(ResultSet row) throws SQLException, Fault {
        Node node = nodes.get(row.getInt(2));
        Optional<Origin> origin = Origin.known(row.getString(1));
        if (node == null || origin.isEmpty()) {
            throw damaged("it has a sender that nobody can be");
        }
        long seen = row.getLong(3);
        long counts = row.getLong(4);
        long scored = row.getLong(5);
        long listed = row.getLong(6);
        return new Tally(
                node,
                origin.get(),
                seen >>> SECONDS,
                seen & LOW,
                counts >>> SECONDS,
                counts & LOW,
                row.getInt(7),
                new Score(
                        row.getDouble(8), scored >>> SECONDS, (int) (scored & LOW), listed >>> SECONDS, listed & LOW));
    }

    /**
     * Writes tallies, each in the place of what was kept of it; on return they are on the disk.
     *
     * @param entries where one has no evidence, the one on the disk stays
     * @throws Fault when nothing was written
     */
    void commit(Iterator<Entry> entries) throws Fault {
        transaction(() -> {
            try (PreparedStatement upsert = connection.prepareStatement(UPSERT)) {
                while (entries.hasNext()) {
                    Entry entry = entries.next();
                    bind(upsert, entry.tally(), entry.evidence());
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
        know(idOf(node), node.name());
        return idOf(node);
    }

    private void bind(PreparedStatement upsert, Tally tally, @Nullable Evidence evidence) throws SQLException, Fault {
        Score score = tally.score();
        upsert.setString(1, tally.origin().toString());
        upsert.setInt(2, id(tally.node()));
        upsert.setLong(3, tally.firstSeen());
        upsert.setLong(4, tally.lastSeen());
        upsert.setLong(5, tally.sessions());
        upsert.setLong(6, tally.conversations());
        upsert.setDouble(7, score.points());
        upsert.setLong(8, score.scoredAt());
        upsert.setInt(9, score.offences());
        upsert.setLong(10, score.listedSince());
        upsert.setLong(11, score.listedUntil());
        upsert.setInt(12, tally.traits());
        if (evidence == null) {
            for (int column = 13; column <= 18; column++) {
                upsert.setObject(column, null);
            }
        } else {
            upsert.setString(13, evidence.helo());
            upsert.setString(14, evidence.senderDomain());
            upsert.setString(15, evidence.deepest().name());
            upsert.setInt(16, evidence.tls() ? 1 : 0);
            upsert.setString(17, evidence.ending().name());
            upsert.setInt(18, evidence.recipients());
        }
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
            try (PreparedStatement query = connection.prepareStatement(PAGE)) {
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

    private static @Nullable Evidence evidence(ResultSet row) throws SQLException {
        String helo = row.getString("helo");
        return helo == null
                ? null
                : new Evidence(
                        helo,
                        row.getString("sender_domain"),
                        Verb.valueOf(row.getString("deepest")),
                        row.getBoolean("tls"),
                        Ending.valueOf(row.getString("ended")),
                        row.getInt("recipients"));
    }

    /** Drops tallies. */
    void forget(Collection<Tally> tallies) throws Fault {
        transaction(() -> {
            try (PreparedStatement forget = connection.prepareStatement(FORGET)) {
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
        close(connection);
    }
}
