package org.decoymx.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/**
 * The schema and the settings of a database file. Script {@code NAME-N.sql} migrates version N-1 to N.
 *
 * @param name the prefix of the migration scripts
 * @param version the current version; each file has its own in {@code PRAGMA user_version}
 * @param applicationId distinguishes the file from databases of other programs
 * @param locked whether only one process may write the file
 * @param pageSize the page size of a new file, in octets
 * @param creationSettings statements that must run before the first table is created
 * @param settings statements for each connection that writes
 */
public record DatabaseFormat(
        String name,
        int version,
        int applicationId,
        boolean locked,
        int pageSize,
        List<String> creationSettings,
        List<String> settings) {

    /**
     * Whether a database is empty. Only reads, because the file may belong to another program.
     *
     * @throws StorageException if the file has a newer version or belongs to another program
     */
    boolean isEmpty(DatabaseConnection connection) throws StorageException {
        int found = connection.queryInt("PRAGMA user_version");
        boolean empty = found == 0 && connection.queryInt("SELECT count(*) FROM sqlite_schema") == 0;
        if (!empty && connection.queryInt("PRAGMA application_id") != applicationId) {
            throw new StorageException(
                    StorageException.StorageErrorKind.FOREIGN,
                    connection.file() + " belongs to another program; move it away");
        }
        if (found > version) {
            throw new StorageException(
                    StorageException.StorageErrorKind.FOREIGN,
                    connection.file() + " is of version " + found + ", but this decoy supports only versions up to "
                            + version + "; run a newer decoy or move the file away");
        }
        return empty;
    }

    /** Creates all tables in a new file. */
    void create(DatabaseConnection connection) throws StorageException {
        connection.execute("PRAGMA page_size = " + pageSize);
        for (String setting : creationSettings) {
            connection.execute(setting);
        }
        migrate(connection);
    }

    /** Migrates a database to the current version in one transaction; {@link #isEmpty} must have checked it. */
    void migrate(DatabaseConnection connection) throws StorageException {
        int found = connection.queryInt("PRAGMA user_version");
        if (found < version) {
            connection.transaction(() -> {
                for (int step = found + 1; step <= version; step++) {
                    connection.execute(script(step));
                }
                connection.execute("PRAGMA application_id = " + applicationId);
                connection.execute("PRAGMA user_version = " + version);
            });
        }
    }

    private String script(int step) {
        try (InputStream sql = DatabaseFormat.class.getResourceAsStream(name + "-" + step + ".sql")) {
            return new String(Objects.requireNonNull(sql).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
