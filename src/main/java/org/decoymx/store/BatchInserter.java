package org.decoymx.store;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Inserts rows in batches, within the transaction of the caller. A row whose key exists is ignored. */
public final class BatchInserter {
    private static final int BATCH_SIZE = 1_000;

    private final DatabaseConnection connection;
    private final Map<String, List<@Nullable Object[]>> batches = new HashMap<>();

    BatchInserter(DatabaseConnection connection) {
        this.connection = connection;
    }

    /**
     * Adds a row.
     *
     * @param row all columns: null, Long, Double, String or byte[]
     */
    public void insert(String table, @Nullable Object... row) throws StorageException {
        List<@Nullable Object[]> batch = batches.computeIfAbsent(table, name -> new ArrayList<>());
        batch.add(row);
        if (batch.size() == BATCH_SIZE) {
            flush(table, batch);
        }
    }

    /** The number of rows of a table. */
    public int count(String table) throws StorageException {
        flush();
        return connection.queryInt("SELECT count(*) FROM " + table);
    }

    /** Inserts what is left. */
    void flush() throws StorageException {
        for (Map.Entry<String, List<@Nullable Object[]>> batch : batches.entrySet()) {
            flush(batch.getKey(), batch.getValue());
        }
    }

    private void flush(String table, List<@Nullable Object[]> batch) throws StorageException {
        if (!batch.isEmpty()) {
            String columns = String.join(", ", Collections.nCopies(batch.get(0).length, "?"));
            connection.update(
                    "INSERT OR IGNORE INTO " + table + " VALUES (" + columns + ")", batch.iterator(), (insert, row) -> {
                        for (int i = 0; i < row.length; i++) {
                            insert.setObject(i + 1, row[i]);
                        }
                    });
            batch.clear();
        }
    }
}
