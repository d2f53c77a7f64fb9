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
import org.decoymx.ledger.StorageException.StorageErrorKind;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;

/**
 * Where the ledger is kept: an SQLite database with a write-ahead log. Nothing here opens the file but SQLite, as closing
 * it otherwise would drop SQLite's locks.
 */
final class LedgerDatabase {
    private static final Logger LOG = Logger.getLogger(LedgerDatabase.class);
    private static final int PAGE_OCTETS = 2_048;
    private static final int CACHE_KIB = 8_192;
    private static final int CHECKPOINT_PAGES = 16_384;
    private static final int BUSY_MILLIS = 2_000;
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

    /** Makes the file that is there now the one that {@link #isReplaced} goes by. */
    void rememberFileKey() {
        fileKey = fileKey();
    }

    /** Whether the file that was remembered is not there any more, be there another or none. */
    boolean isReplaced() {
        return fileKey != null && !fileKey.equals(fileKey());
    }

    /** Makes the file another than the one that was remembered: a new one may have the number of the one deleted. */
    void markReplaced() {
        fileKey = fileKey == null ? null : new Object();
    }

    private @Nullable Object fileKey() {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            LOG.debugf("cannot look at %s: %s", path, e.getMessage());
            return fileKey;
        }
    }

    /**
     * Opens the file to be read and written; makes it where there is none.
     *
     * @param name the node's name, should the file have to be made
     * @throws Fault when it cannot be written, or not be understood
     */
    LedgerStore open(Node name) throws StorageException {
        if (lock == null || !lock.isHeld()) {
            lock = ProcessLock.acquire(path);
        }
        createIfMissing();
        if (path.toFile().length() == 0 && walFile().length() > 0) {
            // SQLite would take the log for another file's, and delete it
            throw new StorageException(StorageErrorKind.CORRUPT, path + " is empty, and its log is not");
        }
        return connect(path.toString(), connection -> {
            initialize(connection);
            LedgerStore store = new LedgerStore(path, connection);
            store.claimOwnNode(name);
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
            throw new StorageException(StorageErrorKind.READ_ONLY, path + " cannot be made: " + e.getMessage());
        }
    }

    private void initialize(Connection connection) throws SQLException, StorageException {
        try (Statement statement = connection.createStatement()) {
            if (LedgerSchema.isEmpty(connection, path)) {
                markReplaced();
                statement.execute("PRAGMA page_size = " + PAGE_OCTETS);
                statement.execute("PRAGMA auto_vacuum = INCREMENTAL");
            }
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = FULL");
            statement.execute("PRAGMA wal_autocheckpoint = " + CHECKPOINT_PAGES);
            statement.execute("PRAGMA journal_size_limit = " + (long) CHECKPOINT_PAGES * PAGE_OCTETS);
            statement.execute("PRAGMA cache_size = " + -CACHE_KIB);
        }
        LedgerSchema.migrate(connection);
    }

    /**
     * Opens the file, which must exist, to be read only.
     *
     * @param alone whether nobody writes it; then nothing need be shared, and nothing written beside it for that
     * @throws Fault when even that cannot be done
     */
    LedgerStore openReadOnly(boolean alone) throws StorageException {
        String uri = path.toAbsolutePath().toUri().toString();
        if (alone && walFile().length() == 0) {
            return connectReadOnly(uri + "?immutable=1");
        }
        try {
            return connectReadOnly(uri + "?mode=ro");
        } catch (StorageException why) {
            if (!alone || why.kind() != StorageErrorKind.READ_ONLY && why.kind() != StorageErrorKind.DISK_FULL) {
                throw why;
            }
            // a log cannot be read without its index beside it, or, where there is no place for that, one in memory
            return connectReadOnly(uri + "?mode=ro&vfs=unix-none&locking_mode=EXCLUSIVE");
        }
    }

    private LedgerStore connectReadOnly(String uri) throws StorageException {
        return connect(uri, connection -> {
            if (LedgerSchema.isEmpty(connection, path)) {
                throw new StorageException(StorageErrorKind.READ_ONLY, path + " is empty, and cannot be written");
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

    /** What is made of a new connection. */
    private interface ConnectionSetup {
        LedgerStore open(Connection connection) throws SQLException, StorageException;
    }

    private LedgerStore connect(String where, ConnectionSetup opening) throws StorageException {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_MILLIS);
        Connection connection = null;
        try {
            connection = config.createConnection(JDBC.PREFIX + where);
            return opening.open(connection);
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
            LOG.debugf("cannot close: %s", e.getMessage());
        }
    }

    /**
     * Gives a damaged file, which is closed, another name; a few times at most, as a failing disk would go on for ever.
     *
     * @return what is wrong from now on
     */
    StorageException quarantine(StorageException damage) {
        if (quarantinedFiles().size() >= MAX_QUARANTINED) {
            return new StorageException(
                    StorageErrorKind.OTHER,
                    path + " is damaged again and again; look at the disk, and move away what was set aside");
        }
        String aside = QUARANTINE_SUFFIX + TIMESTAMP.format(clock.instant());
        try {
            for (String suffix : DATABASE_SUFFIXES) {
                if (Files.exists(sibling(suffix))) {
                    Files.move(sibling(suffix), sibling(aside + suffix));
                }
            }
            LOG.errorf("%s; it is kept as %s, and a new one is begun", damage.getMessage(), sibling(aside));
            return damage;
        } catch (IOException e) {
            return new StorageException(
                    StorageErrorKind.READ_ONLY, path + " is damaged and cannot be set aside: " + e.getMessage());
        }
    }

    /** The names of damaged files that were set aside and still lie there. */
    List<String> quarantinedFiles() {
        String start = path.getFileName() + QUARANTINE_SUFFIX;
        try (Stream<Path> files = Files.list(path.toAbsolutePath().getParent())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith(start) && !name.endsWith("-wal") && !name.endsWith("-shm"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            LOG.debugf("cannot look for files set aside: %s", e.getMessage());
            return List.of();
        }
    }

    /** Lets another process have the ledger. */
    void release() {
        if (lock != null) {
            lock.release();
        }
    }
}
