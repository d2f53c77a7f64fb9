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
import org.decoymx.ledger.Fault;
import org.decoymx.ledger.Fault.Kind;
import org.decoymx.ledger.Origin;
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

    private static final String WITNESS = "witness";
    private static final String NETWORK = "network";

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
    void look() throws SQLException, Fault {
        int version = number("PRAGMA user_version");
        int application = number("PRAGMA application_id");
        empty = version == 0 && number("SELECT count(*) FROM sqlite_schema") == 0;
        if (!empty && application != APPLICATION_ID) {
            throw new Fault(Kind.FOREIGN, file + " belongs to another program; move it away");
        }
        if (version > VERSION) {
            throw new Fault(
                    Kind.FOREIGN,
                    file + " is of version " + version + ", and this program knows up to " + VERSION
                            + "; run the newer program, or move the file away");
        }
    }

    private int number(String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.getInt(1);
        }
    }

    /** Reads who was seen at a primary. */
    void load(Witnesses witnesses) throws Fault {
        if (!empty) {
            load(WITNESS, witnesses);
            load(NETWORK, witnesses);
        }
    }

    private void load(String table, Witnesses witnesses) throws Fault {
        boolean network = table.equals(NETWORK);
        attempt(() -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row =
                            statement.executeQuery("SELECT origin, first_seen << 32 | last_seen FROM " + table)) {
                while (row.next()) {
                    Optional<Origin> origin = Origin.known(row.getString(1));
                    long span = row.getLong(2);
                    if (origin.isEmpty() || Span.first(span) == 0 || Span.first(span) > Span.last(span)) {
                        throw new Fault(Kind.CORRUPT, file + " is damaged: it has a witness that nobody can be");
                    }
                    witnesses.load(network, origin.get(), Span.first(span), Span.last(span));
                }
            }
        });
    }

    /** Reads the outages. */
    Outage.State loadOutage() throws Fault {
        List<Gap> gaps = new ArrayList<>();
        Map<String, Instant> lastGood = new TreeMap<>();
        if (!empty) {
            attempt(() -> {
                try (Statement statement = connection.createStatement();
                        ResultSet row = statement.executeQuery(
                                "SELECT last_good, hosts, recovered FROM outage ORDER BY last_good")) {
                    while (row.next()) {
                        gaps.add(new Gap(moment(row, 1), new TreeSet<>(names(row)), recovered(row)));
                    }
                }
                try (Statement statement = connection.createStatement();
                        ResultSet row = statement.executeQuery("SELECT name, last_good FROM host")) {
                    while (row.next()) {
                        lastGood.put(row.getString(1), moment(row, 2));
                    }
                }
            });
        }
        return new Outage.State(gaps, lastGood);
    }

    private static List<String> names(ResultSet row) throws SQLException {
        return List.of(row.getString(2).split(" ", -1));
    }

    private static @Nullable Instant recovered(ResultSet row) throws SQLException {
        return row.getLong(3) == 0 ? null : moment(row, 3);
    }

    private static Instant moment(ResultSet row, int column) throws SQLException {
        return Instant.ofEpochSecond(Math.max(0, Math.min(row.getLong(column), 0xffff_ffffL)));
    }

    /**
     * Writes what has changed; on return it is on the disk.
     *
     * @param outage null when it has not changed
     * @throws Fault when nothing was written
     */
    void save(Witnesses.Changes changes, Outage.@Nullable State outage) throws Fault {
        attempt(() -> {
            create();
            execute("BEGIN IMMEDIATE");
            try {
                save(WITNESS, changes.addresses());
                save(NETWORK, changes.networks());
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

    private void create() throws SQLException {
        if (empty) {
            execute("BEGIN IMMEDIATE");
            execute(tables());
            execute("PRAGMA application_id = " + APPLICATION_ID);
            execute("PRAGMA user_version = " + VERSION);
            execute("COMMIT");
            empty = false;
        }
    }

    private static String tables() {
        try (InputStream sql = PrimaryStore.class.getResourceAsStream("primary-1.sql")) {
            return new String(Objects.requireNonNull(sql).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void save(String table, Spans.Changes changes) throws SQLException {
        if (changes.forgottenBefore() != 0) {
            execute("DELETE FROM " + table + " WHERE last_seen < " + changes.forgottenBefore());
        }
        String replace = "INSERT OR REPLACE INTO " + table + " (origin, first_seen, last_seen) VALUES (?, ?, ?)";
        try (PreparedStatement put = connection.prepareStatement(replace)) {
            for (Spans.Row row : changes.rows()) {
                put.setString(1, row.origin().toString());
                put.setLong(2, Span.first(row.span()));
                put.setLong(3, Span.last(row.span()));
                put.executeUpdate();
            }
        }
    }

    private void save(Outage.State outage) throws SQLException {
        execute("DELETE FROM outage");
        execute("DELETE FROM host");
        try (PreparedStatement put =
                connection.prepareStatement("INSERT INTO outage (last_good, hosts, recovered) VALUES (?, ?, ?)")) {
            for (Gap gap : outage.gaps()) {
                Instant recovered = gap.recovered();
                put.setLong(1, gap.from().getEpochSecond());
                put.setString(2, String.join(" ", gap.hosts()));
                put.setLong(3, recovered == null ? 0 : recovered.getEpochSecond() + 1);
                put.executeUpdate();
            }
        }
        try (PreparedStatement put = connection.prepareStatement("INSERT INTO host (name, last_good) VALUES (?, ?)")) {
            for (Map.Entry<String, Instant> host : outage.lastGood().entrySet()) {
                put.setString(1, host.getKey());
                put.setLong(2, host.getValue().getEpochSecond());
                put.executeUpdate();
            }
        }
    }

    /** Something done with the database. */
    private interface Work {
        void run() throws SQLException, Fault;
    }

    private void attempt(Work work) throws Fault {
        try {
            work.run();
        } catch (SQLException e) {
            throw Fault.of(e, file);
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
