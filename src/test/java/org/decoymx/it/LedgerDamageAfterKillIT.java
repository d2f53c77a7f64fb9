package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** After kill -9 and damage to the ledger, the list is complete or the health check reports the quarantined file. */
class LedgerDamageAfterKillIT {
    private static final String OLD = "23.0.0.1";
    private static final String NEW = "23.0.0.2";

    /** The directory of a ledger whose decoy was killed after it had listed one more sender. */
    private static Path killedLedger;

    private final Path dir = TestResources.createDirectory("ledger");

    @BeforeAll
    static void prepare() {
        killedLedger = LedgerFiles.createStopped();
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(killedLedger)) {
            decoy.assertListed(OLD);
            decoy.decoy().killProcess();
        }
    }

    @AfterAll
    static void cleanUpAll() {
        TestResources.delete(killedLedger);
    }

    @AfterEach
    void cleanUp() {
        TestResources.delete(dir);
    }

    @ParameterizedTest
    @EnumSource(names = {"GARBAGE", "TRUNCATED", "HEADER_ZEROED", "PAGE_ZEROED"})
    void damage_afterKill9_isRecoveredOrReported(FileDamage damage) throws IOException {
        LedgerFiles.copy(killedLedger, dir);
        damage.applyTo(dir.resolve("ledger.db"));
        assertRecoveredOrReported();
    }

    @Test
    void missingDatabase_withWalFile_isReported() throws IOException {
        LedgerFiles.copy(killedLedger, dir);
        Files.delete(dir.resolve("ledger.db"));
        byte[] wal = Files.readAllBytes(dir.resolve("ledger.db-wal"));
        assertRecoveredOrReported();
        assertThat(LedgerFiles.quarantined(dir)).hasSize(1);
        assertThat(Path.of(LedgerFiles.quarantined(dir).get(0) + "-wal")).hasBinaryContent(wal);
    }

    @Test
    void damagedWalFile_atStart_isDiscarded() throws IOException {
        LedgerFiles.copy(killedLedger, dir);
        FileDamage.GARBAGE.applyTo(dir.resolve("ledger.db-wal"));
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(dir)) {
            assertThat(decoy.decoy().feedEntries()).hasSize(LedgerFiles.SENDER_COUNT);
            decoy.assertListed(NEW);
        }
    }

    @Test
    void damagedSharedMemoryFile_atStart_losesNothing() throws IOException {
        LedgerFiles.copy(killedLedger, dir);
        FileDamage.GARBAGE.applyTo(dir.resolve("ledger.db-shm"));
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(dir)) {
            assertThat(decoy.decoy().feedEntries()).hasSize(LedgerFiles.SENDER_COUNT + 1);
            decoy.assertListed(NEW);
        }
    }

    /** If a sender is missing from the list, the health check must report it. */
    private void assertRecoveredOrReported() throws IOException {
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(dir)) {
            decoy.assertListed(NEW);
            if (decoy.decoy().feedEntries().size() != LedgerFiles.SENDER_COUNT + 2) {
                assertThat(LedgerFiles.quarantined(dir)).as(decoy.decoy().log()).hasSize(1);
                decoy.awaitDown(
                        LedgerFiles.quarantined(dir).get(0).getFileName().toString());
            }
            decoy.decoy().stop();
            SqliteShell.assertIntact(decoy.file());
        }
    }
}
