package org.decoymx.primary;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.AcceptedDays;
import org.decoymx.policy.OutageWindow;
import org.decoymx.policy.PrimaryVisits;
import org.decoymx.policy.SeenInterval;
import org.decoymx.policy.SeenIntervalMap;
import org.decoymx.store.DatabaseConnection;
import org.decoymx.store.DatabaseFormat;
import org.decoymx.store.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * The open database of visits and outages. When {@link #save} returns, its data is on disk. Not thread-safe. Close the
 * store after any call that throws.
 */
final class PrimaryStore implements AutoCloseable {
    private static final int PAGE_SIZE_OCTETS = 4_096;

    static final DatabaseFormat FORMAT = new DatabaseFormat(
            "primary",
            2,
            0x64636d70, // "dcmp"
            false,
            PAGE_SIZE_OCTETS,
            List.of(),
            List.of());

    static final String WITNESS_TABLE = "witness";
    static final String NETWORK_TABLE = "network";
    static final String ACCEPTED_TABLE = "accepted";
    private static final String INVALID_ACCEPTED = "invalid row in table accepted";
    private static final long SECONDS_OF_DAY = 86_400;
    static final long MAX_DAY = 0xffff_ffffL / SECONDS_OF_DAY;

    private final DatabaseConnection connection;

    PrimaryStore(DatabaseConnection connection) {
        this.connection = connection;
    }

    /** Loads the visits. */
    void load(PrimaryVisits visits) throws StorageException {
        loadTable(WITNESS_TABLE, visits);
        loadTable(NETWORK_TABLE, visits);
        connection.query("SELECT origin, latest_day, recent_days FROM accepted", row -> {
            IpPrefix origin = parseOrigin(row.getString(1)).orElseThrow(() -> connection.corrupt(INVALID_ACCEPTED));
            long latest = row.getLong(2);
            if (latest <= 0 || latest > MAX_DAY) {
                throw connection.corrupt(INVALID_ACCEPTED);
            }
            visits.loadAccepted(origin, AcceptedDays.of(latest, row.getLong(3)));
        });
    }

    /** An IPv4 address, an IPv6 address or a /64. */
    static Optional<IpPrefix> parseOrigin(String text) {
        Optional<IpPrefix> address = IpText.parseAddress(text);
        return address.isPresent() ? address : IpText.parsePrintedHostNetwork(text);
    }

    private void loadTable(String table, PrimaryVisits visits) throws StorageException {
        boolean network = table.equals(NETWORK_TABLE);
        connection.query("SELECT origin, first_seen << 32 | last_seen FROM " + table, row -> {
            Optional<IpPrefix> origin = IpText.parsePrintedHostNetwork(row.getString(1));
            long interval = row.getLong(2);
            long first = SeenInterval.first(interval);
            long last = SeenInterval.last(interval);
            if (origin.isEmpty() || first == 0 || first > last) {
                throw connection.corrupt("invalid row in table " + table);
            }
            visits.load(network, origin.get(), first, last);
        });
    }

    /** Loads the outages. */
    MonitorSnapshot loadSnapshot() throws StorageException {
        List<OutageWindow> windows = new ArrayList<>();
        Map<String, Instant> lastUpAt = new TreeMap<>();
        connection.query(
                "SELECT last_good, hosts, recovered FROM outage ORDER BY last_good",
                row -> windows.add(readWindow(row)));
        connection.query(
                "SELECT name, last_good FROM host", row -> lastUpAt.put(row.getString(1), readInstant(row, 2)));
        return new MonitorSnapshot(windows, lastUpAt);
    }

    /** An outage without a host is a time in which nobody looked. */
    private static OutageWindow readWindow(ResultSet row) throws SQLException {
        String hosts = row.getString(2);
        SortedSet<String> down = new TreeSet<>(hosts.isEmpty() ? List.of() : List.of(hosts.split(" ", -1)));
        return new OutageWindow(readInstant(row, 1), down, hosts.isEmpty(), readRecovered(row));
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
    void save(PrimaryVisits.VisitChanges changes, @Nullable MonitorSnapshot snapshot) throws StorageException {
        connection.transaction(() -> {
            saveIntervals(WITNESS_TABLE, changes.addresses());
            saveIntervals(NETWORK_TABLE, changes.networks());
            saveAccepted(changes.accepted());
            if (snapshot != null) {
                saveSnapshot(snapshot);
            }
        });
    }

    private void saveIntervals(String table, SeenIntervalMap.IntervalChanges changes) throws StorageException {
        if (changes.removedBefore() != 0) {
            connection.execute("DELETE FROM " + table + " WHERE last_seen < " + changes.removedBefore());
        }
        connection.update(
                "INSERT OR REPLACE INTO " + table + " (origin, first_seen, last_seen) VALUES (?, ?, ?)",
                changes.rows().iterator(),
                (statement, row) -> {
                    statement.setString(1, row.origin().toString());
                    statement.setLong(2, SeenInterval.first(row.interval()));
                    statement.setLong(3, SeenInterval.last(row.interval()));
                });
    }

    private void saveAccepted(SeenIntervalMap.IntervalChanges changes) throws StorageException {
        if (changes.removedBefore() != 0) {
            connection.execute("DELETE FROM accepted WHERE latest_day < " + changes.removedBefore() / SECONDS_OF_DAY);
        }
        connection.update(
                "INSERT OR REPLACE INTO accepted (origin, latest_day, recent_days) VALUES (?, ?, ?)",
                changes.rows().iterator(),
                (statement, row) -> {
                    AcceptedDays days = new AcceptedDays(row.interval());
                    statement.setString(1, row.origin().toString());
                    statement.setLong(2, days.latest());
                    statement.setLong(3, days.recent());
                });
    }

    private void saveSnapshot(MonitorSnapshot snapshot) throws StorageException {
        connection.execute("DELETE FROM outage; DELETE FROM host");
        connection.update(
                "INSERT INTO outage (last_good, hosts, recovered) VALUES (?, ?, ?)",
                snapshot.windows().iterator(),
                (statement, window) -> {
                    Instant recovered = window.recovered();
                    statement.setLong(1, window.from().getEpochSecond());
                    statement.setString(2, String.join(" ", window.hosts()));
                    statement.setLong(3, recovered == null ? 0 : recovered.getEpochSecond() + 1);
                });
        connection.update(
                "INSERT INTO host (name, last_good) VALUES (?, ?)",
                snapshot.lastUpAt().entrySet().iterator(),
                (statement, host) -> {
                    statement.setString(1, host.getKey());
                    statement.setLong(2, host.getValue().getEpochSecond());
                });
    }

    @Override
    public void close() {
        connection.close();
    }
}
