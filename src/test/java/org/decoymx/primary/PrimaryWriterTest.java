package org.decoymx.primary;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
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
import java.util.Arrays;
import java.util.List;
import org.decoymx.it.Stopwatch;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.PrimaryVisits;
import org.decoymx.store.Database;
import org.decoymx.support.TestClocks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Uses real files. A writer that stops has written all changes if it can. */
class PrimaryWriterTest {
    private static final PrimaryHost HOST = new PrimaryHost("mx1.example.org", 25);

    @TempDir
    private Path dir;

    private final Clock clock = Clock.systemUTC();
    private final Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);

    private Path file() {
        return dir.resolve("primary.db");
    }

    /** One run of the decoy: its visits, its monitor and the writer of the file. */
    private final class DecoyRun implements AutoCloseable {
        private final PrimaryVisits visits = new PrimaryVisits();
        private final PrimaryMonitor monitor;
        private final PrimaryWriter writer;

        DecoyRun(PrimaryHost... hosts) {
            monitor = PrimaryMonitorTest.newMonitor(List.of(hosts), Duration.ofMinutes(15), now);
            writer = new PrimaryWriter(
                    new Database(file(), PrimaryStore.FORMAT, clock), visits, monitor, TestClocks.trusted(clock));
            writer.start();
        }

        DecoyRun visit(String... addresses) {
            for (String address : addresses) {
                visits.recordVisit(origin(address), now, false);
            }
            return this;
        }

        boolean hasVisit(String address) {
            return visits.find(origin(address)).isPresent();
        }

        @Override
        public void close() {
            writer.stop();
        }
    }

    private static IpPrefix origin(String address) {
        return IpText.parseHostNetwork(address).orElseThrow();
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
    void nothingToWrite_createsNoFile() {
        try (DecoyRun run = new DecoyRun()) {
            run.writer.runIfDue();
            assertThat(run.writer.storageError()).isEmpty();
        }
        assertThat(file()).doesNotExist();
    }

    @Test
    void visits_areLoadedAgain() throws Exception {
        try (DecoyRun run = new DecoyRun()) {
            run.visit("192.0.2.1", "192.0.2.9", "2001:db8::1");
            run.visits.recordAccepted(origin("192.0.2.1"), now);
            run.visits.recordAccepted(origin("192.0.2.1"), now.minus(Duration.ofDays(35)));
            run.visits.recordAccepted(origin("2001:db8::1"), now);
        }
        String second = String.valueOf(now.getEpochSecond());
        assertThat(query("SELECT * FROM witness WHERE origin = '2001:db8::1'"))
                .containsExactly("2001:db8::1", second, second);
        assertThat(query("SELECT origin FROM network")).containsExactly("192.0.2.0", "2001:db8::/64");
        assertThat(query("PRAGMA user_version")).containsExactly("2");
        assertThat(Files.getPosixFilePermissions(file())).hasSize(2);
        try (DecoyRun next = new DecoyRun()) {
            assertThat(next.hasVisit("192.0.2.1")).isTrue();
            assertThat(next.hasVisit("192.0.2.2")).isFalse();
            assertThat(next.hasVisit("2001:db8::1")).isTrue();
            assertThat(next.visits.remembersNetwork(IpText.parseNetwork("192.0.2.0/24")))
                    .isTrue();
            assertThat(next.visits.acceptedDays(origin("192.0.2.1")).count(now.getEpochSecond()))
                    .isEqualTo(2);
            assertThat(next.visits.acceptedDays(origin("2001:db8::1")).count(now.getEpochSecond()))
                    .isEqualTo(1);
            assertThat(next.visits.hasChanges()).isFalse();
        }
    }

    @Test
    void oldVisits_areRemovedFromTheFile() throws Exception {
        try (DecoyRun run = new DecoyRun()) {
            run.visit("192.0.2.1");
        }
        query("UPDATE witness SET first_seen = 5, last_seen = 6");
        query("UPDATE network SET first_seen = 5, last_seen = 6");
        try (DecoyRun next = new DecoyRun()) {
            assertThat(next.hasVisit("192.0.2.1")).isFalse();
        }
        assertThat(query("SELECT count(*) FROM witness, network")).containsExactly("0");
    }

    @Test
    void outage_isLoadedAgain() {
        try (DecoyRun run = new DecoyRun(HOST)) {
            run.monitor.markUp(HOST, now, now);
            run.monitor.markDown(HOST, now.plusSeconds(30), "x");
            run.monitor.markUp(HOST, now.plusSeconds(60), now.plusSeconds(60));
        }
        PrimaryMonitor next =
                PrimaryMonitorTest.newMonitor(List.of(HOST), Duration.ofMinutes(15), now.plusSeconds(100));
        PrimaryWriter writer = new PrimaryWriter(
                new Database(file(), PrimaryStore.FORMAT, clock),
                new PrimaryVisits(),
                next,
                TestClocks.trusted(Clock.offset(clock, Duration.ofSeconds(100))));
        writer.start();
        writer.stop();
        next.markUp(HOST, now.plusSeconds(101), now.plusSeconds(101));
        assertThat(next.outages().describePause(now.plusSeconds(200)).orElseThrow())
                .contains("mx1.example.org was down from " + now);
        assertThat(next.outages().isScoringPaused(now.plusSeconds(959))).isTrue();
        assertThat(next.outages().isScoringPaused(now.plusSeconds(962))).isFalse();
    }

    @Test
    void fileThatIsNoDatabase_isQuarantined_andVisitsGoToANewOne() throws Exception {
        String text = "this is no database at all; not at all".repeat(100);
        Files.writeString(file(), text);
        try (DecoyRun run = new DecoyRun()) {
            run.visit("192.0.2.1");
        }
        assertThat(query("SELECT origin FROM witness")).containsExactly("192.0.2.1");
        assertThat(files("primary.db.corrupt-")).singleElement().satisfies(quarantined -> assertThat(quarantined)
                .hasContent(text));
    }

    @Test
    void damagedPage_losesOnlyItsVisits() throws Exception {
        try (DecoyRun run = new DecoyRun()) {
            for (int i = 0; i < 5_000; i++) {
                run.visits.recordVisit(IpPrefix.ofBits(false, (long) i << 8), now, false);
            }
        }
        for (long page : new long[] {0, 1, 20}) {
            try (FileChannel damaged = FileChannel.open(file(), StandardOpenOption.WRITE)) {
                damaged.write(ByteBuffer.allocate(4_096), page * 4_096);
            }
            try (DecoyRun next = new DecoyRun()) {
                assertThat(next.visits.size()).as("page %d", page + 1).isGreaterThan(4_700);
                assertThat(next.writer.storageError()).isEmpty();
            }
            assertThat(query("PRAGMA integrity_check")).containsExactly("ok");
            for (Path quarantined : files("primary.db.corrupt-")) {
                Files.delete(quarantined);
            }
        }
    }

    /** SQLite reads zeros in a page as rows of nulls. */
    @Test
    void anyZeroedSector_losesOnlyItsVisits() throws Exception {
        try (DecoyRun run = new DecoyRun(HOST)) {
            for (int i = 0; i < 20; i++) {
                run.visits.recordVisit(IpPrefix.ofBits(false, (long) i << 8), now, false);
            }
            run.visits.recordAccepted(origin("192.0.2.1"), now);
            run.monitor.markUp(HOST, now, now);
            run.monitor.markDown(HOST, now.plusSeconds(30), "x");
        }
        byte[] intact = Files.readAllBytes(file());
        for (int sector = 0; sector < intact.length / 512; sector++) {
            byte[] damaged = intact.clone();
            Arrays.fill(damaged, sector * 512, (sector + 1) * 512, (byte) 0);
            Files.write(file(), damaged);
            try (DecoyRun next = new DecoyRun()) {
                assertThat(next.writer.storageError()).as("sector %d", sector).isEmpty();
                next.visit("192.0.2.9");
            }
            assertThat(query("SELECT origin FROM witness WHERE origin = '192.0.2.9'"))
                    .as("sector %d", sector)
                    .hasSize(1);
            for (Path quarantined : files("primary.db.corrupt-")) {
                Files.delete(quarantined);
            }
        }
    }

    @Test
    void fileDamagedWhileRunning_isReplacedByWhatIsInMemory() throws Exception {
        try (DecoyRun run = new DecoyRun()) {
            run.visit("192.0.2.1").writer.runOnce();
            Files.writeString(file(), "damaged");
            run.visit("192.0.2.2").writer.runOnce();
            assertThat(run.writer.quarantinedFiles()).hasSize(1);
            assertThat(query("SELECT origin FROM witness")).containsExactly("192.0.2.1", "192.0.2.2");
        }
    }

    @Test
    void truncatedFile_isQuarantined_andReplacedByAValidOne() throws Exception {
        try (DecoyRun run = new DecoyRun()) {
            for (int i = 0; i < 5_000; i++) {
                run.visits.recordVisit(IpPrefix.ofBits(false, (long) i << 8), now, false);
            }
        }
        try (FileChannel cut = FileChannel.open(file(), StandardOpenOption.WRITE)) {
            cut.truncate(cut.size() / 2);
        }
        try (DecoyRun next = new DecoyRun()) {
            assertThat(next.writer.quarantinedFiles()).hasSize(1);
            assertThat(next.writer.storageError()).isEmpty();
            assertThat(next.visits.size()).isPositive();
            next.visit("192.0.2.1");
        }
        assertThat(query("SELECT count(*) FROM witness WHERE origin = '192.0.2.1'"))
                .containsExactly("1");
        assertThat(query("PRAGMA integrity_check")).containsExactly("ok");
    }

    @Test
    void invalidRows_quarantineTheFile() throws Exception {
        for (String damage : List.of("'nobody', 1, 2", "'192.0.2.2', 2, 1", "'192.0.2.2', 0, 0")) {
            try (DecoyRun run = new DecoyRun()) {
                run.visit("192.0.2.1");
            }
            query("INSERT INTO witness VALUES (" + damage + ")");
            try (DecoyRun next = new DecoyRun()) {
                assertThat(next.hasVisit("192.0.2.1")).isTrue();
                assertThat(next.writer.quarantinedFiles()).as(damage).hasSize(1);
                assertThat(next.writer.storageError()).isEmpty();
            }
            assertThat(query("SELECT origin FROM witness")).containsExactly("192.0.2.1");
            for (Path quarantined : files("primary.db.corrupt-")) {
                Files.delete(quarantined);
            }
        }
    }

    private List<Path> files(String prefix) throws IOException {
        try (var all = Files.list(dir)) {
            return all.filter(path -> path.getFileName().toString().startsWith(prefix))
                    .toList();
        }
    }

    @Test
    void fileOfAnotherProgramOrNewerVersion_isNotChanged_andVisitsStayInMemory() throws Exception {
        query("CREATE TABLE theirs (a)");
        assertUnchanged("another program");
        Files.delete(file());
        try (DecoyRun run = new DecoyRun()) {
            run.visit("198.51.100.1");
        }
        query("PRAGMA user_version = 99");
        assertUnchanged("version 99");
    }

    private void assertUnchanged(String message) throws IOException {
        byte[] before = Files.readAllBytes(file());
        try (DecoyRun run = new DecoyRun()) {
            assertThat(run.writer.storageError().orElseThrow())
                    .contains(message)
                    .contains(file().toString());
            run.visit("192.0.2.1");
            run.writer.runOnce();
            assertThat(run.hasVisit("192.0.2.1")).isTrue();
            assertThat(run.visits.hasChanges()).isTrue();
        }
        assertThat(Files.readAllBytes(file())).isEqualTo(before);
    }

    @Test
    void fileThatCannotBeCreated_isCreatedLater() throws Exception {
        Path later = dir.resolve("later");
        PrimaryVisits visits = new PrimaryVisits();
        Database file = new Database(later.resolve("primary.db"), PrimaryStore.FORMAT, clock);
        PrimaryWriter writer = new PrimaryWriter(
                file, visits, PrimaryMonitorTest.newMonitor(List.of(), Duration.ZERO, now), TestClocks.trusted(clock));
        writer.start();
        visits.recordVisit(origin("192.0.2.1"), now, false);
        writer.runOnce();
        assertThat(writer.storageError().orElseThrow()).contains("cannot be created");
        assertThat(visits.hasChanges()).isTrue();
        Files.createDirectory(later);
        writer.runOnce();
        assertThat(writer.storageError()).isEmpty();
        writer.stop();
        assertThat(later.resolve("primary.db")).isNotEmptyFile();
    }

    @Test
    void fileMovedAway_isWrittenAgain() throws Exception {
        try (DecoyRun run = new DecoyRun()) {
            run.visit("192.0.2.1");
            run.writer.runOnce();
            Files.move(file(), dir.resolve("moved"));
            run.visit("198.51.100.1");
            run.writer.runOnce();
        }
        assertThat(query("SELECT origin FROM witness ORDER BY origin")).containsExactly("192.0.2.1", "198.51.100.1");
    }

    @Test
    void halfAMillionVisits_areWrittenAndLoadedQuickly() {
        try (DecoyRun run = new DecoyRun()) {
            for (int i = 0; i < 500_000; i++) {
                run.visits.recordVisit(IpPrefix.ofBits(false, 0x0b00_0000L + ((long) i << 8) + i % 200), now, false);
            }
            run.writer.runOnce();
            Stopwatch stopwatch = Stopwatch.start();
            try (DecoyRun next = new DecoyRun()) {
                Duration duration = stopwatch.elapsed();
                System.out.println("500,000 visits and as many networks loaded in " + duration.toMillis() + " ms");
                assertThat(next.visits.size()).isEqualTo(500_000);
                assertThat(duration).isLessThan(Duration.ofSeconds(10));
            }
        }
    }
}
