package org.decoymx.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.sqlite.SQLiteJDBCLoader;

/** SQLite's library, which is unpacked from its jar and linked. */
public final class SqliteLibrary {
    private static final String TMPDIR_PROPERTY = "org.sqlite.tmpdir";
    private static boolean loaded;

    private SqliteLibrary() {}

    /**
     * Links the library, once. That takes a tenth of a second, so who starts the program may have it done meanwhile. The
     * unpacked file is deleted: once it is linked nobody needs it, and after a kill it would stay for ever.
     *
     * @throws IOException when it cannot be unpacked, or not be run from there
     */
    public static synchronized void load() throws IOException {
        if (loaded) {
            return;
        }
        Path unpacked = Files.createTempDirectory("decoymx");
        System.setProperty(TMPDIR_PROPERTY, unpacked.toString());
        try {
            loaded = SQLiteJDBCLoader.initialize();
        } catch (Exception e) {
            throw new IOException(e.getMessage(), e);
        } finally {
            System.clearProperty(TMPDIR_PROPERTY);
            delete(unpacked);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (var files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}
