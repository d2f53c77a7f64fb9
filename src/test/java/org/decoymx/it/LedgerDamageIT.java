package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A damaged ledger is quarantined unchanged, the health check reports it, and the decoy starts with a new one. */
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
    @EnumSource
    void damage_atStart_isQuarantined(FileDamage damage) throws IOException {
        LedgerFiles.copy(stoppedLedger, dir);
        damage.applyTo(dir.resolve("ledger.db"));
        byte[] damaged = Files.readAllBytes(dir.resolve("ledger.db"));
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(dir)) {
            decoy.assertOnlyListed();
            decoy.assertListed(NEW);
            decoy.assertOnlyStored(NEW);
            assertThat(LedgerFiles.quarantined(dir)).hasSize(1);
            assertThat(LedgerFiles.quarantined(dir).get(0)).hasBinaryContent(damaged);
            decoy.awaitDown(LedgerFiles.quarantined(dir).get(0).getFileName().toString());
            Files.delete(LedgerFiles.quarantined(dir).get(0));
            decoy.awaitUp();
        }
    }
}
