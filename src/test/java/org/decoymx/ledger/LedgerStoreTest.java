package org.decoymx.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.decoymx.ledger.LedgerFixtures.HERE;
import static org.decoymx.ledger.LedgerFixtures.T;
import static org.decoymx.ledger.LedgerFixtures.THERE;
import static org.decoymx.ledger.LedgerFixtures.caught;
import static org.decoymx.ledger.LedgerFixtures.counts;
import static org.decoymx.ledger.LedgerFixtures.origin;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ManualDecision;
import org.decoymx.policy.SenderScore;
import org.decoymx.policy.Tier;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.store.Database;
import org.decoymx.store.StorageException;
import org.decoymx.store.StorageException.StorageErrorKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerStoreTest {
    @TempDir
    private Path dir;

    private Path file;
    private final List<Database> databases = new ArrayList<>();

    @BeforeEach
    void setFile() {
        file = dir.resolve("ledger.db");
    }

    @AfterEach
    void release() {
        databases.forEach(Database::release);
    }

    private LedgerStore open() throws StorageException {
        release();
        Database database = new Database(file, LedgerStore.FORMAT, Clock.systemUTC());
        databases.add(database);
        return LedgerFixtures.openStore(database, HERE);
    }

    private void write(LedgerRecord... records) throws StorageException {
        try (LedgerStore store = open()) {
            store.commit(List.of(records).iterator());
        }
    }

    private List<SenderCounts> read() throws StorageException {
        List<SenderCounts> countsList = new ArrayList<>();
        try (LedgerStore store = open()) {
            store.load(LedgerStore.OriginRange.LOWER, countsList::add);
            store.load(LedgerStore.OriginRange.UPPER, countsList::add);
        }
        return countsList;
    }

    private void update(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    private List<String> query(String sql) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            if (statement.execute(sql)) {
                ResultSet row = statement.getResultSet();
                while (row.next()) {
                    for (int column = 1; column <= row.getMetaData().getColumnCount(); column++) {
                        values.add(String.valueOf(row.getString(column)));
                    }
                }
            }
        }
        return values;
    }

    private static SessionEvidence evidence(String address) {
        return SessionEvidence.of(caught(1, address, 0));
    }

    @Test
    void counts_writtenAndRead_areEqual() throws StorageException {
        SenderCounts maximum = new SenderCounts(
                THERE,
                LedgerFixtures.origin("2001:db8::1"),
                0,
                0xffff_ffffL,
                0xffff_ffffL,
                1,
                0x1fff,
                7,
                new SenderScore(0.25, 0xffff_ffffL, Integer.MAX_VALUE, 5, 0xffff_ffffL, -1));
        SenderCounts typical = counts(HERE, "192.0.2.1", 5, 2, 9);
        write(new LedgerRecord(maximum, null), new LedgerRecord(typical, evidence("192.0.2.1")));
        assertThat(read()).containsExactlyInAnyOrder(maximum, typical);
    }

    @Test
    void commit_sameSender_replacesCounts_keepsEvidence() throws Exception {
        write(new LedgerRecord(counts(HERE, "192.0.2.1", 5, 2, 9), evidence("192.0.2.1")));
        SenderCounts second = counts(HERE, "192.0.2.1", 8, 3, 0);
        write(new LedgerRecord(second, null));
        assertThat(read()).containsExactly(second);
        assertThat(query("SELECT helo, sender_domain, deepest, tls, ended, recipients FROM sender"))
                .containsExactly("client.example.net", "example.com", "DATA", "1", "QUIT", "2");
    }

    @Test
    void view_showsTimesAndTraitNames() throws Exception {
        write(new LedgerRecord(counts(HERE, "192.0.2.1", 5, 2, 0), null));
        assertThat(query(
                        "SELECT origin, node, last_seen, listed_until, traits FROM senders WHERE origin = '192.0.2.1'"))
                .containsExactly("192.0.2.1", "here", "2026-01-01 00:00:05", "null", "EARLY_TALKER PIPELINED_UNASKED");
    }

    @Test
    void file_ofVersion5_thatCannotBeWritten_isRead() throws Exception {
        for (int version = 1; version <= 5; version++) {
            update(script(version));
        }
        update("INSERT INTO node (name, own) VALUES ('here', 1)");
        update("INSERT INTO sender VALUES ('192.0.2.1', 1, 5, 6, 3, 2, 10.5, 6, 1, 6, 90, 3,"
                + " NULL, NULL, NULL, NULL, NULL, NULL, 0, 0)");
        update("INSERT INTO manual VALUES ('192.0.2.1', 'NONE', 7, 0, 'a mistake')");
        update("PRAGMA application_id = 0x64636d78");
        update("PRAGMA user_version = 5");
        Map<IpPrefix, ManualDecision> decisions = new HashMap<>();
        List<SenderCounts> counts = new ArrayList<>();
        Database database = new Database(file, LedgerStore.FORMAT, Clock.systemUTC());
        try (LedgerStore store = database.openReadOnly(true, LedgerStore::new)) {
            store.load(LedgerStore.OriginRange.LOWER, counts::add);
            store.trust().manual().load(decisions::put);
            store.exchange().loadTrust((node, origin, state, otherKey) -> {});
        }
        assertThat(counts).extracting(SenderCounts::sessions).containsExactly(3L);
        assertThat(decisions)
                .containsExactly(Map.entry(origin("192.0.2.1"), new ManualDecision(Tier.NONE, 7, 0, "a mistake")));
    }

    private static String script(int version) throws IOException {
        return new String(
                Objects.requireNonNull(Database.class.getResourceAsStream("ledger-" + version + ".sql"))
                        .readAllBytes(),
                StandardCharsets.UTF_8);
    }

    @Test
    void file_ofVersion1_isMigrated() throws Exception {
        for (String statement : List.of(
                script(1),
                "INSERT INTO node (name, own) VALUES ('here', 1)",
                "INSERT INTO sender VALUES ('192.0.2.1', 1, 5, 6, 3, 2, 10.5, 6, 1, 6, 90, 3,"
                        + " 'a.example', 'b.example', 'DATA', 0, 'QUIT', 1)",
                "PRAGMA application_id = 0x64636d78",
                "PRAGMA user_version = 1")) {
            update(statement);
        }
        SenderCounts migrated = new SenderCounts(
                HERE, LedgerFixtures.origin("192.0.2.1"), 5, 6, 3, 2, 3, 0, new SenderScore(10.5, 6, 1, 6, 90, 0));
        assertThat(read()).containsExactly(migrated);
        assertThat(query("SELECT helo, waivers FROM senders")).containsExactly("a.example", "null");
        assertThat(query("SELECT version, trust FROM sender")).containsExactly("0", "null");
        assertThat(query("PRAGMA user_version")).containsExactly("6");
    }

    @Test
    void traits_haveTheBitsOfTheTraitTable() throws Exception {
        write();
        Map<String, Integer> bits = new TreeMap<>();
        IntStream.range(0, EnumBitSet.TRAITS.constants().size())
                .forEach(bit -> bits.put(EnumBitSet.TRAITS.constants().get(bit).name(), 1 << bit));
        Map<String, Integer> written = new TreeMap<>();
        List<String> values = query("SELECT name, bit FROM trait");
        for (int i = 0; i < values.size(); i += 2) {
            written.put(values.get(i), Integer.valueOf(values.get(i + 1)));
        }
        assertThat(written).isEqualTo(bits);
        assertThat(EnumBitSet.TRAITS.constants()).containsExactlyInAnyOrder(Trait.values());
    }

    @Test
    void newFile_hasWalAndIncrementalVacuum() throws Exception {
        write();
        assertThat(query("PRAGMA journal_mode")).containsExactly("wal");
        assertThat(query("PRAGMA auto_vacuum")).containsExactly("2");
        assertThat(query("PRAGMA user_version")).containsExactly(String.valueOf(LedgerStore.FORMAT.version()));
        assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
    }

    @Test
    void delete_manySenders_shrinksTheFile() throws Exception {
        List<LedgerRecord> many = IntStream.range(0, 50_000)
                .mapToObj(i -> new LedgerRecord(
                        counts(HERE, "10." + i / 65_536 + "." + i / 256 % 256 + "." + i % 256, 0, 1, 0),
                        evidence("192.0.2.1")))
                .toList();
        write(many.toArray(LedgerRecord[]::new));
        long full = Files.size(file);
        try (LedgerStore store = open()) {
            store.delete(many.stream().map(LedgerRecord::counts).toList());
            store.shrink(1_000_000);
        }
        assertThat(read()).isEmpty();
        assertThat(Files.size(file)).isLessThan(full / 2);
    }

    @Test
    void readPage_returnsEachRecordOnce_inOrder() throws StorageException {
        write(
                new LedgerRecord(counts(HERE, "192.0.2.1", 1, 1, 0), evidence("192.0.2.1")),
                new LedgerRecord(counts(THERE, "192.0.2.1", 1, 1, 0), null),
                new LedgerRecord(counts(HERE, "192.0.2.2", 1, 1, 0), null));
        List<LedgerRecord> all = new ArrayList<>();
        try (LedgerStore store =
                new Database(file, LedgerStore.FORMAT, Clock.systemUTC()).openReadOnly(false, LedgerStore::new)) {
            List<LedgerRecord> page = store.pages().readPage(null, 1);
            while (!page.isEmpty()) {
                all.addAll(page);
                page = store.pages().readPage(page.get(0).counts(), 1);
            }
        }
        assertThat(all)
                .extracting(ledgerRecord -> ledgerRecord.counts().origin() + " "
                        + ledgerRecord.counts().node().name())
                .containsExactly("192.0.2.1 here", "192.0.2.1 there", "192.0.2.2 here");
        assertThat(all.get(0).evidence()).isEqualTo(evidence("192.0.2.1"));
        assertThat(all.get(1).evidence()).isNull();
    }

    @Test
    void damagedFields_doNotBreakAnExport() throws Exception {
        for (String damage : List.of(
                "helo = 'mail' || char(200)",
                "sender_domain = NULL",
                "deepest = 'X'",
                "ended = NULL",
                "recipients = -1",
                "conversations = 9",
                "offences = 3000000000")) {
            write(new LedgerRecord(counts(HERE, "192.0.2.1", 1, 1, 0), evidence("192.0.2.1")));
            query("UPDATE sender SET " + damage);
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            try (LedgerStore store = open()) {
                LedgerRecordJson.write(store.pages().readPage(null, 1), line);
            }
            SenderCounts exported =
                    LedgerRecordJson.read(line.toByteArray(), T.plusSeconds(60)).counts();
            assertThat(exported.origin()).as(damage).isEqualTo(origin("192.0.2.1"));
        }
    }

    @Test
    void file_ofNewerVersion_isRejectedUnchanged() throws Exception {
        write();
        query("PRAGMA user_version = 99");
        assertRejectedUnchanged(StorageErrorKind.FOREIGN, "version 99");
    }

    @Test
    void file_ofAnotherProgram_isRejectedUnchanged() throws Exception {
        query("CREATE TABLE other (a)");
        assertRejectedUnchanged(StorageErrorKind.FOREIGN, "another program");
    }

    @Test
    void file_notADatabase_isDamaged() throws Exception {
        Files.writeString(file, "hello, this is no database at all; not at all".repeat(100));
        assertRejectedUnchanged(StorageErrorKind.CORRUPT, "damaged");
    }

    private void assertRejectedUnchanged(StorageErrorKind kind, String message) throws IOException {
        byte[] before = Files.readAllBytes(file);
        assertThatThrownBy(this::open)
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContaining(message)
                .hasMessageContaining(file.toString());
        assertThat(Arrays.equals(before, Files.readAllBytes(file))).isTrue();
    }

    @Test
    void invalidRows_areDamage() throws Exception {
        for (String statement : List.of(
                "UPDATE sender SET origin = 'nobody'", "UPDATE sender SET node = 9", "UPDATE node SET name = 'a b'")) {
            Files.deleteIfExists(file);
            write(new LedgerRecord(counts(HERE, "192.0.2.1", 1, 1, 0), null));
            query(statement);
            assertThatThrownBy(this::read).as(statement).isInstanceOfSatisfying(StorageException.class, e -> assertThat(
                            e.kind())
                    .isEqualTo(StorageErrorKind.CORRUPT));
        }
    }
}
