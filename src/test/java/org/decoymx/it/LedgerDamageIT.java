package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A damaged ledger is set aside as it is, loudly, and the decoy goes on with a new one. */
class LedgerDamageIT {
    private static final String OLD = "23.0.0.1";
    private static final String NEW = "23.0.0.2";
    private static final int SOME = 2_000;

    /** Listed senders that make a file of more than twice SQLite's 8 MiB of memory. */
    private static final int MANY = 80_000;

    private static final int THREADS = 4;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** A ledger with some senders after a clean stop, and after one more was caught and the decoy killed. */
    private static Path stopped;

    private static Path killed;

    private final Path dir = TestResources.createDirectory("ledger");

    @BeforeAll
    static void prepare() throws IOException {
        stopped = TestResources.createDirectory("stopped");
        killed = TestResources.createDirectory("killed");
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(stopped)) {
            decoy.decoy().stop();
            add(stopped, SOME);
            copy(stopped, killed);
        }
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(killed)) {
            decoy.assertListed(OLD);
            decoy.decoy().killProcess();
        }
    }

    @AfterAll
    static void cleanUpAll() {
        TestResources.delete(stopped);
        TestResources.delete(killed);
    }

    @AfterEach
    void cleanUp() {
        TestResources.delete(dir);
    }

    @ParameterizedTest
    @EnumSource
    void damage_atTheStart_isSetAside(FileDamage damage) throws IOException {
        copy(stopped, dir);
        damage.applyTo(dir.resolve("ledger.db"));
        byte[] damaged = Files.readAllBytes(dir.resolve("ledger.db"));
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(dir)) {
            decoy.assertOnlyListed();
            decoy.assertListed(NEW);
            decoy.assertOnlyStored(NEW);
            assertThat(setAside()).hasSize(1);
            assertThat(setAside().get(0)).hasBinaryContent(damaged);
            decoy.awaitDown(setAside().get(0).getFileName().toString());
            Files.delete(setAside().get(0));
            decoy.awaitUp();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"GARBAGE", "CUT", "HEADER_ZEROED", "PAGE_ZEROED"})
    void damage_afterKill9_isHealedOrTold(FileDamage damage) throws IOException {
        copy(killed, dir);
        damage.applyTo(dir.resolve("ledger.db"));
        isHealedOrTold();
    }

    @Test
    void onlyTheLogIsLeft_isTold() throws IOException {
        copy(killed, dir);
        Files.delete(dir.resolve("ledger.db"));
        byte[] log = Files.readAllBytes(dir.resolve("ledger.db-wal"));
        isHealedOrTold();
        assertThat(setAside()).hasSize(1);
        assertThat(Path.of(setAside().get(0) + "-wal")).hasBinaryContent(log);
    }

    @Test
    void onlyTheLogIsDamaged_isNoHindrance() throws IOException {
        copy(killed, dir);
        FileDamage.GARBAGE.applyTo(dir.resolve("ledger.db-wal"));
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(dir)) {
            assertThat(decoy.decoy().feedEntries()).hasSize(SOME);
            decoy.assertListed(NEW);
        }
    }

    @Test
    void sharedMemoryIsDamaged_isNoHindrance() throws IOException {
        copy(killed, dir);
        FileDamage.GARBAGE.applyTo(dir.resolve("ledger.db-shm"));
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(dir)) {
            assertThat(decoy.decoy().feedEntries()).hasSize(SOME + 1);
            decoy.assertListed(NEW);
        }
    }

    /** What is missing from the list must show in health. */
    private void isHealedOrTold() throws IOException {
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(dir)) {
            decoy.assertListed(NEW);
            if (decoy.decoy().feedEntries().size() != SOME + 2) {
                assertThat(setAside()).as(decoy.decoy().log()).hasSize(1);
                decoy.awaitDown(setAside().get(0).getFileName().toString());
            }
            decoy.decoy().stop();
            SqliteShell.assertIntact(decoy.file());
        }
    }

    /** There are so many that not all are in SQLite's own memory, and it has to look at the file. */
    @ParameterizedTest
    @EnumSource(names = {"GARBAGE", "CUT", "ZEROED_BUT_ITS_HEADER"})
    void damage_whileRunning_costsNothing(FileDamage damage) throws IOException {
        copy(stopped, dir);
        add(dir, MANY);
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(dir)) {
            assertThat(decoy.decoy().feedEntries()).hasSize(MANY);
            damage.applyTo(decoy.file());

            mailFromSome(decoy);
            await("the damage to be seen").atMost(LIMIT).until(() -> !setAside().isEmpty());
            decoy.assertDeferred(NEW);
            decoy.awaitListed(NEW);
            List<String> served = decoy.decoy().feedEntries();
            assertThat(served).hasSize(MANY + 1);
            decoy.awaitDown(setAside().get(0).getFileName().toString());

            decoy.decoy().stop();
            SqliteShell.assertIntact(decoy.file());
            decoy.decoy().restart();
            assertThat(decoy.decoy().feedEntries()).containsExactlyElementsOf(served);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    /** Makes a stopped ledger have so many listed senders. */
    private static void add(Path dir, int senders) {
        SqliteShell.run(dir.resolve("ledger.db"), """
                WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d - 1)
                INSERT OR IGNORE INTO sender SELECT printf('24.%%d.%%d.%%d', 1 + i / 62500, i / 250 %% 250, 1 + i %% 250), 1,
                    unixepoch(), unixepoch(), 1, 1, 10, unixepoch(), 1, unixepoch(), unixepoch() + 86000, 0,
                    printf('%%0128d', i), 'example.net', 'DATA', 0, 'QUIT', 1, 0, 0 FROM n""".formatted(senders));
    }

    /** Mails from listed senders that are far apart in the file. */
    private static void mailFromSome(DecoyWithLedger decoy) {
        try (MailLoad load = MailLoad.start(decoy.decoy().smtpPort(), THREADS)) {
            load.addClients(
                    IntStream.range(0, 250).mapToObj(i -> "24.1." + i + ".1").toList());
            await("all have mailed").atMost(LIMIT).until(() -> load.deferredCount() == 250);
        }
    }

    private List<Path> setAside() throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.filter(file -> file.getFileName().toString().matches("ledger\\.db\\.corrupt-\\w+"))
                    .toList();
        }
    }
}
