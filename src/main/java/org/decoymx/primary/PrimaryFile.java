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
import org.decoymx.ledger.Fault;
import org.decoymx.ledger.Fault.Kind;
import org.decoymx.ledger.Sqlite;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;

/** Where it is kept what is known of the primary MX: an SQLite database. Nothing here opens the file but SQLite. */
final class PrimaryFile {
    private static final Logger LOG = Logger.getLogger(PrimaryFile.class);
    private static final int BUSY_MILLIS = 2_000;
    private static final int MAX_ASIDE = 5;
    private static final String ASIDE = ".corrupt-";
    private static final String JOURNAL = "-journal";
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private final Path path;
    private final Clock clock;
    private @Nullable Object key;

    PrimaryFile(Path path, Clock clock) {
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
     * Opens the file; makes it where there is none.
     *
     * @throws Fault when it cannot be opened, or not be understood
     */
    PrimaryStore open() throws Fault {
        make();
        Connection connection = null;
        try {
            Sqlite.link();
            SQLiteConfig config = new SQLiteConfig();
            config.setBusyTimeout(BUSY_MILLIS);
            connection = config.createConnection(JDBC.PREFIX + path);
            PrimaryStore store = new PrimaryStore(path, connection);
            store.look();
            key = key();
            return store;
        } catch (SQLException e) {
            close(connection);
            throw Fault.of(e, path);
        } catch (IOException e) {
            throw new Fault(Kind.OTHER, "SQLite's library cannot be run: " + e.getMessage());
        } catch (Fault e) {
            close(connection);
            throw e;
        }
    }

    private void make() throws Fault {
        try {
            if (!exists()) {
                Files.createFile(
                        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
        } catch (IOException e) {
            throw new Fault(Kind.READ_ONLY, path + " cannot be made: " + e.getMessage());
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

    /** Whether the file that was opened is not there any more, be there another or none. */
    boolean isAnother() {
        return key != null && !key.equals(key());
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
     * Gives a damaged file, which is closed, another name; a few times at most, as a failing disk would go on for ever.
     *
     * @throws Fault when it stays where it is
     */
    void setAside(Fault damage) throws Fault {
        if (setAsideFiles().size() >= MAX_ASIDE) {
            throw new Fault(
                    Kind.OTHER,
                    path + " is damaged again and again; look at the disk, and move away what was set aside");
        }
        Path aside = beside(ASIDE + STAMP.format(clock.instant()));
        try {
            Files.move(path, aside);
            Files.deleteIfExists(beside(JOURNAL));
            LOG.errorf("%s; it is kept as %s, and a new one is begun", damage.getMessage(), aside);
        } catch (IOException e) {
            throw new Fault(Kind.READ_ONLY, path + " is damaged and cannot be set aside: " + e.getMessage());
        }
    }

    private Path beside(String suffix) {
        return path.resolveSibling(path.getFileName() + suffix);
    }

    /** The names of damaged files that were set aside and still lie there. */
    List<String> setAsideFiles() {
        String start = path.getFileName() + ASIDE;
        try (Stream<Path> files = Files.list(path.toAbsolutePath().getParent())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith(start))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            LOG.debugf("cannot look for files set aside: %s", e.getMessage());
            return List.of();
        }
    }
}
