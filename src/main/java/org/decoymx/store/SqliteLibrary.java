package org.decoymx.store;

import static org.decoymx.support.NativeLibraries.SQLITE_DIRECTORY;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteJDBCLoader;

/** Loads the native SQLite library from its jar, and the classes that the first connection needs. */
public final class SqliteLibrary {
    private static boolean loaded;

    private SqliteLibrary() {}

    /**
     * Loads the library once. This takes about 100 ms, so the start may do it on another thread. Deletes the extracted
     * file at once, because it is not needed after loading, and a killed process would leave it behind.
     *
     * @throws IOException if the library cannot be extracted or loaded
     */
    public static synchronized void load() throws IOException {
        if (loaded) {
            return;
        }
        String parent = System.getProperty(SQLITE_DIRECTORY, System.getProperty("java.io.tmpdir"));
        Path unpacked = Files.createTempDirectory(Path.of(parent), "decoymx");
        System.setProperty(SQLITE_DIRECTORY, unpacked.toString());
        try {
            loaded = SQLiteJDBCLoader.initialize();
            var unused = new SQLiteConfig();
        } catch (Exception e) {
            throw new IOException(e.getMessage(), e);
        } finally {
            System.setProperty(SQLITE_DIRECTORY, parent);
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
