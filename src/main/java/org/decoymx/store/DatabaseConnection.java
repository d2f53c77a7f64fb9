package org.decoymx.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jboss.logging.Logger;

/** An open connection to a {@link Database}. Not thread-safe. After an exception it must be closed. */
public final class DatabaseConnection implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(DatabaseConnection.class);

    private final Path file;
    private final Connection connection;

    DatabaseConnection(Path file, Connection connection) {
        this.file = file;
        this.connection = connection;
    }

    /** The statements of a transaction. */
    public interface Operation {
        /** Runs them. */
        void run() throws StorageException;
    }

    /** Reads a row. */
    public interface RowReader {
        /** Reads the current row. */
        void read(ResultSet row) throws SQLException, StorageException;
    }

    /** Binds an item to the parameters of a statement. */
    public interface Binder<T> {
        /** Binds the item. */
        void bind(PreparedStatement statement, T item) throws SQLException, StorageException;
    }

    Path file() {
        return file;
    }

    /**
     * Runs an operation in one transaction, that of the caller if it has one. On return its changes are on disk.
     *
     * @throws StorageException if nothing was changed
     */
    public void transaction(Operation operation) throws StorageException {
        try {
            if (!connection.getAutoCommit()) {
                operation.run();
                return;
            }
            connection.setAutoCommit(false);
            try {
                operation.run();
                connection.commit();
            } catch (SQLException | StorageException e) {
                rollback();
                throw e;
            }
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            throw StorageException.fromSqlException(e, file);
        }
    }

    private void rollback() {
        try {
            connection.rollback();
        } catch (SQLException e) {
            LOG.debugf("Cannot roll back: %s", e.getMessage());
        }
    }

    /** Runs one or more statements to completion, and ignores the rows that they return. */
    public void execute(String sql) throws StorageException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        } catch (SQLException e) {
            throw StorageException.fromSqlException(e, file);
        }
    }

    /** Reads all rows of a query. A row that the reader cannot read is damage: of zeros, SQLite makes nulls. */
    public void query(String sql, RowReader reader, Object... parameters) throws StorageException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    reader.read(row);
                }
            }
        } catch (SQLException e) {
            throw StorageException.fromSqlException(e, file);
        } catch (RuntimeException e) {
            throw corrupt("invalid row: " + e);
        }
    }

    /** The number in the first row of a query. */
    public int queryInt(String sql, Object... parameters) throws StorageException {
        int[] number = new int[1];
        query(sql, row -> number[0] = row.getInt(1), parameters);
        return number[0];
    }

    /** Whether there is a table. A file of an earlier version that cannot be written has fewer. */
    public boolean hasTable(String name) throws StorageException {
        return queryInt("SELECT count(*) FROM sqlite_schema WHERE name = ?", name) > 0;
    }

    /**
     * Reads the whole file. A quick check would not find keys that are out of order, and takes as long for a ledger.
     *
     * @throws StorageException if it is damaged, or cannot be read
     */
    public void checkFile() throws StorageException {
        List<String> results = new ArrayList<>();
        query("PRAGMA integrity_check(1)", row -> results.add(row.getString(1)));
        if (!results.equals(List.of("ok"))) {
            throw corrupt(String.join("; ", results));
        }
    }

    /** Runs a statement once for each item. */
    public <T> void update(String sql, Iterator<? extends T> items, Binder<T> binder) throws StorageException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            while (items.hasNext()) {
                binder.bind(statement, items.next());
                statement.executeUpdate();
            }
        } catch (SQLException e) {
            throw StorageException.fromSqlException(e, file);
        }
    }

    /** The exception for a row that the decoy cannot have written. */
    public StorageException corrupt(String reason) {
        return new StorageException(StorageException.StorageErrorKind.CORRUPT, file + " is damaged: " + reason);
    }

    /** Closes the connection; the last one to close also checkpoints the write-ahead log. */
    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debugf("Cannot close %s: %s", file, e.getMessage());
        }
    }
}
