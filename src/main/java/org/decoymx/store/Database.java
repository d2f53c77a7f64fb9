package org.decoymx.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.decoymx.store.StorageException.StorageErrorKind;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;

/**
 * An SQLite database file. Only SQLite may open the file: POSIX drops all locks of a process on a file when the process
 * closes any descriptor of it. Not thread-safe, except {@link #openReadOnly} and {@link #quarantinedFiles}.
 */
public final class Database {
    private static final Logger LOG = Logger.getLogger(Database.class);
    private static final int BUSY_TIMEOUT_MILLIS = 2_000;
    private static final int MAX_QUARANTINED = 5;
    private static final String QUARANTINE_SUFFIX = ".corrupt-";
    private static final String JOURNAL_SUFFIX = "-journal";
    private static final String WAL_SUFFIX = "-wal";
    private static final String SHM_SUFFIX = "-shm";
    private static final DateTimeFormatter TIMESTAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Path path;
    private final DatabaseFormat format;
    private final Clock clock;
    private @Nullable ProcessLock lock;
    private @Nullable Object fileKey;

    /** Does not access the file yet. */
    public Database(Path path, DatabaseFormat format, Clock clock) {
        this.path = path;
        this.format = format;
        this.clock = clock;
    }

    public Path path() {
        return path;
    }

    public boolean exists() {
        return Files.exists(path);
    }

    /** Remembers the identity of the current file for {@link #isReplaced}. */
    public void rememberFileKey() {
        fileKey = fileKey();
    }

    /** Whether the remembered file was moved away, deleted or replaced. */
    public boolean isReplaced() {
        return fileKey != null && !fileKey.equals(fileKey());
    }

    /** Marks the remembered file as replaced: a new file may have the inode number of the deleted one. */
    public void markReplaced() {
        fileKey = fileKey == null ? null : new Object();
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
        if (format.locked() && (lock == null || !lock.isHeld())) {
            lock = ProcessLock.acquire(path);
        }
        createIfMissing();
        if (path.toFile().length() == 0 && sizeOfWal() > 0) {
            // SQLite would delete the log, because it does not match the database
            throw new StorageException(StorageErrorKind.CORRUPT, path + " is empty, but its write-ahead log is not");
        }
        return connect(path.toString(), connection -> {
            initialize(connection);
            return setup.create(connection);
        });
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

    private void initialize(DatabaseConnection connection) throws StorageException {
        if (format.isEmpty(connection)) {
            markReplaced();
            for (String setting : format.creationSettings()) {
                connection.execute(setting);
            }
        }
        for (String setting : format.settings()) {
            connection.execute(setting);
        }
        format.migrate(connection);
    }

    /**
     * Opens an existing file read-only.
     *
     * @param exclusive whether no other connection writes the file; then no shared-memory file is needed
     * @throws StorageException if the file cannot be read
     */
    public <T> T openReadOnly(boolean exclusive, Setup<T> setup) throws StorageException {
        String uri = path.toAbsolutePath().toUri().toString();
        if (exclusive && sizeOfWal() == 0) {
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

    private long sizeOfWal() {
        return sibling(WAL_SUFFIX).toFile().length();
    }

    private Path sibling(String suffix) {
        return path.resolveSibling(path.getFileName() + suffix);
    }

    /**
     * Renames a damaged file, which must be closed. The number of quarantined files is limited, because a failing disk
     * would fill itself with them.
     *
     * @throws StorageException if there are too many quarantined files, or the file cannot be renamed
     */
    public void quarantine(StorageException damage) throws StorageException {
        if (quarantinedFiles().size() >= MAX_QUARANTINED) {
            throw new StorageException(
                    StorageErrorKind.OTHER,
                    path + " is damaged, and there are " + MAX_QUARANTINED
                            + " quarantined files already; check the disk, then move the *.corrupt-* files away");
        }
        String newSuffix = QUARANTINE_SUFFIX + TIMESTAMP.format(clock.instant());
        try {
            for (String suffix : List.of("", WAL_SUFFIX, SHM_SUFFIX)) {
                if (Files.exists(sibling(suffix))) {
                    Files.move(sibling(suffix), sibling(newSuffix + suffix));
                }
            }
            Files.deleteIfExists(sibling(JOURNAL_SUFFIX));
            LOG.errorf("%s; quarantined as %s, a new file is created", damage.getMessage(), sibling(newSuffix));
        } catch (IOException e) {
            throw new StorageException(
                    StorageErrorKind.READ_ONLY, path + " is damaged and cannot be quarantined: " + e.getMessage());
        }
    }

    /** The names of the quarantined files that still exist. */
    public List<String> quarantinedFiles() {
        String prefix = path.getFileName() + QUARANTINE_SUFFIX;
        try (Stream<Path> files = Files.list(path.toAbsolutePath().getParent())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith(prefix) && !name.endsWith(WAL_SUFFIX) && !name.endsWith(SHM_SUFFIX))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            LOG.debugf("Cannot list quarantined files: %s", e.getMessage());
            return List.of();
        }
    }

    /** Releases the lock, so that another process can open the file. */
    public void release() {
        if (lock != null) {
            lock.release();
        }
    }
}
