package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On a disk that cannot be written the decoy serves what it can read, and writes as soon as it can. */
class LedgerReadOnlyIT {
    private static final String OLD = "23.0.0.1";
    private static final String NEW = "23.0.0.2";
    private static final String UNWRITABLE = "cannot be written";

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
    void readOnly_afterACleanStop_servesTheOldList() {
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(disk.dir())) {
            decoy.assertListed(OLD);
            decoy.decoy().stop();
            assertThat(dir.resolve("ledger.db-wal")).doesNotExist();
            goesOn(decoy);
        }
    }

    @Test
    void readOnly_afterKill9_servesTheOldList() {
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(disk.dir())) {
            decoy.assertListed(OLD);
            decoy.decoy().killProcess();
            assertThat(dir.resolve("ledger.db-wal")).isNotEmptyFile();
            goesOn(decoy);
        }
    }

    /** As a copy of the directory may be, or as it is after the machine was repaired. */
    @Test
    void readOnly_withoutTheShmFile_servesTheOldList() throws IOException {
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(disk.dir())) {
            decoy.assertListed(OLD);
            decoy.decoy().killProcess();
            Files.delete(dir.resolve("ledger.db-shm"));
            goesOn(decoy);
        }
    }

    private void goesOn(DecoyWithLedger decoy) {
        disk.makeReadOnly();
        decoy.decoy().restart();
        decoy.assertOnlyListed(OLD);
        decoy.assertDeferred(NEW, OLD);
        decoy.awaitDown(UNWRITABLE);
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
    void readOnly_withoutALedger_stopsTheStart() {
        disk.makeReadOnly();
        StartupFailures.awaitOneLineError(
                DecoyProcess.startWithoutWaiting(DecoyWithLedger.settings(disk.dir())),
                "decoy.ledger.dir",
                disk.dir().toString());
    }
}
