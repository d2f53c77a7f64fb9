package org.decoymx.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.decoymx.store.StorageException.StorageErrorKind;
import org.decoymx.support.AtomicFile;
import org.decoymx.support.FileMessages;
import org.decoymx.support.QuarantinedFiles;
import org.jboss.logging.Logger;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;

/**
 * An SQLite database file. While it is open, only SQLite and {@link ProcessLock} may open the file: POSIX drops all
 * locks of a process on it with any descriptor. Not thread-safe, but {@link #openReadOnly}, {@link #quarantinedFiles}.
 */
public final class Database {
    private static final Logger LOG = Logger.getLogger(Database.class);
    private static final int BUSY_TIMEOUT_MILLIS = 2_000;
    /** Nothing, as contents of a new file. */
    public static final Setup<String> EMPTY = connection -> "";

    private final Path path;
    private final DatabaseFiles files;
    private final DatabaseFormat format;
    private final Clock clock;
    private final ProcessLock lock;
    private final ProcessLock databaseLock;
    private final FileIdentity identity;

    /** Does not access the file yet. */
    public Database(Path path, DatabaseFormat format, Clock clock) {
        this.path = path;
        files = new DatabaseFiles(path);
        this.format = format;
        this.clock = clock;
        lock = new ProcessLock(DatabaseFiles.sibling(path, ".lock"), path);
        databaseLock = new ProcessLock(path, path);
        identity = new FileIdentity(path);
    }

    public Path path() {
        return path;
    }

    public boolean exists() {
        return Files.exists(path);
    }

    /** When it was last written; 1970 if it does not exist. */
    public Instant writtenAt() {
        return Instant.ofEpochMilli(
                Math.max(path.toFile().lastModified(), files.wal().toFile().lastModified()));
    }

    /** Remembers the identity of the current file for {@link #isReplaced}. */
    public void rememberFileKey() {
        identity.remember();
    }

    /** Whether the remembered file was moved away, deleted or replaced. */
    public boolean isReplaced() {
        return identity.isReplaced();
    }

    /** Marks the remembered file as replaced. */
    public void markReplaced() {
        identity.markReplaced();
    }

    /** Creates the object that uses a new connection. If it throws, the connection is closed. */
    public interface Setup<T> {
        /** Creates it; {@code T} must close the connection. */
        T create(DatabaseConnection connection) throws StorageException;
    }

    /**
     * Opens the file for reading and writing; creates it if it does not exist, and migrates it to the current version.
     *
     * @throws StorageException if the file cannot be used, or another process has locked it
     */
    public <T> T open(Setup<T> setup) throws StorageException {
        return open(EMPTY, setup);
    }

    /** The same; {@code contents} fills a new file before it takes its place. */
    public <T> T open(Setup<String> contents, Setup<T> setup) throws StorageException {
        if (format.locked()) {
            lock.acquire();
        }
        try {
            files.finishQuarantine();
            createIfMissing(contents);
        } catch (IOException e) {
            throw new StorageException(
                    StorageErrorKind.READ_ONLY, path + " cannot be created: " + FileMessages.describe(e));
        }
        if (path.toFile().length() == 0) {
            // a new file is never empty, and SQLite would delete the log of an empty one
            throw new StorageException(StorageErrorKind.CORRUPT, path + " is empty");
        }
        return connect(path.toString(), connection -> {
            if (format.isEmpty(connection)) {
                throw connection.corrupt("it has no tables");
            }
            for (String setting : format.settings()) {
                connection.execute(setting);
            }
            if (format.locked()) {
                databaseLock.acquire();
            }
            format.migrate(connection);
            return setup.create(connection);
        });
    }

    /** Without its database, a write-ahead log is damage. */
    private void createIfMissing(Setup<String> contents) throws StorageException, IOException {
        if (!exists() && files.sizeOfWal() > 0) {
            DatabaseFiles.create(path);
        } else if (!exists()) {
            createAside(contents);
            AtomicFile.move(files.aside(), path);
        }
    }

    /** Creates a new file beside the database, so that there is never a half one in its place. */
    private String createAside(Setup<String> contents) throws StorageException, IOException {
        files.deleteAside();
        DatabaseFiles.create(files.aside());
        try {
            String[] filled = new String[1];
            connect(files.aside().toString(), connection -> {
                try (connection) {
                    format.create(connection);
                    connection.transaction(() -> filled[0] = contents.create(connection));
                }
                return filled;
            });
            markReplaced();
            return filled[0];
        } catch (StorageException e) {
            files.deleteAside();
            throw e;
        }
    }

    /**
     * Opens an existing file read-only.
     *
     * @param exclusive whether no other connection writes the file; then no shared-memory file is needed
     * @throws StorageException if the file cannot be read
     */
    public <T> T openReadOnly(boolean exclusive, Setup<T> setup) throws StorageException {
        String uri = path.toAbsolutePath().toUri().toString();
        if (exclusive && files.sizeOfWal() == 0) {
            return connectReadOnly(uri + "?immutable=1", setup);
        }
        try {
            return connectReadOnly(uri + "?mode=ro", setup);
        } catch (StorageException e) {
            if (!exclusive || e.kind() != StorageErrorKind.READ_ONLY && e.kind() != StorageErrorKind.DISK_FULL) {
                throw e;
            }
            // Reading the log needs its index (the -shm file), or an index in memory if that file cannot be written
            return connectReadOnly(uri + "?mode=ro&vfs=unix-none&locking_mode=EXCLUSIVE", setup);
        }
    }

    private <T> T connectReadOnly(String uri, Setup<T> setup) throws StorageException {
        return connect(uri, connection -> {
            if (format.isEmpty(connection)) {
                throw new StorageException(StorageErrorKind.READ_ONLY, path + " is empty and cannot be written");
            }
            return setup.create(connection);
        });
    }

    private <T> T connect(String url, Setup<T> setup) throws StorageException {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
        config.setGetGeneratedKeys(false); // or the driver runs a query after each insert
        DatabaseConnection connection;
        try {
            SqliteLibrary.load();
            connection = new DatabaseConnection(path, config.createConnection(JDBC.PREFIX + url));
        } catch (SQLException e) {
            throw StorageException.fromSqlException(e, path);
        } catch (IOException e) {
            throw new StorageException(StorageErrorKind.OTHER, "cannot run the SQLite library: " + e.getMessage());
        }
        try {
            return setup.create(connection);
        } catch (StorageException e) {
            connection.close();
            throw e;
        }
    }

    /**
     * Replaces a damaged file, which must be closed, and keeps it under another name. The number of quarantined files
     * is limited. After a crash at any time, the file is the damaged one, or has all contents.
     *
     * @param contents fills the new file, with what is in memory or a {@link #salvage}
     * @return what the new file has, for the administrator
     * @throws StorageException if there are too many quarantined files, or the file cannot be replaced
     */
    public String quarantine(StorageException damage, Setup<String> contents) throws StorageException {
        Path target = QuarantinedFiles.newName(path, clock.instant())
                .orElseThrow(
                        () -> new StorageException(StorageErrorKind.OTHER, QuarantinedFiles.describeTooMany(path)));
        try {
            String saved = createAside(contents);
            files.quarantine(target);
            LOG.errorf("%s; quarantined as %s, the new file has %s", damage.getMessage(), target, saved);
            return saved;
        } catch (IOException e) {
            throw new StorageException(
                    StorageErrorKind.READ_ONLY, path + " is damaged and cannot be quarantined: " + e.getMessage());
        }
    }

    /** What the damaged file still has, as contents of a new one. */
    public Setup<String> salvage(Salvage salvage) {
        return connection -> {
            try (DamagedDatabase damaged = new DamagedDatabase(path, files.wal(), format.pageSize())) {
                return damaged.copy(salvage, new BatchInserter(connection));
            } catch (IOException e) {
                throw new StorageException(
                        StorageErrorKind.OTHER, path + " is damaged and cannot be read: " + FileMessages.describe(e));
            }
        };
    }

    /** The names of the quarantined files that still exist. */
    public List<String> quarantinedFiles() {
        return QuarantinedFiles.names(path);
    }

    /** Releases the lock, so that another process can open the file. */
    public void release() {
        databaseLock.release();
        lock.release();
    }
}
