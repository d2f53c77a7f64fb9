package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A ledger that is damaged while the decoy runs is set aside, and costs nothing of the list. */
class LedgerDamageRunningIT {
    private static final String NEW = "23.0.0.2";

    /** Listed senders that make a file of more than twice SQLite's 8 MiB of memory. */
    private static final int MANY = 80_000;

    private static final int THREADS = 4;
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private static Path stopped;

    private final Path dir = TestResources.createDirectory("ledger");

    @BeforeAll
    static void prepare() {
        stopped = LedgerFiles.createStopped();
    }

    @AfterAll
    static void cleanUpAll() {
        TestResources.delete(stopped);
    }

    @AfterEach
    void cleanUp() {
        TestResources.delete(dir);
    }

    /** There are so many that not all are in SQLite's own memory, and it has to look at the file. */
    @ParameterizedTest
    @EnumSource(names = {"GARBAGE", "CUT", "ZEROED_BUT_ITS_HEADER"})
    void damage_whileRunning_costsNothing(FileDamage damage) throws IOException {
        LedgerFiles.copy(stopped, dir);
        LedgerFiles.addSenders(dir, MANY);
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(dir)) {
            assertThat(decoy.decoy().feedEntries()).hasSize(MANY);
            damage.applyTo(decoy.file());

            mailFromSome(decoy);
            await("the damage to be seen").atMost(LIMIT).until(() -> !LedgerFiles.quarantined(dir)
                    .isEmpty());
            decoy.assertDeferred(NEW);
            decoy.awaitListed(NEW);
            List<String> served = decoy.decoy().feedEntries();
            assertThat(served).hasSize(MANY + 1);
            decoy.awaitDown(LedgerFiles.quarantined(dir).get(0).getFileName().toString());

            decoy.decoy().stop();
            SqliteShell.assertIntact(decoy.file());
            decoy.decoy().restart();
            assertThat(decoy.decoy().feedEntries()).containsExactlyElementsOf(served);
        }
    }

    /** Mails from listed senders that are far apart in the file. */
    private static void mailFromSome(DecoyWithLedger decoy) {
        try (MailLoad load = MailLoad.start(decoy.decoy().smtpPort(), THREADS)) {
            load.addClients(
                    IntStream.range(0, 250).mapToObj(i -> "24.1." + i + ".1").toList());
            await("all have mailed").atMost(LIMIT).until(() -> load.deferredCount() == 250);
        }
    }
}
