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

/** A file that is not this decoy's to write is not touched, and the decoy says so. */
class LedgerForeignIT {
    private static final String OLD = "23.0.0.1";
    private static final String NEW = "23.0.0.2";

    private final Path dir = Scratch.directory("ledger");

    @AfterEach
    void cleanUp() {
        Scratch.delete(dir);
    }

    @ParameterizedTest
    @CsvSource({"PRAGMA user_version = 99, version 99", "PRAGMA application_id = 1, another program"})
    void foreignFile_isLeftAlone_untilItIsMovedAway(String change, String words) throws IOException {
        try (LedgerDecoy decoy = LedgerDecoy.in(dir)) {
            decoy.catches(OLD);
            decoy.decoy().stop();
            Sqlite.run(decoy.file(), change);
            byte[] before = Files.readAllBytes(decoy.file());
            decoy.decoy().restart();

            decoy.defers(NEW);
            decoy.comesToComplain(words);
            decoy.listsOnly();
            assertThat(decoy.file()).hasBinaryContent(before);

            Files.move(decoy.file(), dir.resolve("newer.db"));
            decoy.comesToList(NEW);
            decoy.recovers();
            decoy.keepsOnly(NEW);
            assertThat(dir.resolve("newer.db")).hasBinaryContent(before);
        }
    }

    @Test
    void backup_inTheForeignFilesPlace_isServedAtOnce() throws IOException {
        Path backup = dir.resolve("backup.db");
        try (LedgerDecoy decoy = LedgerDecoy.in(dir)) {
            decoy.catches(OLD);
            decoy.decoy().stop();
            Files.copy(decoy.file(), backup);
            Sqlite.run(decoy.file(), "PRAGMA user_version = 99");
            decoy.decoy().restart();
            decoy.defers(NEW);

            Files.move(backup, decoy.file(), StandardCopyOption.REPLACE_EXISTING);
            decoy.comesToList(OLD, NEW);
            decoy.recovers();
            decoy.keepsOnly(OLD, NEW);
        }
    }

    @Test
    void secondDecoy_onTheSameDirectory_isRefused() {
        try (LedgerDecoy decoy = LedgerDecoy.in(dir)) {
            Ends.withOneLine(Decoy.launch(LedgerDecoy.settings(dir)), "decoy.ledger.dir", "another");

            decoy.catches(OLD);
            decoy.recovers();
        }
    }

    @Test
    void secondDecoy_afterKill9_isTaken() {
        try (LedgerDecoy decoy = LedgerDecoy.in(dir)) {
            decoy.catches(OLD);
            decoy.decoy().crash();
            try (LedgerDecoy second = LedgerDecoy.in(dir)) {
                second.listsOnly(OLD);
            }
        }
    }
}
