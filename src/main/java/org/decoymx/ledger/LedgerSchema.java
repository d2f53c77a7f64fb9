package org.decoymx.ledger;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import org.decoymx.store.StorageException;

/**
 * Migrates the schema of the database. Script {@code schema-N.sql} migrates version N-1 to N; all missing scripts run
 * in one transaction. The version is stored in {@code PRAGMA user_version}.
 */
final class LedgerSchema {
    static final int VERSION = 2;

    /** "dcmx": distinguishes the ledger from databases of other programs. */
    private static final int APPLICATION_ID = 0x64636d78;

    private LedgerSchema() {}

    /** Migrates a database to the current version; {@link #isEmpty} must have checked it. */
    static void migrate(Connection connection) throws SQLException {
        int version = queryInt(connection, "PRAGMA user_version");
        if (version < VERSION) {
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate("BEGIN IMMEDIATE");
                for (int step = version + 1; step <= VERSION; step++) {
                    statement.executeUpdate(migrationScript(step));
                }
                statement.executeUpdate("PRAGMA application_id = " + APPLICATION_ID);
                statement.executeUpdate("PRAGMA user_version = " + VERSION);
                statement.executeUpdate("COMMIT");
            }
        }
    }

    /**
     * Whether a database is empty. Does not write, because the file may belong to another program.
     *
     * @throws StorageException if the file has a newer version or belongs to another program
     */
    static boolean isEmpty(Connection connection, Path file) throws SQLException, StorageException {
        int version = queryInt(connection, "PRAGMA user_version");
        int application = queryInt(connection, "PRAGMA application_id");
        boolean empty = version == 0 && queryInt(connection, "SELECT count(*) FROM sqlite_schema") == 0;
        if (!empty && application != APPLICATION_ID) {
            throw new StorageException(
                    StorageException.StorageErrorKind.FOREIGN, file + " belongs to another program; move it away");
        }
        if (version > VERSION) {
            throw new StorageException(
                    StorageException.StorageErrorKind.FOREIGN,
                    file + " is of version " + version + ", but this decoy supports only versions up to " + VERSION
                            + "; run a newer decoy or move the file away");
        }
        return empty;
    }

    static int queryInt(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.getInt(1);
        }
    }

    private static String migrationScript(int step) {
        try (InputStream sql = LedgerSchema.class.getResourceAsStream("schema-" + step + ".sql")) {
            return new String(Objects.requireNonNull(sql).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
