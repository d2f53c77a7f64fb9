package org.decoymx.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Ledger directories for the tests of damaged files. */
final class LedgerFiles {
    /** The number of listed senders in {@link #createStopped}. */
    static final int SENDER_COUNT = 2_000;

    private LedgerFiles() {}

    /** Creates a ledger with listed senders, as it is after a clean stop. Returns its directory. */
    static Path createStopped() {
        Path dir = TestResources.createDirectory("stopped");
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(dir)) {
            decoy.decoy().stop();
            addSenders(dir, SENDER_COUNT);
        }
        return dir;
    }

    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    /** Adds listed senders to the ledger of a stopped decoy, up to this number. */
    static void addSenders(Path dir, int count) {
        SqliteShell.run(dir.resolve("ledger.db"), """
                WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d - 1)
                INSERT OR IGNORE INTO sender SELECT
                    printf('24.%%d.%%d.%%d', 1 + i / 62500, i / 250 %% 250, 1 + i %% 250), 1,
                    unixepoch(), unixepoch(), 1, 1, 10, unixepoch(), 1, unixepoch(), unixepoch() + 86000, 0,
                    printf('%%0128d', i), 'example.net', 'DATA', 0, 'QUIT', 1, 0, 0, 0, NULL
                FROM n""".formatted(count));
    }

    /** The databases that the decoy has quarantined. */
    static List<Path> quarantined(Path dir) throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.filter(file -> file.getFileName().toString().matches("ledger\\.db\\.corrupt-\\w+"))
                    .toList();
        }
    }
}
