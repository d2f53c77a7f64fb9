package org.decoymx.ledger;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.Stream;
import org.decoymx.store.StorageException;
import org.decoymx.store.StorageException.StorageErrorKind;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;

/**
 * The SQLite database of the ledger, with a write-ahead log. Only SQLite may open the file: POSIX drops all locks of a
 * process on a file when the process closes any descriptor of it.
 */
final class LedgerDatabase {
    private static final Logger LOG = Logger.getLogger(LedgerDatabase.class);
    private static final int PAGE_SIZE_OCTETS = 2_048;
    private static final int CACHE_KIB = 8_192;
    private static final int CHECKPOINT_PAGES = 16_384;
    private static final int BUSY_TIMEOUT_MILLIS = 2_000;
    private static final int MAX_QUARANTINED = 5;
    private static final String QUARANTINE_SUFFIX = ".corrupt-";
    private static final String WAL_SUFFIX = "-wal";
    private static final List<String> DATABASE_SUFFIXES = List.of("", WAL_SUFFIX, "-shm");
    private static final DateTimeFormatter TIMESTAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private final Path path;
    private final Clock clock;
    private @Nullable ProcessLock lock;
    private @Nullable Object fileKey;

    LedgerDatabase(Path path, Clock clock) {
        this.path = path;
        this.clock = clock;
    }

    Path path() {
        return path;
    }

    /** Remembers the identity of the current file for {@link #isReplaced}. */
    void rememberFileKey() {
        fileKey = fileKey();
    }

    /** Whether the remembered file was deleted or replaced. */
    boolean isReplaced() {
        return fileKey != null && !fileKey.equals(fileKey());
    }

    /** Marks the remembered file as replaced: a new file may have the inode number of the deleted one. */
    void markReplaced() {
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

    /**
     * Opens the file for reading and writing; creates it if it does not exist.
     *
     * @param newNode the own node of a new file
     * @throws StorageException if the file cannot be written or has an unknown format
     */
    LedgerStore open(Node newNode) throws StorageException {
        if (lock == null || !lock.isHeld()) {
            lock = ProcessLock.acquire(path);
        }
        createIfMissing();
        if (path.toFile().length() == 0 && walFile().length() > 0) {
            // SQLite would delete the log, because it does not match the database
            throw new StorageException(StorageErrorKind.CORRUPT, path + " is empty, but its write-ahead log is not");
        }
        return connect(path.toString(), connection -> {
            initialize(connection);
            LedgerStore store = new LedgerStore(path, connection);
            store.claimOwnNode(newNode);
            return store;
        });
    }

    private void createIfMissing() throws StorageException {
        try {
            if (!Files.exists(path)) {
                Files.createFile(
                        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
        } catch (IOException e) {
            throw new StorageException(StorageErrorKind.READ_ONLY, path + " cannot be created: " + e.getMessage());
        }
    }

    private void initialize(Connection connection) throws SQLException, StorageException {
        try (Statement statement = connection.createStatement()) {
            if (LedgerSchema.isEmpty(connection, path)) {
                markReplaced();
                statement.execute("PRAGMA page_size = " + PAGE_SIZE_OCTETS);
                statement.execute("PRAGMA auto_vacuum = INCREMENTAL");
            }
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = FULL");
            statement.execute("PRAGMA wal_autocheckpoint = " + CHECKPOINT_PAGES);
            statement.execute("PRAGMA journal_size_limit = " + (long) CHECKPOINT_PAGES * PAGE_SIZE_OCTETS);
            statement.execute("PRAGMA cache_size = " + -CACHE_KIB);
        }
        LedgerSchema.migrate(connection);
    }

    /**
     * Opens an existing file read-only.
     *
     * @param exclusive whether no other connection writes the file; then no shared-memory file is needed
     * @throws StorageException if the file cannot be read
     */
    LedgerStore openReadOnly(boolean exclusive) throws StorageException {
        String uri = path.toAbsolutePath().toUri().toString();
        if (exclusive && walFile().length() == 0) {
            return connectReadOnly(uri + "?immutable=1");
        }
        try {
            return connectReadOnly(uri + "?mode=ro");
        } catch (StorageException e) {
            if (!exclusive || e.kind() != StorageErrorKind.READ_ONLY && e.kind() != StorageErrorKind.DISK_FULL) {
                throw e;
            }
            // Reading the log needs its index (the -shm file), or an index in memory if that file cannot be written
            return connectReadOnly(uri + "?mode=ro&vfs=unix-none&locking_mode=EXCLUSIVE");
        }
    }

    private LedgerStore connectReadOnly(String uri) throws StorageException {
        return connect(uri, connection -> {
            if (LedgerSchema.isEmpty(connection, path)) {
                throw new StorageException(StorageErrorKind.READ_ONLY, path + " is empty and cannot be written");
            }
            return new LedgerStore(path, connection);
        });
    }

    private File walFile() {
        return sibling(WAL_SUFFIX).toFile();
    }

    private Path sibling(String suffix) {
        return path.resolveSibling(path.getFileName() + suffix);
    }

    /** Creates a store for a new connection. */
    private interface ConnectionSetup {
        LedgerStore open(Connection connection) throws SQLException, StorageException;
    }

    private LedgerStore connect(String url, ConnectionSetup setup) throws StorageException {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
        Connection connection = null;
        try {
            connection = config.createConnection(JDBC.PREFIX + url);
            return setup.open(connection);
        } catch (SQLException e) {
            close(connection);
            throw StorageException.fromSqlException(e, path);
        } catch (StorageException e) {
            close(connection);
            throw e;
        }
    }

    private static void close(@Nullable Connection connection) {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException e) {
            LOG.debugf("Cannot close the connection: %s", e.getMessage());
        }
    }

    /**
     * Renames a damaged file, which must be closed. The number of quarantined files is limited, because a failing disk
     * would fill itself with them.
     *
     * @return the error to report from now on
     */
    StorageException quarantine(StorageException damage) {
        if (quarantinedFiles().size() >= MAX_QUARANTINED) {
            return new StorageException(
                    StorageErrorKind.OTHER,
                    path + " is damaged, and there are " + MAX_QUARANTINED + " quarantined files already; check the"
                            + " disk, then move the *" + QUARANTINE_SUFFIX + "* files away");
        }
        String newSuffix = QUARANTINE_SUFFIX + TIMESTAMP.format(clock.instant());
        try {
            for (String suffix : DATABASE_SUFFIXES) {
                if (Files.exists(sibling(suffix))) {
                    Files.move(sibling(suffix), sibling(newSuffix + suffix));
                }
            }
            LOG.errorf("%s; quarantined as %s, a new file is created", damage.getMessage(), sibling(newSuffix));
            return damage;
        } catch (IOException e) {
            return new StorageException(
                    StorageErrorKind.READ_ONLY, path + " is damaged and cannot be quarantined: " + e.getMessage());
        }
    }

    /** The names of the quarantined files that still exist. */
    List<String> quarantinedFiles() {
        String prefix = path.getFileName() + QUARANTINE_SUFFIX;
        try (Stream<Path> files = Files.list(path.toAbsolutePath().getParent())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith(prefix) && !name.endsWith("-wal") && !name.endsWith("-shm"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            LOG.debugf("Cannot list quarantined files: %s", e.getMessage());
            return List.of();
        }
    }

    /** Releases the lock, so that another process can open the ledger. */
    void release() {
        if (lock != null) {
            lock.release();
        }
    }
}
