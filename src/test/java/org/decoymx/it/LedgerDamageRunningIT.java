package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A ledger that is damaged while the decoy runs is quarantined, and the list stays complete. */
class LedgerDamageRunningIT {
    private static final String NEW = "23.0.0.2";

    /** Enough listed senders for a file of more than twice the size of SQLite's page cache, 8 MiB. */
    private static final int SENDER_COUNT = 80_000;

    private static final int THREADS = 4;
    private static final Duration LIMIT = Duration.ofMinutes(2);

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

    /** The page cache cannot hold all senders, so SQLite must read the damaged file. */
    @ParameterizedTest
    @EnumSource(names = {"GARBAGE", "TRUNCATED", "ZEROED_AFTER_HEADER"})
    void damage_whileRunning_keepsTheListComplete(FileDamage damage) throws IOException {
        LedgerFiles.copy(stoppedLedger, dir);
        LedgerFiles.addSenders(dir, SENDER_COUNT);
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(dir)) {
            assertThat(decoy.decoy().feedEntries()).hasSize(SENDER_COUNT);
            damage.applyTo(decoy.file());

            mailFromListedSenders(decoy);
            await("the quarantined file").atMost(LIMIT).until(() -> !LedgerFiles.quarantined(dir)
                    .isEmpty());
            decoy.assertDeferred(NEW);
            decoy.awaitListed(NEW);
            List<String> entries = decoy.decoy().feedEntries();
            assertThat(entries).hasSize(SENDER_COUNT + 1);
            decoy.awaitDown(LedgerFiles.quarantined(dir).get(0).getFileName().toString());

            decoy.decoy().stop();
            SqliteShell.assertIntact(decoy.file());
            decoy.decoy().restart();
            assertThat(decoy.decoy().feedEntries()).containsExactlyElementsOf(entries);
        }
    }

    /** The process dies as soon as there is a file beside the damaged one. */
    @Test
    void kill9_whileTheLedgerIsReplaced_keepsTheList() throws IOException {
        LedgerFiles.copy(stoppedLedger, dir);
        LedgerFiles.addSenders(dir, SENDER_COUNT);
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(dir)) {
            FileDamage.STRETCH_ZEROED.applyTo(decoy.file());
            mailFromListedSenders(decoy);
            await("the new file")
                    .atMost(LIMIT)
                    .pollInSameThread()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> Files.exists(dir.resolve("ledger.db.new"))
                            || !LedgerFiles.quarantined(dir).isEmpty());
            decoy.decoy().killProcess();
            decoy.decoy().restart();
            assertThat(decoy.decoy().feedEntries())
                    .as(decoy.decoy().log())
                    .hasSizeBetween(SENDER_COUNT * 9 / 10, SENDER_COUNT);
            decoy.assertListed(NEW);
            assertThat(LedgerFiles.quarantined(dir)).hasSize(1);
        }
    }

    /** Sends mail from listed senders whose rows are far apart in the file. */
    private static void mailFromListedSenders(DecoyWithLedger decoy) {
        try (MailLoad load = MailLoad.start(decoy.decoy().smtpPort(), THREADS)) {
            load.addClients(
                    IntStream.range(0, 250).mapToObj(i -> "24.1." + i + ".1").toList());
            await("all messages to be deferred").atMost(LIMIT).until(() -> load.deferredCount() == 250);
        }
    }
}
