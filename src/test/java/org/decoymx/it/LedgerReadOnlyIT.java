package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On a read-only disk the decoy serves the stored list. It writes when the disk is writable again. */
class LedgerReadOnlyIT {
    private static final String OLD = "23.0.0.1";
    private static final String NEW = "23.0.0.2";
    private static final String NOT_WRITABLE = "cannot be written";

    private final Path dir = TestResources.createDirectory("ledger");
    private TestMount disk;

    @BeforeEach
    void mount() {
        disk = TestMount.bind(dir);
    }

    @AfterEach
    void unmount() {
        disk.close();
        TestResources.delete(dir);
    }

    @Test
    void readOnlyDisk_afterCleanStop_servesStoredList() {
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(disk.dir())) {
            decoy.assertListed(OLD);
            decoy.decoy().stop();
            assertThat(dir.resolve("ledger.db-wal")).doesNotExist();
            assertServesAndRecovers(decoy);
        }
    }

    @Test
    void readOnlyDisk_afterKill9_servesStoredList() {
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(disk.dir())) {
            decoy.assertListed(OLD);
            decoy.decoy().killProcess();
            assertThat(dir.resolve("ledger.db-wal")).isNotEmptyFile();
            assertServesAndRecovers(decoy);
        }
    }

    /** The file can be missing in a copy of the directory, or after a repair of the file system. */
    @Test
    void readOnlyDisk_withoutShmFile_servesStoredList() throws IOException {
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(disk.dir())) {
            decoy.assertListed(OLD);
            decoy.decoy().killProcess();
            Files.delete(dir.resolve("ledger.db-shm"));
            assertServesAndRecovers(decoy);
        }
    }

    private void assertServesAndRecovers(DecoyWithLedger decoy) {
        disk.makeReadOnly();
        decoy.decoy().restart();
        decoy.assertOnlyListed(OLD);
        decoy.assertDeferred(NEW, OLD);
        decoy.awaitDown(NOT_WRITABLE);
        decoy.assertOnlyListed(OLD);

        disk.makeWritable();
        decoy.awaitListed(OLD, NEW);
        decoy.awaitUp();
        decoy.assertOnlyStored(OLD, NEW);
        assertThat(SqliteShell.run(
                        decoy.file(), "SELECT origin, sessions FROM senders WHERE conversations > 0 ORDER BY origin"))
                .isEqualTo(OLD + "|2\n" + NEW + "|1");
    }

    @Test
    void readOnlyDisk_withoutLedger_failsToStart() {
        disk.makeReadOnly();
        StartupFailures.awaitOneLineError(
                DecoyProcess.startWithoutWaiting(DecoyWithLedger.settings(disk.dir())),
                "decoy.ledger.dir",
                disk.dir().toString());
    }
}
