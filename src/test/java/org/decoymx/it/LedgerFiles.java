package org.decoymx.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Ledgers on the disk that tests damage. */
final class LedgerFiles {
    /** How many listed senders {@link #stopped} has. */
    static final int SOME = 2_000;

    private LedgerFiles() {}

    /** The directory of a ledger with some senders after a clean stop. */
    static Path stopped() {
        Path stopped = TestResources.createDirectory("stopped");
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(stopped)) {
            decoy.decoy().stop();
            add(stopped, SOME);
        }
        return stopped;
    }

    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    /** Makes a stopped ledger have so many listed senders. */
    static void add(Path dir, int senders) {
        SqliteShell.run(dir.resolve("ledger.db"), """
                WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d - 1)
                INSERT OR IGNORE INTO sender SELECT printf('24.%%d.%%d.%%d', 1 + i / 62500, i / 250 %% 250, 1 + i %% 250), 1,
                    unixepoch(), unixepoch(), 1, 1, 10, unixepoch(), 1, unixepoch(), unixepoch() + 86000, 0,
                    printf('%%0128d', i), 'example.net', 'DATA', 0, 'QUIT', 1, 0, 0 FROM n""".formatted(senders));
    }

    /** The databases that the decoy has set aside. */
    static List<Path> setAside(Path dir) throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.filter(file -> file.getFileName().toString().matches("ledger\\.db\\.corrupt-\\w+"))
                    .toList();
        }
    }
}
