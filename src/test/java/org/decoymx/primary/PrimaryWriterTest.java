package org.decoymx.primary;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.decoymx.it.Stopwatch;
import org.decoymx.ledger.Origin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On real files. A keeper that stops has written all that it could. */
class PrimaryWriterTest {
    private static final PrimaryHost HOST = new PrimaryHost("mx1.example.org", 25);
    private static final Duration WINDOW = Duration.ofHours(36);

    @TempDir
    private Path dir;

    private final Clock clock = Clock.systemUTC();
    private final Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);

    private Path file() {
        return dir.resolve("primary.db");
    }

    /** A decoy's life: what it knows, and the file it keeps it in. */
    private final class Life implements AutoCloseable {
        private final PrimaryVisits witnesses = new PrimaryVisits(WINDOW);
        private final PrimaryMonitor outage;
        private final PrimaryWriter keeper;

        Life(PrimaryHost... hosts) {
            outage = new PrimaryMonitor(List.of(hosts), Duration.ofMinutes(15), now);
            keeper = new PrimaryWriter(new PrimaryDatabase(file(), clock), witnesses, outage, clock);
            keeper.start();
        }

        Life sees(String... addresses) {
            for (String address : addresses) {
                witnesses.recordVisit(origin(address), now);
            }
            return this;
        }

        boolean knows(String address) {
            return witnesses.find(origin(address)).isPresent();
        }

        @Override
        public void close() {
            keeper.stop();
        }
    }

    private static Origin origin(String address) {
        return Origin.parse(address).orElseThrow();
    }

    private List<String> query(String sql) throws SQLException {
        List<String> cells = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                Statement statement = connection.createStatement()) {
            if (statement.execute(sql)) {
                ResultSet row = statement.getResultSet();
                while (row.next()) {
                    for (int column = 1; column <= row.getMetaData().getColumnCount(); column++) {
                        cells.add(String.valueOf(row.getString(column)));
                    }
                }
            }
        }
        return cells;
    }

    @Test
    void nothingToWrite_noFile() {
        try (Life life = new Life()) {
            life.keeper.runIfDue();
            assertThat(life.keeper.storageError()).isEmpty();
        }
        assertThat(file()).doesNotExist();
    }

    @Test
    void witnesses_areKnownAgain() throws Exception {
        try (Life life = new Life()) {
            life.sees("192.0.2.1", "192.0.2.9", "2001:db8::1");
        }
        String second = String.valueOf(now.getEpochSecond());
        assertThat(query("SELECT * FROM witness WHERE origin = '2001:db8::/64'"))
                .containsExactly("2001:db8::/64", second, second);
        assertThat(query("SELECT origin FROM network")).containsExactly("192.0.2.0");
        assertThat(query("PRAGMA user_version")).containsExactly("1");
        assertThat(Files.getPosixFilePermissions(file())).hasSize(2);
        try (Life next = new Life()) {
            assertThat(next.knows("192.0.2.1")).isTrue();
            assertThat(next.knows("192.0.2.2")).isFalse();
            assertThat(next.knows("2001:db8::1")).isTrue();
            assertThat(next.witnesses.wasSeenBefore(origin("192.0.2.2"), now.plusSeconds(1)))
                    .isTrue();
            assertThat(next.witnesses.hasChanges()).isFalse();
        }
    }

    @Test
    void witnesses_unseenForLong_areForgottenInTheFileToo() throws Exception {
        try (Life life = new Life()) {
            life.sees("192.0.2.1");
        }
        query("UPDATE witness SET first_seen = 5, last_seen = 6");
        query("UPDATE network SET first_seen = 5, last_seen = 6");
        try (Life next = new Life()) {
            assertThat(next.knows("192.0.2.1")).isFalse();
        }
        assertThat(query("SELECT count(*) FROM witness, network")).containsExactly("0");
    }

    @Test
    void outage_isKnownAgain() {
        try (Life life = new Life(HOST)) {
            life.outage.markUp(HOST, now, now);
            life.outage.markDown(HOST, now.plusSeconds(30), "x");
            life.outage.markUp(HOST, now.plusSeconds(60), now.plusSeconds(60));
        }
        PrimaryMonitor next = new PrimaryMonitor(List.of(HOST), Duration.ofMinutes(15), now.plusSeconds(100));
        PrimaryWriter keeper = new PrimaryWriter(
                new PrimaryDatabase(file(), clock),
                new PrimaryVisits(WINDOW),
                next,
                Clock.offset(clock, Duration.ofSeconds(100)));
        keeper.start();
        keeper.stop();
        next.markUp(HOST, now.plusSeconds(101), now.plusSeconds(101));
        assertThat(next.describePause(now.plusSeconds(200)).orElseThrow())
                .contains("mx1.example.org was down from " + now);
        assertThat(next.isScoringPaused(now.plusSeconds(959))).isTrue();
        assertThat(next.isScoringPaused(now.plusSeconds(962))).isFalse();
    }

    @Test
    void fileThatIsNoDatabase_isSetAside_andANewOneBegunWithAllThatIsKnown() throws Exception {
        String text = "this is no database at all; not at all".repeat(100);
        Files.writeString(file(), text);
        try (Life life = new Life()) {
            life.sees("192.0.2.1");
        }
        assertThat(query("SELECT origin FROM witness")).containsExactly("192.0.2.1");
        assertThat(files("primary.db.corrupt-")).singleElement().satisfies(aside -> assertThat(aside)
                .hasContent(text));
    }

    @Test
    void fileThatIsCut_isSetAside_andWhatCouldBeReadIsKept() throws Exception {
        try (Life life = new Life()) {
            for (int i = 0; i < 5_000; i++) {
                life.witnesses.recordVisit(new Origin(false, (long) i << 8), now);
            }
        }
        try (FileChannel cut = FileChannel.open(file(), StandardOpenOption.WRITE)) {
            cut.truncate(cut.size() / 2);
        }
        try (Life next = new Life()) {
            assertThat(next.keeper.quarantinedFiles()).hasSize(1);
            assertThat(next.keeper.storageError()).isEmpty();
            next.sees("192.0.2.1");
        }
        assertThat(query("SELECT count(*) FROM witness WHERE origin = '192.0.2.1'"))
                .containsExactly("1");
        assertThat(query("PRAGMA integrity_check")).containsExactly("ok");
    }

    @Test
    void rowsThatNobodyCanHaveWritten_areDamage() throws Exception {
        for (String damage : List.of("'nobody', 1, 2", "'192.0.2.2', 2, 1", "'192.0.2.2', 0, 0")) {
            try (Life life = new Life()) {
                life.sees("192.0.2.1");
            }
            query("INSERT INTO witness VALUES (" + damage + ")");
            try (Life next = new Life()) {
                assertThat(next.knows("192.0.2.1")).isTrue();
                assertThat(next.keeper.quarantinedFiles()).as(damage).hasSize(1);
                assertThat(next.keeper.storageError()).isEmpty();
            }
            assertThat(query("SELECT origin FROM witness")).containsExactly("192.0.2.1");
            for (Path aside : files("primary.db.corrupt-")) {
                Files.delete(aside);
            }
        }
    }

    private List<Path> files(String start) throws IOException {
        try (var all = Files.list(dir)) {
            return all.filter(path -> path.getFileName().toString().startsWith(start))
                    .toList();
        }
    }

    @Test
    void fileOfAnotherProgram_orOfANewerVersion_isNotTouched_andAllGoesOnInMemory() throws Exception {
        query("CREATE TABLE theirs (a)");
        assertNotTouched("another program");
        Files.delete(file());
        try (Life life = new Life()) {
            life.sees("198.51.100.1");
        }
        query("PRAGMA user_version = 99");
        assertNotTouched("version 99");
    }

    private void assertNotTouched(String words) throws IOException {
        byte[] before = Files.readAllBytes(file());
        try (Life life = new Life()) {
            assertThat(life.keeper.storageError().orElseThrow()).contains(words).contains(file().toString());
            life.sees("192.0.2.1");
            life.keeper.runOnce();
            assertThat(life.knows("192.0.2.1")).isTrue();
            assertThat(life.witnesses.hasChanges()).isTrue();
        }
        assertThat(Files.readAllBytes(file())).isEqualTo(before);
    }

    @Test
    void fileThatCannotBeMade_isMadeLater() throws Exception {
        Path later = dir.resolve("later");
        PrimaryVisits witnesses = new PrimaryVisits(WINDOW);
        PrimaryDatabase file = new PrimaryDatabase(later.resolve("primary.db"), clock);
        PrimaryWriter keeper = new PrimaryWriter(file, witnesses, new PrimaryMonitor(), clock);
        keeper.start();
        witnesses.recordVisit(origin("192.0.2.1"), now);
        keeper.runOnce();
        assertThat(keeper.storageError().orElseThrow()).contains("cannot be made");
        assertThat(witnesses.hasChanges()).isTrue();
        Files.createDirectory(later);
        keeper.runOnce();
        assertThat(keeper.storageError()).isEmpty();
        keeper.stop();
        assertThat(later.resolve("primary.db")).isNotEmptyFile();
    }

    @Test
    void fileMovedAway_isWrittenAnew() throws Exception {
        try (Life life = new Life()) {
            life.sees("192.0.2.1");
            life.keeper.runOnce();
            Files.move(file(), dir.resolve("moved"));
            life.sees("198.51.100.1");
            life.keeper.runOnce();
        }
        assertThat(query("SELECT origin FROM witness ORDER BY origin")).containsExactly("192.0.2.1", "198.51.100.1");
    }

    @Test
    void halfAMillion_areWrittenAndReadQuickly() {
        try (Life life = new Life()) {
            for (int i = 0; i < 500_000; i++) {
                life.witnesses.recordVisit(new Origin(false, 0x0b00_0000L + ((long) i << 8) + i % 200), now);
            }
            life.keeper.runOnce();
            Stopwatch reading = Stopwatch.start();
            try (Life next = new Life()) {
                Duration took = reading.elapsed();
                System.out.println(
                        "half a million witnesses and as many networks are read in " + took.toMillis() + " ms");
                assertThat(next.witnesses.size()).isEqualTo(500_000);
                assertThat(took).isLessThan(Duration.ofSeconds(10));
            }
        }
    }
}
