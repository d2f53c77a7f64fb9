package org.decoymx.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.sqlite.SQLiteJDBCLoader;

/** SQLite's library, which is unpacked from its jar and linked. */
public final class Sqlite {
    private static final String TEMPORARY = "org.sqlite.tmpdir";
    private static boolean linked;

    private Sqlite() {}

    /**
     * Links the library, once. That takes a tenth of a second, so who starts the program may have it done meanwhile. The
     * unpacked file is deleted: once it is linked nobody needs it, and after a kill it would stay for ever.
     *
     * @throws IOException when it cannot be unpacked, or not be run from there
     */
    public static synchronized void link() throws IOException {
        if (linked) {
            return;
        }
        Path unpacked = Files.createTempDirectory("decoymx");
        System.setProperty(TEMPORARY, unpacked.toString());
        try {
            linked = SQLiteJDBCLoader.initialize();
        } catch (Exception e) {
            throw new IOException(e.getMessage(), e);
        } finally {
            System.clearProperty(TEMPORARY);
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
