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

/** A ledger that was damaged after kill -9 is healed, or health tells of it. */
class LedgerDamageAfterKillIT {
    private static final String OLD = "23.0.0.1";
    private static final String NEW = "23.0.0.2";

    /** A ledger after one more sender was caught and the decoy killed. */
    private static Path killed;

    private final Path dir = TestResources.createDirectory("ledger");

    @BeforeAll
    static void prepare() {
        killed = LedgerFiles.createStopped();
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(killed)) {
            decoy.assertListed(OLD);
            decoy.decoy().killProcess();
        }
    }

    @AfterAll
    static void cleanUpAll() {
        TestResources.delete(killed);
    }

    @AfterEach
    void cleanUp() {
        TestResources.delete(dir);
    }

    @ParameterizedTest
    @EnumSource(names = {"GARBAGE", "CUT", "HEADER_ZEROED", "PAGE_ZEROED"})
    void damage_afterKill9_isHealedOrTold(FileDamage damage) throws IOException {
        LedgerFiles.copy(killed, dir);
        damage.applyTo(dir.resolve("ledger.db"));
        isHealedOrTold();
    }

    @Test
    void onlyTheLogIsLeft_isTold() throws IOException {
        LedgerFiles.copy(killed, dir);
        Files.delete(dir.resolve("ledger.db"));
        byte[] log = Files.readAllBytes(dir.resolve("ledger.db-wal"));
        isHealedOrTold();
        assertThat(LedgerFiles.quarantined(dir)).hasSize(1);
        assertThat(Path.of(LedgerFiles.quarantined(dir).get(0) + "-wal")).hasBinaryContent(log);
    }

    @Test
    void onlyTheLogIsDamaged_isNoHindrance() throws IOException {
        LedgerFiles.copy(killed, dir);
        FileDamage.GARBAGE.applyTo(dir.resolve("ledger.db-wal"));
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(dir)) {
            assertThat(decoy.decoy().feedEntries()).hasSize(LedgerFiles.SENDER_COUNT);
            decoy.assertListed(NEW);
        }
    }

    @Test
    void sharedMemoryIsDamaged_isNoHindrance() throws IOException {
        LedgerFiles.copy(killed, dir);
        FileDamage.GARBAGE.applyTo(dir.resolve("ledger.db-shm"));
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(dir)) {
            assertThat(decoy.decoy().feedEntries()).hasSize(LedgerFiles.SENDER_COUNT + 1);
            decoy.assertListed(NEW);
        }
    }

    /** What is missing from the list must show in health. */
    private void isHealedOrTold() throws IOException {
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(dir)) {
            decoy.assertListed(NEW);
            if (decoy.decoy().feedEntries().size() != LedgerFiles.SENDER_COUNT + 2) {
                assertThat(LedgerFiles.quarantined(dir)).as(decoy.decoy().log()).hasSize(1);
                decoy.awaitDown(LedgerFiles.quarantined(dir).get(0).getFileName().toString());
            }
            decoy.decoy().stop();
            SqliteShell.assertIntact(decoy.file());
        }
    }
}
