package org.decoymx.ledger;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.decoymx.policy.HourCounts.Counted;
import org.decoymx.policy.HourCounts.HourEntry;
import org.decoymx.store.DatabaseConnection;
import org.decoymx.store.StorageException;

/** The table {@code hour} of the ledger. Not thread-safe. */
final class HourTable {
    /** The hour, and a count for each of {@link Counted}. */
    static final int COLUMNS = 1 + Counted.values().length;

    private static final String UPSERT =
            "INSERT OR REPLACE INTO hour VALUES (" + String.join(", ", Collections.nCopies(COLUMNS, "?")) + ")";
    private static final String DELETE = "DELETE FROM hour WHERE hour = ?";
    private static final String SELECT = "SELECT * FROM hour";

    private final DatabaseConnection connection;

    HourTable(DatabaseConnection connection) {
        this.connection = connection;
    }

    /** Writes within the transaction of the caller. */
    void write(List<HourEntry> entries) throws StorageException {
        if (entries.isEmpty()) {
            return;
        }
        connection.update(
                UPSERT, entries.stream().filter(entry -> entry.counts() != null).iterator(), (upsert, entry) -> {
                    upsert.setLong(1, entry.hour());
                    List<Long> counts = Objects.requireNonNull(entry.counts());
                    for (int i = 0; i < counts.size(); i++) {
                        upsert.setLong(i + 2, counts.get(i));
                    }
                });
        connection.update(
                DELETE,
                entries.stream().filter(entry -> entry.counts() == null).iterator(),
                (delete, entry) -> delete.setLong(1, entry.hour()));
    }

    /** Reads all hours. */
    void load(Consumer<HourEntry> each) throws StorageException {
        if (!connection.hasTable("hour")) {
            return;
        }
        connection.query(SELECT, row -> {
            List<Long> counts = new ArrayList<>(COLUMNS);
            for (int column = 2; column <= COLUMNS; column++) {
                counts.add(row.getLong(column));
            }
            if (counts.stream().anyMatch(count -> count < 0)) {
                throw connection.corrupt("invalid counts of an hour");
            }
            each.accept(new HourEntry(row.getLong(1), counts));
        });
    }
}
