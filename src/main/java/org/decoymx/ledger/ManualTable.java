package org.decoymx.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.ManualDecision;
import org.decoymx.policy.ManualDecisions.ManualEntry;
import org.decoymx.policy.Tier;
import org.decoymx.store.DatabaseConnection;
import org.decoymx.store.StorageException;

/** The table {@code manual} of the ledger. Not thread-safe. */
final class ManualTable {
    private static final String UPSERT = """
            INSERT INTO manual (origin, tier, decided_at, until, reason, who) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (origin) DO UPDATE SET
                tier = excluded.tier, decided_at = excluded.decided_at, until = excluded.until,
                reason = excluded.reason, who = excluded.who""";
    private static final String DELETE = "DELETE FROM manual WHERE origin = ?";
    private static final String SELECT = "SELECT * FROM manual";
    private static final String SELECT_ALL = SELECT + " ORDER BY decided_at";
    private static final String SELECT_RANGE = SELECT + " WHERE origin >= ? AND origin <= ?";

    /** A file of an earlier version that cannot be written has one less. */
    private static final int COLUMNS = 6;

    private final DatabaseConnection connection;

    ManualTable(DatabaseConnection connection) {
        this.connection = connection;
    }

    /** Writes within the transaction of the caller. */
    void write(List<ManualEntry> entries) throws StorageException {
        if (entries.isEmpty()) {
            return;
        }
        connection.update(
                UPSERT,
                entries.stream().filter(entry -> entry.decision() != null).iterator(),
                (upsert, entry) -> {
                    ManualDecision decision = Objects.requireNonNull(entry.decision());
                    upsert.setString(1, entry.origin().toString());
                    upsert.setString(2, decision.tier().name());
                    upsert.setLong(3, decision.at());
                    upsert.setLong(4, decision.until());
                    upsert.setString(5, decision.reason());
                    upsert.setString(6, decision.who());
                });
        connection.update(
                DELETE,
                entries.stream().filter(entry -> entry.decision() == null).iterator(),
                (delete, entry) -> delete.setString(1, entry.origin().toString()));
    }

    /** Reads all decisions, the oldest first. */
    void load(BiConsumer<IpPrefix, ManualDecision> each) throws StorageException {
        if (connection.hasTable("manual")) {
            connection.query(SELECT_ALL, row -> read(row, each));
        }
    }

    /** Reads the decisions about the senders from one to another, in the text order of their origins. */
    Map<IpPrefix, ManualDecision> loadRange(IpPrefix first, IpPrefix last) throws StorageException {
        Map<IpPrefix, ManualDecision> decisions = new HashMap<>();
        if (connection.hasTable("manual")) {
            connection.query(SELECT_RANGE, row -> read(row, decisions::put), first.toString(), last.toString());
        }
        return decisions;
    }

    private void read(ResultSet row, BiConsumer<IpPrefix, ManualDecision> each) throws SQLException, StorageException {
        Optional<IpPrefix> origin = IpText.parsePrintedHostNetwork(row.getString(1));
        try {
            each.accept(
                    origin.orElseThrow(IllegalArgumentException::new),
                    new ManualDecision(
                            Tier.valueOf(row.getString(2)),
                            row.getLong(3),
                            row.getLong(4),
                            row.getString(5),
                            row.getMetaData().getColumnCount() < COLUMNS ? "" : row.getString(COLUMNS)));
        } catch (IllegalArgumentException e) {
            throw connection.corrupt("invalid decision by hand");
        }
    }
}
