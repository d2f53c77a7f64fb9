package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A ledger of a newer version or of another program stays unchanged, and the health check reports it. */
class LedgerForeignIT {
    private static final String OLD = "23.0.0.1";
    private static final String NEW = "23.0.0.2";

    private final Path dir = TestResources.createDirectory("ledger");

    @AfterEach
    void cleanUp() {
        TestResources.delete(dir);
    }

    @ParameterizedTest
    @CsvSource({"PRAGMA user_version = 99, version 99", "PRAGMA application_id = 1, another program"})
    void foreignFile_untilMovedAway_staysUnchanged(String change, String error) throws IOException {
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(dir)) {
            decoy.assertListed(OLD);
            decoy.decoy().stop();
            SqliteShell.run(decoy.file(), change);
            byte[] before = Files.readAllBytes(decoy.file());
            decoy.decoy().restart();

            decoy.assertDeferred(NEW);
            decoy.awaitDown(error);
            decoy.assertOnlyListed();
            assertThat(decoy.file()).hasBinaryContent(before);

            Files.move(decoy.file(), dir.resolve("newer.db"));
            decoy.awaitListed(NEW);
            decoy.awaitUp();
            decoy.assertOnlyStored(NEW);
            assertThat(dir.resolve("newer.db")).hasBinaryContent(before);
        }
    }

    @Test
    void backup_replacingForeignFile_isServedWithoutRestart() throws IOException {
        Path backup = dir.resolve("backup.db");
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(dir)) {
            decoy.assertListed(OLD);
            decoy.decoy().stop();
            Files.copy(decoy.file(), backup);
            SqliteShell.run(decoy.file(), "PRAGMA user_version = 99");
            decoy.decoy().restart();
            decoy.assertDeferred(NEW);

            Files.move(backup, decoy.file(), StandardCopyOption.REPLACE_EXISTING);
            decoy.awaitListed(OLD, NEW);
            decoy.awaitUp();
            decoy.assertOnlyStored(OLD, NEW);
        }
    }

    @Test
    void secondDecoy_onTheSameDirectory_failsToStart() {
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(dir)) {
            StartupFailures.awaitOneLineError(
                    DecoyProcess.startWithoutWaiting(DecoyWithLedger.settings(dir)), "decoy.ledger.dir", "another");

            decoy.assertListed(OLD);
            decoy.awaitUp();
        }
    }

    @Test
    void secondDecoy_afterKill9OfTheFirst_starts() {
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(dir)) {
            decoy.assertListed(OLD);
            decoy.decoy().killProcess();
            try (DecoyWithLedger second = DecoyWithLedger.startIn(dir)) {
                second.assertOnlyListed(OLD);
            }
        }
    }
}
