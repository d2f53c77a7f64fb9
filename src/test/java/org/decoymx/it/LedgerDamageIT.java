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

    private final Path dir = Scratch.directory("ledger");

    @BeforeAll
    static void prepare() throws IOException {
        stopped = Scratch.directory("stopped");
        killed = Scratch.directory("killed");
        try (LedgerDecoy decoy = LedgerDecoy.in(stopped)) {
            decoy.decoy().stop();
            add(stopped, SOME);
            copy(stopped, killed);
        }
        try (LedgerDecoy decoy = LedgerDecoy.in(killed)) {
            decoy.catches(OLD);
            decoy.decoy().crash();
        }
    }

    @AfterAll
    static void cleanUpAll() {
        Scratch.delete(stopped);
        Scratch.delete(killed);
    }

    @AfterEach
    void cleanUp() {
        Scratch.delete(dir);
    }

    @ParameterizedTest
    @EnumSource
    void damage_atTheStart_isSetAside(Damage damage) throws IOException {
        copy(stopped, dir);
        damage.doTo(dir.resolve("ledger.db"));
        byte[] damaged = Files.readAllBytes(dir.resolve("ledger.db"));
        try (LedgerDecoy decoy = LedgerDecoy.in(dir)) {
            decoy.listsOnly();
            decoy.catches(NEW);
            decoy.keepsOnly(NEW);
            assertThat(setAside()).hasSize(1);
            assertThat(setAside().get(0)).hasBinaryContent(damaged);
            decoy.comesToComplain(setAside().get(0).getFileName().toString());
            Files.delete(setAside().get(0));
            decoy.recovers();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"GARBAGE", "CUT", "HEADER_ZEROED", "PAGE_ZEROED"})
    void damage_afterKill9_isHealedOrTold(Damage damage) throws IOException {
        copy(killed, dir);
        damage.doTo(dir.resolve("ledger.db"));
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
        Damage.GARBAGE.doTo(dir.resolve("ledger.db-wal"));
        try (LedgerDecoy decoy = LedgerDecoy.in(dir)) {
            assertThat(decoy.decoy().feed()).hasSize(SOME);
            decoy.catches(NEW);
        }
    }

    @Test
    void sharedMemoryIsDamaged_isNoHindrance() throws IOException {
        copy(killed, dir);
        Damage.GARBAGE.doTo(dir.resolve("ledger.db-shm"));
        try (LedgerDecoy decoy = LedgerDecoy.in(dir)) {
            assertThat(decoy.decoy().feed()).hasSize(SOME + 1);
            decoy.catches(NEW);
        }
    }

    /** What is missing from the list must show in health. */
    private void isHealedOrTold() throws IOException {
        try (LedgerDecoy decoy = LedgerDecoy.in(dir)) {
            decoy.catches(NEW);
            if (decoy.decoy().feed().size() != SOME + 2) {
                assertThat(setAside()).as(decoy.decoy().log()).hasSize(1);
                decoy.comesToComplain(setAside().get(0).getFileName().toString());
            }
            decoy.decoy().stop();
            Sqlite.isSound(decoy.file());
        }
    }

    /** There are so many that not all are in SQLite's own memory, and it has to look at the file. */
    @ParameterizedTest
    @EnumSource(names = {"GARBAGE", "CUT", "ZEROED_BUT_ITS_HEADER"})
    void damage_whileRunning_costsNothing(Damage damage) throws IOException {
        copy(stopped, dir);
        add(dir, MANY);
        try (LedgerDecoy decoy = LedgerDecoy.in(dir)) {
            assertThat(decoy.decoy().feed()).hasSize(MANY);
            damage.doTo(decoy.file());

            mailFromSome(decoy);
            await("the damage to be seen").atMost(LIMIT).until(() -> !setAside().isEmpty());
            decoy.defers(NEW);
            decoy.comesToList(NEW);
            List<String> served = decoy.decoy().feed();
            assertThat(served).hasSize(MANY + 1);
            decoy.comesToComplain(setAside().get(0).getFileName().toString());

            decoy.decoy().stop();
            Sqlite.isSound(decoy.file());
            decoy.decoy().restart();
            assertThat(decoy.decoy().feed()).containsExactlyElementsOf(served);
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
        Sqlite.run(dir.resolve("ledger.db"), """
                WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d - 1)
                INSERT OR IGNORE INTO sender SELECT printf('24.%%d.%%d.%%d', 1 + i / 62500, i / 250 %% 250, 1 + i %% 250), 1,
                    unixepoch(), unixepoch(), 1, 1, 10, unixepoch(), 1, unixepoch(), unixepoch() + 86000, 0,
                    printf('%%0128d', i), 'example.net', 'DATA', 0, 'QUIT', 1, 0, 0 FROM n""".formatted(senders));
    }

    /** Mails from listed senders that are far apart in the file. */
    private static void mailFromSome(LedgerDecoy decoy) {
        try (Load load = Load.start(decoy.decoy().smtpPort(), THREADS)) {
            load.add(IntStream.range(0, 250).mapToObj(i -> "24.1." + i + ".1").toList());
            await("all have mailed").atMost(LIMIT).until(() -> load.deferred() == 250);
        }
    }

    private List<Path> setAside() throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.filter(file -> file.getFileName().toString().matches("ledger\\.db\\.corrupt-\\w+"))
                    .toList();
        }
    }
}
