package org.decoymx.primary;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.Stream;
import org.decoymx.store.SqliteLibrary;
import org.decoymx.store.StorageException;
import org.decoymx.store.StorageException.StorageErrorKind;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;

/** The SQLite database file of visits and outages. Only SQLite opens the file. */
final class PrimaryDatabase {
    private static final Logger LOG = Logger.getLogger(PrimaryDatabase.class);
    private static final int BUSY_MILLIS = 2_000;
    private static final int MAX_QUARANTINED = 5;
    private static final String QUARANTINE_SUFFIX = ".corrupt-";
    private static final String JOURNAL_SUFFIX = "-journal";
    private static final DateTimeFormatter TIMESTAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private final Path path;
    private final Clock clock;
    private @Nullable Object fileKey;

    PrimaryDatabase(Path path, Clock clock) {
        this.path = path;
        this.clock = clock;
    }

    Path path() {
        return path;
    }

    boolean exists() {
        return Files.exists(path);
    }

    /**
     * Opens the file; creates it when it is missing.
     *
     * @throws StorageException when the file cannot be opened or its format is not supported
     */
    PrimaryStore open() throws StorageException {
        createIfMissing();
        Connection connection = null;
        try {
            SqliteLibrary.load();
            SQLiteConfig config = new SQLiteConfig();
            config.setBusyTimeout(BUSY_MILLIS);
            connection = config.createConnection(JDBC.PREFIX + path);
            PrimaryStore store = new PrimaryStore(path, connection);
            store.checkFormat();
            fileKey = fileKey();
            return store;
        } catch (SQLException e) {
            close(connection);
            throw StorageException.fromSqlException(e, path);
        } catch (IOException e) {
            throw new StorageException(StorageErrorKind.OTHER, "cannot run the SQLite library: " + e.getMessage());
        } catch (StorageException e) {
            close(connection);
            throw e;
        }
    }

    private void createIfMissing() throws StorageException {
        try {
            if (!exists()) {
                Files.createFile(
                        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
        } catch (IOException e) {
            throw new StorageException(StorageErrorKind.READ_ONLY, path + " cannot be created: " + e.getMessage());
        }
    }

    private static void close(@Nullable Connection connection) {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException e) {
            LOG.debugf("Cannot close: %s", e.getMessage());
        }
    }

    /** Whether the opened file was moved away, deleted or replaced. */
    boolean isReplaced() {
        return fileKey != null && !fileKey.equals(fileKey());
    }

    private @Nullable Object fileKey() {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            LOG.debugf("Cannot read the attributes of %s: %s", path, e.getMessage());
            return fileKey;
        }
    }

    /**
     * Quarantines a damaged, closed file: renames it. The number is limited, because a failing disk damages every file.
     *
     * @throws StorageException when the file cannot be renamed, or the limit is reached
     */
    void quarantine(StorageException damage) throws StorageException {
        if (quarantinedFiles().size() >= MAX_QUARANTINED) {
            throw new StorageException(
                    StorageErrorKind.OTHER,
                    path + " is damaged repeatedly; check the disk, and move the quarantined files away");
        }
        Path quarantined = sibling(QUARANTINE_SUFFIX + TIMESTAMP.format(clock.instant()));
        try {
            Files.move(path, quarantined);
            Files.deleteIfExists(sibling(JOURNAL_SUFFIX));
            LOG.errorf("%s; it was renamed to %s, and a new file is started", damage.getMessage(), quarantined);
        } catch (IOException e) {
            throw new StorageException(
                    StorageErrorKind.READ_ONLY, path + " is damaged and cannot be renamed: " + e.getMessage());
        }
    }

    private Path sibling(String suffix) {
        return path.resolveSibling(path.getFileName() + suffix);
    }

    /** Names of the quarantined files that still exist. */
    List<String> quarantinedFiles() {
        String start = path.getFileName() + QUARANTINE_SUFFIX;
        try (Stream<Path> files = Files.list(path.toAbsolutePath().getParent())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith(start))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            LOG.debugf("Cannot list quarantined files: %s", e.getMessage());
            return List.of();
        }
    }
}
