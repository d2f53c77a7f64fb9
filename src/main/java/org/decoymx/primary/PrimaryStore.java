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
import org.decoymx.store.StorageException;
import org.decoymx.store.StorageException.StorageErrorKind;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The open database of visits and outages. When {@link #save} returns, its data is on disk. Not thread-safe. Close the
 * store after any call that throws.
 */
final class PrimaryStore implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(PrimaryStore.class);
    private static final int VERSION = 1;

    /** "dcmp": distinguishes the file from databases of other programs. */
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
     * Checks the application ID and the schema version. Only reads, because a file of another program must not change.
     *
     * @throws StorageException when the file has a newer version, or belongs to another program
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
                    file + " is of version " + version + ", but this program supports versions up to " + VERSION
                            + "; run the newer program, or move the file away");
        }
    }

    private int queryInt(String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.getInt(1);
        }
    }

    /** Loads the visits. */
    void load(PrimaryVisits visits) throws StorageException {
        if (!empty) {
            loadTable(WITNESS_TABLE, visits);
            loadTable(NETWORK_TABLE, visits);
        }
    }

    private void loadTable(String table, PrimaryVisits visits) throws StorageException {
        boolean network = table.equals(NETWORK_TABLE);
        translateErrors(() -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row =
                            statement.executeQuery("SELECT origin, first_seen << 32 | last_seen FROM " + table)) {
                while (row.next()) {
                    Optional<Origin> origin = Origin.parseCanonical(row.getString(1));
                    long interval = row.getLong(2);
                    if (origin.isEmpty()
                            || SeenInterval.first(interval) == 0
                            || SeenInterval.first(interval) > SeenInterval.last(interval)) {
                        throw new StorageException(
                                StorageErrorKind.CORRUPT, file + " is damaged: invalid row in table " + table);
                    }
                    visits.load(network, origin.get(), SeenInterval.first(interval), SeenInterval.last(interval));
                }
            }
        });
    }

    /** Loads the outages. */
    PrimaryMonitor.MonitorSnapshot loadSnapshot() throws StorageException {
        List<OutageWindow> windows = new ArrayList<>();
        Map<String, Instant> lastUpAt = new TreeMap<>();
        if (!empty) {
            translateErrors(() -> {
                try (Statement statement = connection.createStatement();
                        ResultSet row = statement.executeQuery(
                                "SELECT last_good, hosts, recovered FROM outage ORDER BY last_good")) {
                    while (row.next()) {
                        windows.add(new OutageWindow(
                                readInstant(row, 1), new TreeSet<>(readHosts(row)), readRecovered(row)));
                    }
                }
                try (Statement statement = connection.createStatement();
                        ResultSet row = statement.executeQuery("SELECT name, last_good FROM host")) {
                    while (row.next()) {
                        lastUpAt.put(row.getString(1), readInstant(row, 2));
                    }
                }
            });
        }
        return new PrimaryMonitor.MonitorSnapshot(windows, lastUpAt);
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
     * Writes the changes in one transaction. On return they are on disk.
     *
     * @param snapshot null when it has not changed
     * @throws StorageException when nothing was written
     */
    void save(PrimaryVisits.VisitChanges changes, PrimaryMonitor.@Nullable MonitorSnapshot snapshot)
            throws StorageException {
        translateErrors(() -> {
            createIfEmpty();
            execute("BEGIN IMMEDIATE");
            try {
                saveIntervals(WITNESS_TABLE, changes.addresses());
                saveIntervals(NETWORK_TABLE, changes.networks());
                if (snapshot != null) {
                    saveSnapshot(snapshot);
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

    private void saveIntervals(String table, SeenIntervalMap.IntervalChanges changes) throws SQLException {
        if (changes.removedBefore() != 0) {
            execute("DELETE FROM " + table + " WHERE last_seen < " + changes.removedBefore());
        }
        String replace = "INSERT OR REPLACE INTO " + table + " (origin, first_seen, last_seen) VALUES (?, ?, ?)";
        try (PreparedStatement statement = connection.prepareStatement(replace)) {
            for (SeenIntervalMap.IntervalRow row : changes.rows()) {
                statement.setString(1, row.origin().toString());
                statement.setLong(2, SeenInterval.first(row.interval()));
                statement.setLong(3, SeenInterval.last(row.interval()));
                statement.executeUpdate();
            }
        }
    }

    private void saveSnapshot(PrimaryMonitor.MonitorSnapshot snapshot) throws SQLException {
        execute("DELETE FROM outage");
        execute("DELETE FROM host");
        try (PreparedStatement statement =
                connection.prepareStatement("INSERT INTO outage (last_good, hosts, recovered) VALUES (?, ?, ?)")) {
            for (OutageWindow window : snapshot.windows()) {
                Instant recovered = window.recovered();
                statement.setLong(1, window.from().getEpochSecond());
                statement.setString(2, String.join(" ", window.hosts()));
                statement.setLong(3, recovered == null ? 0 : recovered.getEpochSecond() + 1);
                statement.executeUpdate();
            }
        }
        try (PreparedStatement statement =
                connection.prepareStatement("INSERT INTO host (name, last_good) VALUES (?, ?)")) {
            for (Map.Entry<String, Instant> host : snapshot.lastUpAt().entrySet()) {
                statement.setString(1, host.getKey());
                statement.setLong(2, host.getValue().getEpochSecond());
                statement.executeUpdate();
            }
        }
    }

    /** A database operation. */
    private interface PrimaryOperation {
        void run() throws SQLException, StorageException;
    }

    private void translateErrors(PrimaryOperation operation) throws StorageException {
        try {
            operation.run();
        } catch (SQLException e) {
            throw StorageException.fromSqlException(e, file);
        }
    }

    private void rollback() {
        try {
            execute("ROLLBACK");
        } catch (SQLException e) {
            LOG.debugf("Cannot roll back: %s", e.getMessage());
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debugf("Cannot close: %s", e.getMessage());
        }
    }
}
