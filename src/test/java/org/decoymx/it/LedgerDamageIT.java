package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A damaged ledger is quarantined unchanged, the health check reports it, and the decoy starts with a new one, which
 * has what the damage left.
 */
class LedgerDamageIT {
    private static final String NEW = "23.0.0.2";

    private static Path stoppedLedger;

    private final Path dir = TestResources.createDirectory("ledger");

    @BeforeAll
    static void prepare() {
        stoppedLedger = LedgerFiles.createStopped();
    }

    @AfterAll
    static void cleanUpAll() {
        TestResources.delete(stoppedLedger);
    }

    @AfterEach
    void cleanUp() {
        TestResources.delete(dir);
    }

    @ParameterizedTest
    @CsvSource({
        "EMPTY, 0, 0",
        "GARBAGE, 0, 0",
        "TEXT, 0, 0",
        "ZEROED_AFTER_HEADER, 0, 0",
        "TRUNCATED, 500, 1500",
        "TRUNCATED_IN_PAGE, 500, 1500",
        "PAGE_ZEROED, 1900, 2000",
        "HEADER_ZEROED, 2000, 2000",
        "NODE_NAME, 2000, 2000"
    })
    void damage_atStart_isQuarantined_andTheRestIsSaved(FileDamage damage, int min, int max) throws IOException {
        LedgerFiles.copy(stoppedLedger, dir);
        damage.applyTo(dir.resolve("ledger.db"));
        byte[] damaged = Files.readAllBytes(dir.resolve("ledger.db"));
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(dir)) {
            int saved = decoy.decoy().feedEntries().size();
            assertThat(saved).as(decoy.decoy().log()).isBetween(min, max);
            decoy.assertListed(NEW);
            assertThat(SqliteShell.caughtOrigins(decoy.file()))
                    .hasSize(saved + 1)
                    .contains(NEW);
            assertThat(LedgerFiles.quarantined(dir)).hasSize(1);
            assertThat(LedgerFiles.quarantined(dir).get(0)).hasBinaryContent(damaged);
            String name = LedgerFiles.quarantined(dir).get(0).getFileName().toString();
            decoy.awaitDown(name);
            assertThat(decoy.decoy().log()).contains("quarantined as " + dir.resolve(name) + ", the new file has ");
            Files.delete(LedgerFiles.quarantined(dir).get(0));
            decoy.awaitUp();
        }
    }
}
