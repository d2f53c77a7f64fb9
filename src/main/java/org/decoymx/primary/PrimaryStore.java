package org.decoymx.primary;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.decoymx.ledger.Origin;
import org.decoymx.ledger.StorageException;
import org.decoymx.ledger.StorageException.StorageErrorKind;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The file of what is known of the primary MX, open. What {@link #save} has written is on the disk when it returns. One
 * thread at a time; any call that throws leaves a store that must be closed.
 */
final class PrimaryStore implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(PrimaryStore.class);
    private static final int VERSION = 1;

    /** "dcmp": tells our file from other programs' databases. */
    private static final int APPLICATION_ID = 0x64636d70;

    private static final String WITNESS_TABLE = "witness";
    private static final String NETWORK_TABLE = "network";

    private final Path file;
    private final Connection connection;
    private boolean empty;

    PrimaryStore(Path file, Connection connection) {
        this.file = file;
        this.connection = connection;
    }

    /**
     * Looks whose file it is. It only reads, as what is not ours must not be written.
     *
     * @throws Fault when it is of a newer version, or of another program
     */
    void checkFormat() throws SQLException, StorageException {
        int version = queryInt("PRAGMA user_version");
        int application = queryInt("PRAGMA application_id");
        empty = version == 0 && queryInt("SELECT count(*) FROM sqlite_schema") == 0;
        if (!empty && application != APPLICATION_ID) {
            throw new StorageException(StorageErrorKind.FOREIGN, file + " belongs to another program; move it away");
        }
        if (version > VERSION) {
            throw new StorageException(
                    StorageErrorKind.FOREIGN,
                    file + " is of version " + version + ", and this program knows up to " + VERSION
                            + "; run the newer program, or move the file away");
        }
    }

    private int queryInt(String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.getInt(1);
        }
    }

    /** Reads who was seen at a primary. */
    void load(PrimaryVisits witnesses) throws StorageException {
        if (!empty) {
            load(WITNESS_TABLE, witnesses);
            load(NETWORK_TABLE, witnesses);
        }
    }

    private void load(String table, PrimaryVisits witnesses) throws StorageException {
        boolean network = table.equals(NETWORK_TABLE);
        translateErrors(() -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row =
                            statement.executeQuery("SELECT origin, first_seen << 32 | last_seen FROM " + table)) {
                while (row.next()) {
                    Optional<Origin> origin = Origin.parseCanonical(row.getString(1));
                    long span = row.getLong(2);
                    if (origin.isEmpty()
                            || SeenInterval.first(span) == 0
                            || SeenInterval.first(span) > SeenInterval.last(span)) {
                        throw new StorageException(
                                StorageErrorKind.CORRUPT, file + " is damaged: it has a witness that nobody can be");
                    }
                    witnesses.load(network, origin.get(), SeenInterval.first(span), SeenInterval.last(span));
                }
            }
        });
    }

    /** Reads the outages. */
    PrimaryMonitor.MonitorSnapshot loadSnapshot() throws StorageException {
        List<OutageWindow> gaps = new ArrayList<>();
        Map<String, Instant> lastGood = new TreeMap<>();
        if (!empty) {
            translateErrors(() -> {
                try (Statement statement = connection.createStatement();
                        ResultSet row = statement.executeQuery(
                                "SELECT last_good, hosts, recovered FROM outage ORDER BY last_good")) {
                    while (row.next()) {
                        gaps.add(new OutageWindow(
                                readInstant(row, 1), new TreeSet<>(readHosts(row)), readRecovered(row)));
                    }
                }
                try (Statement statement = connection.createStatement();
                        ResultSet row = statement.executeQuery("SELECT name, last_good FROM host")) {
                    while (row.next()) {
                        lastGood.put(row.getString(1), readInstant(row, 2));
                    }
                }
            });
        }
        return new PrimaryMonitor.MonitorSnapshot(gaps, lastGood);
    }

    private static List<String> readHosts(ResultSet row) throws SQLException {
        return List.of(row.getString(2).split(" ", -1));
    }

    private static @Nullable Instant readRecovered(ResultSet row) throws SQLException {
        return row.getLong(3) == 0 ? null : readInstant(row, 3);
    }

    private static Instant readInstant(ResultSet row, int column) throws SQLException {
        return Instant.ofEpochSecond(Math.max(0, Math.min(row.getLong(column), 0xffff_ffffL)));
    }

    /**
     * Writes what has changed; on return it is on the disk.
     *
     * @param outage null when it has not changed
     * @throws Fault when nothing was written
     */
    void save(PrimaryVisits.VisitChanges changes, PrimaryMonitor.@Nullable MonitorSnapshot outage)
            throws StorageException {
        translateErrors(() -> {
            createIfEmpty();
            execute("BEGIN IMMEDIATE");
            try {
                save(WITNESS_TABLE, changes.addresses());
                save(NETWORK_TABLE, changes.networks());
                if (outage != null) {
                    save(outage);
                }
                execute("COMMIT");
            } catch (SQLException e) {
                rollback();
                throw e;
            }
        });
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    private void createIfEmpty() throws SQLException {
        if (empty) {
            execute("BEGIN IMMEDIATE");
            execute(schemaScript());
            execute("PRAGMA application_id = " + APPLICATION_ID);
            execute("PRAGMA user_version = " + VERSION);
            execute("COMMIT");
            empty = false;
        }
    }

    private static String schemaScript() {
        try (InputStream sql = PrimaryStore.class.getResourceAsStream("primary-1.sql")) {
            return new String(Objects.requireNonNull(sql).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void save(String table, SeenIntervalMap.IntervalChanges changes) throws SQLException {
        if (changes.removedBefore() != 0) {
            execute("DELETE FROM " + table + " WHERE last_seen < " + changes.removedBefore());
        }
        String replace = "INSERT OR REPLACE INTO " + table + " (origin, first_seen, last_seen) VALUES (?, ?, ?)";
        try (PreparedStatement put = connection.prepareStatement(replace)) {
            for (SeenIntervalMap.IntervalRow row : changes.rows()) {
                put.setString(1, row.origin().toString());
                put.setLong(2, SeenInterval.first(row.interval()));
                put.setLong(3, SeenInterval.last(row.interval()));
                put.executeUpdate();
            }
        }
    }

    private void save(PrimaryMonitor.MonitorSnapshot outage) throws SQLException {
        execute("DELETE FROM outage");
        execute("DELETE FROM host");
        try (PreparedStatement put =
                connection.prepareStatement("INSERT INTO outage (last_good, hosts, recovered) VALUES (?, ?, ?)")) {
            for (OutageWindow gap : outage.windows()) {
                Instant recovered = gap.recovered();
                put.setLong(1, gap.from().getEpochSecond());
                put.setString(2, String.join(" ", gap.hosts()));
                put.setLong(3, recovered == null ? 0 : recovered.getEpochSecond() + 1);
                put.executeUpdate();
            }
        }
        try (PreparedStatement put = connection.prepareStatement("INSERT INTO host (name, last_good) VALUES (?, ?)")) {
            for (Map.Entry<String, Instant> host : outage.lastUpAt().entrySet()) {
                put.setString(1, host.getKey());
                put.setLong(2, host.getValue().getEpochSecond());
                put.executeUpdate();
            }
        }
    }

    /** Something done with the database. */
    private interface PrimaryOperation {
        void run() throws SQLException, StorageException;
    }

    private void translateErrors(PrimaryOperation work) throws StorageException {
        try {
            work.run();
        } catch (SQLException e) {
            throw StorageException.fromSqlException(e, file);
        }
    }

    private void rollback() {
        try {
            execute("ROLLBACK");
        } catch (SQLException e) {
            LOG.debugf("cannot roll back: %s", e.getMessage());
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debugf("cannot close: %s", e.getMessage());
        }
    }
}
