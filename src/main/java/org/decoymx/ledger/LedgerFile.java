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
import org.decoymx.ledger.Fault.Kind;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;

/**
 * Where the ledger is kept: an SQLite database with a write-ahead log. Nothing here opens the file but SQLite, as closing
 * it otherwise would drop SQLite's locks.
 */
final class LedgerFile {
    private static final Logger LOG = Logger.getLogger(LedgerFile.class);
    private static final int PAGE_OCTETS = 2_048;
    private static final int CACHE_KIB = 8_192;
    private static final int CHECKPOINT_PAGES = 16_384;
    private static final int BUSY_MILLIS = 2_000;
    private static final int MAX_ASIDE = 5;
    private static final String ASIDE = ".corrupt-";
    private static final String LOG_SUFFIX = "-wal";
    private static final List<String> SUFFIXES = List.of("", LOG_SUFFIX, "-shm");
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private final Path path;
    private final Clock clock;
    private @Nullable Lock lock;
    private @Nullable Object key;

    LedgerFile(Path path, Clock clock) {
        this.path = path;
        this.clock = clock;
    }

    Path path() {
        return path;
    }

    /** Makes the file that is there now the one that {@link #isAnother} goes by. */
    void remember() {
        key = key();
    }

    /** Whether the file that was remembered is not there any more, be there another or none. */
    boolean isAnother() {
        return key != null && !key.equals(key());
    }

    /** Makes the file another than the one that was remembered: a new one may have the number of the one deleted. */
    void suspect() {
        key = key == null ? null : new Object();
    }

    private @Nullable Object key() {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            LOG.debugf("cannot look at %s: %s", path, e.getMessage());
            return key;
        }
    }

    /**
     * Opens the file to be read and written; makes it where there is none.
     *
     * @param name the node's name, should the file have to be made
     * @throws Fault when it cannot be written, or not be understood
     */
    LedgerStore open(Node name) throws Fault {
        if (lock == null || !lock.isHeld()) {
            lock = Lock.take(path);
        }
        make();
        if (path.toFile().length() == 0 && log().length() > 0) {
            // SQLite would take the log for another file's, and delete it
            throw new Fault(Kind.CORRUPT, path + " is empty, and its log is not");
        }
        return connect(path.toString(), connection -> {
            prepare(connection);
            LedgerStore store = new LedgerStore(path, connection);
            store.claim(name);
            return store;
        });
    }

    private void make() throws Fault {
        try {
            if (!Files.exists(path)) {
                Files.createFile(
                        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
        } catch (IOException e) {
            throw new Fault(Kind.READ_ONLY, path + " cannot be made: " + e.getMessage());
        }
    }

    private void prepare(Connection connection) throws SQLException, Fault {
        try (Statement statement = connection.createStatement()) {
            if (Schema.isEmpty(connection, path)) {
                suspect();
                statement.execute("PRAGMA page_size = " + PAGE_OCTETS);
                statement.execute("PRAGMA auto_vacuum = INCREMENTAL");
            }
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = FULL");
            statement.execute("PRAGMA wal_autocheckpoint = " + CHECKPOINT_PAGES);
            statement.execute("PRAGMA journal_size_limit = " + (long) CHECKPOINT_PAGES * PAGE_OCTETS);
            statement.execute("PRAGMA cache_size = " + -CACHE_KIB);
        }
        Schema.migrate(connection);
    }

    /**
     * Opens the file, which must exist, to be read only.
     *
     * @param alone whether nobody writes it; then nothing need be shared, and nothing written beside it for that
     * @throws Fault when even that cannot be done
     */
    LedgerStore openToRead(boolean alone) throws Fault {
        String uri = path.toAbsolutePath().toUri().toString();
        if (alone && log().length() == 0) {
            return read(uri + "?immutable=1");
        }
        try {
            return read(uri + "?mode=ro");
        } catch (Fault why) {
            if (!alone || why.kind() != Kind.READ_ONLY && why.kind() != Kind.FULL) {
                throw why;
            }
            // a log cannot be read without its index beside it, or, where there is no place for that, one in memory
            return read(uri + "?mode=ro&vfs=unix-none&locking_mode=EXCLUSIVE");
        }
    }

    private LedgerStore read(String uri) throws Fault {
        return connect(uri, connection -> {
            if (Schema.isEmpty(connection, path)) {
                throw new Fault(Kind.READ_ONLY, path + " is empty, and cannot be written");
            }
            return new LedgerStore(path, connection);
        });
    }

    private File log() {
        return part(LOG_SUFFIX).toFile();
    }

    private Path part(String suffix) {
        return path.resolveSibling(path.getFileName() + suffix);
    }

    /** What is made of a new connection. */
    private interface Opening {
        LedgerStore of(Connection connection) throws SQLException, Fault;
    }

    private LedgerStore connect(String where, Opening opening) throws Fault {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_MILLIS);
        Connection connection = null;
        try {
            connection = config.createConnection(JDBC.PREFIX + where);
            return opening.of(connection);
        } catch (SQLException e) {
            close(connection);
            throw Fault.of(e, path);
        } catch (Fault e) {
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
    Fault setAside(Fault damage) {
        if (setAsideFiles().size() >= MAX_ASIDE) {
            return new Fault(
                    Kind.OTHER,
                    path + " is damaged again and again; look at the disk, and move away what was set aside");
        }
        String aside = ASIDE + STAMP.format(clock.instant());
        try {
            for (String suffix : SUFFIXES) {
                if (Files.exists(part(suffix))) {
                    Files.move(part(suffix), part(aside + suffix));
                }
            }
            LOG.errorf("%s; it is kept as %s, and a new one is begun", damage.getMessage(), part(aside));
            return damage;
        } catch (IOException e) {
            return new Fault(Kind.READ_ONLY, path + " is damaged and cannot be set aside: " + e.getMessage());
        }
    }

    /** The names of damaged files that were set aside and still lie there. */
    List<String> setAsideFiles() {
        String start = path.getFileName() + ASIDE;
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
