package org.decoymx.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.decoymx.store.StorageException.StorageErrorKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

class DatabaseTest {
    private static final String QUARANTINED = "test.db.corrupt-20260101T000000Z";
    private static final String COUNT = "SELECT count(*) FROM host";
    private final StorageException damage = new StorageException(StorageErrorKind.CORRUPT, "it is damaged");

    @TempDir
    private Path dir;

    private Path file;
    private Database database;

    @BeforeEach
    void create() {
        file = dir.resolve("test.db");
        database = newDatabase();
    }

    private Database newDatabase() {
        DatabaseFormat format =
                new DatabaseFormat("primary", 1, 0x1234, true, 4_096, List.of(), List.of("PRAGMA journal_mode = WAL"));
        return new Database(file, format, Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC));
    }

    @AfterEach
    void release() {
        database.release();
    }

    private DatabaseConnection open() throws StorageException {
        return database.open(connection -> connection);
    }

    private static void insert(DatabaseConnection connection) throws StorageException {
        connection.execute("INSERT INTO host VALUES ('mx1.example.org', 5)");
    }

    @Test
    void open_newFile_hasTheSchema() throws Exception {
        try (DatabaseConnection connection = open()) {
            assertThat(connection.queryInt(COUNT)).isZero();
            assertThat(connection.queryInt("PRAGMA user_version")).isEqualTo(1);
            assertThat(connection.queryInt("PRAGMA application_id")).isEqualTo(0x1234);
        }
        assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
    }

    @Test
    void unreadableSector_isDamage_aLockIsNot() {
        assertThat(kindOf(SQLiteErrorCode.SQLITE_IOERR_READ)).isEqualTo(StorageErrorKind.CORRUPT);
        assertThat(kindOf(SQLiteErrorCode.SQLITE_IOERR_WRITE)).isEqualTo(StorageErrorKind.OTHER);
        assertThat(kindOf(SQLiteErrorCode.SQLITE_BUSY_SNAPSHOT)).isEqualTo(StorageErrorKind.BUSY);
    }

    private StorageErrorKind kindOf(SQLiteErrorCode code) {
        return StorageException.fromSqlException(new SQLiteException("test", code), file)
                .kind();
    }

    @Test
    void transaction_thatFails_changesNothing() throws Exception {
        try (DatabaseConnection connection = open()) {
            assertThatThrownBy(() -> connection.transaction(() -> {
                        insert(connection);
                        throw connection.corrupt("test");
                    }))
                    .hasMessage(file + " is damaged: test");
        }
        try (DatabaseConnection connection = open()) {
            assertThat(connection.queryInt(COUNT)).isZero();
            connection.transaction(() -> insert(connection));
            assertThat(connection.queryInt(COUNT)).isEqualTo(1);
        }
    }

    @Test
    void open_lockedFile_fails_untilItIsReleased() throws Exception {
        open().close();
        Database second = newDatabase();
        assertThatThrownBy(() -> second.open(connection -> connection))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.kind()).isEqualTo(StorageErrorKind.LOCKED));
        database.release();
        second.open(connection -> connection).close();
        second.release();
    }

    /** A lock belongs to an inode, so that a second lock file would not be locked. */
    @Test
    void open_afterTheLockFileWasDeleted_fails() throws Exception {
        try (DatabaseConnection connection = open()) {
            Files.delete(dir.resolve("test.db.lock"));
            assertLocked();
            assertThat(connection.queryInt(COUNT)).isZero();
        }
        open().close();
        Files.delete(dir.resolve("test.db.lock"));
        assertLocked();
        Files.delete(dir.resolve("test.db.lock"));
        Files.move(file, dir.resolve("moved.db"));
        open().close();
        assertLocked();
    }

    private void assertLocked() {
        Database second = newDatabase();
        assertThatThrownBy(() -> second.open(connection -> connection))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.kind()).isEqualTo(StorageErrorKind.LOCKED));
        second.release();
    }

    @Test
    void emptyFile_isDamaged_andANewFileIsNeverEmpty() throws Exception {
        Files.createFile(file);
        assertThatThrownBy(this::open)
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.kind()).isEqualTo(StorageErrorKind.CORRUPT))
                .hasMessage(file + " is empty");
        Files.delete(file);
        Files.createDirectories(dir.resolve("test.db.new").resolve("obstacle"));
        assertThatThrownBy(this::open).hasMessageStartingWith(file + " cannot be created: ");
        assertThat(file).doesNotExist();
    }

    @Test
    void setupThatFails_closesTheConnection() throws Exception {
        assertThatThrownBy(() -> database.open(connection -> {
                    throw connection.corrupt("test");
                }))
                .isInstanceOf(StorageException.class);
        assertThat(dir.resolve("test.db-wal")).doesNotExist();
    }

    @Test
    void isReplaced_forAMovedOrReplacedFile() throws Exception {
        open().close();
        assertThat(database.isReplaced()).isFalse();
        database.rememberFileKey();
        assertThat(database.isReplaced()).isFalse();
        Files.move(file, dir.resolve("moved.db"));
        assertThat(database.isReplaced()).isTrue();
        open().close();
        assertThat(database.isReplaced()).isTrue();
    }

    @Test
    void quarantine_movesTheFileWithItsLog_andDropsTheJournal() throws Exception {
        for (String suffix : List.of("", "-wal", "-shm", "-journal")) {
            Files.writeString(dir.resolve("test.db" + suffix), suffix);
        }
        database.quarantine(damage, DatabaseTest::fill);
        assertThat(names())
                .containsExactly(
                        "test.db",
                        "test.db.corrupt-20260101T000000Z",
                        "test.db.corrupt-20260101T000000Z-shm",
                        "test.db.corrupt-20260101T000000Z-wal");
        assertThat(database.quarantinedFiles()).containsExactly("test.db.corrupt-20260101T000000Z");
    }

    /** A step that fails stands for a process that dies before it. */
    @ParameterizedTest
    @ValueSource(strings = {QUARANTINED + "-wal", QUARANTINED + "-shm", "test.db-journal"})
    void quarantine_interrupted_isFinishedByTheNextOpen(String obstacle) throws Exception {
        writeDamaged();
        Files.createDirectories(dir.resolve(obstacle).resolve("sub"));
        assertThatThrownBy(() -> database.quarantine(damage, DatabaseTest::fill))
                .isInstanceOf(StorageException.class);
        assertThat(file).hasContent("damaged");
        Files.delete(dir.resolve(obstacle).resolve("sub"));
        Files.delete(dir.resolve(obstacle));
        database.release();
        database = newDatabase();
        try (DatabaseConnection connection = open()) {
            assertThat(connection.queryInt(COUNT)).isEqualTo(1);
        }
        assertThat(names())
                .containsExactly("test.db", QUARANTINED, QUARANTINED + "-shm", QUARANTINED + "-wal", "test.db.lock");
        assertThat(dir.resolve(QUARANTINED)).hasContent("damaged");
        assertThat(dir.resolve(QUARANTINED + "-wal")).hasContent("log");
        open().close();
        assertThat(database.quarantinedFiles()).containsExactly(QUARANTINED);
    }

    @Test
    void quarantine_interruptedWhileTheNewFileIsFilled_canBeRepeated() throws Exception {
        writeDamaged();
        assertThatThrownBy(() -> database.quarantine(damage, connection -> {
                    insert(connection);
                    throw new IllegalStateException("the process dies");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(names()).containsExactly("test.db", "test.db-shm", "test.db-wal", "test.db.new");
        assertThat(file).hasContent("damaged");
        assertThat(dir.resolve("test.db-wal")).hasContent("log");

        database = newDatabase();
        assertThatThrownBy(this::open).isInstanceOfSatisfying(StorageException.class, e -> assertThat(e.kind())
                .isEqualTo(StorageErrorKind.CORRUPT));
        assertThat(database.quarantine(damage, DatabaseTest::fill)).isEqualTo("1 host");
        try (DatabaseConnection connection = open()) {
            assertThat(connection.queryInt(COUNT)).isEqualTo(1);
        }
    }

    @Test
    void newFile_interruptedWhileItIsFilled_isCreatedAgain() throws Exception {
        assertThatThrownBy(() -> database.open(
                        connection -> {
                            throw new IllegalStateException("the process dies");
                        },
                        connection -> connection))
                .isInstanceOf(IllegalStateException.class);
        assertThat(names()).containsExactly("test.db.lock", "test.db.new");
        database.release();
        database = newDatabase();
        try (DatabaseConnection connection = database.open(DatabaseTest::fill, opened -> opened)) {
            assertThat(connection.queryInt(COUNT)).isEqualTo(1);
        }
    }

    private void writeDamaged() throws IOException {
        Files.writeString(file, "damaged");
        Files.writeString(dir.resolve("test.db-wal"), "log");
        Files.writeString(dir.resolve("test.db-shm"), "index of the log");
    }

    @Test
    void quarantine_isRefused_afterFiveFiles() throws Exception {
        Files.writeString(file, "damaged");
        for (int i = 0; i < 5; i++) {
            Files.writeString(dir.resolve("test.db.corrupt-" + i), "damaged");
        }
        assertThatThrownBy(() -> database.quarantine(damage, DatabaseTest::fill))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.kind()).isEqualTo(StorageErrorKind.OTHER))
                .hasMessage(file
                        + " is damaged, and there are 5 quarantined files already; check the disk, then move the"
                        + " *.corrupt-* files away");
        assertThat(file).hasContent("damaged");
    }

    @Test
    void quarantine_reportsWhyTheFileStays() throws Exception {
        Files.writeString(file, "damaged");
        Files.createDirectories(dir.resolve("test.db.corrupt-20260101T000000Z").resolve("sub"));
        assertThatThrownBy(() -> database.quarantine(damage, DatabaseTest::fill))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.kind()).isEqualTo(StorageErrorKind.READ_ONLY))
                .hasMessageStartingWith(file + " is damaged and cannot be quarantined: ");
    }

    private static String fill(DatabaseConnection connection) throws StorageException {
        insert(connection);
        return "1 host";
    }

    private List<String> names() throws IOException {
        try (var files = Files.list(dir)) {
            return files.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }
}
