package org.decoymx.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.decoymx.ledger.LedgerFixtures.HERE;
import static org.decoymx.ledger.LedgerFixtures.T;
import static org.decoymx.ledger.LedgerFixtures.THERE;
import static org.decoymx.ledger.LedgerFixtures.counts;
import static org.decoymx.ledger.LedgerFixtures.origin;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.HourCounts.HourEntry;
import org.decoymx.policy.ManualDecision;
import org.decoymx.policy.Policy;
import org.decoymx.policy.PolicyFixtures;
import org.decoymx.policy.Tier;
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.smtp.protocol.Verb;
import org.decoymx.store.Database;
import org.decoymx.store.StorageException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a start saves of a damaged ledger. */
class LedgerSalvageTest {
    private static final Clock CLOCK = Clock.fixed(T, ZoneOffset.UTC);
    private static final Node NEW_NODE = new Node("new");
    private static final int PAGE = 2_048;
    private static final int SECTOR = 512;
    private static final int SENDERS = 3_000;

    /** An interior page of the table has about so many rows, a leaf fewer. */
    private static final int MAX_LOST = 60;

    @TempDir
    private Path dir;

    private Path intact;
    private Path file;
    private final List<LedgerRecord> written =
            IntStream.range(0, SENDERS).mapToObj(LedgerSalvageTest::newRecord).toList();

    /** The evidence of each hundredth sender does not fit into a page with others. */
    private static LedgerRecord newRecord(int i) {
        String helo = "h".repeat(i % 100 == 0 ? 700 : 40);
        SenderCounts counts = counts(i % 7 == 0 ? THERE : HERE, "24." + i / 250 + ".1." + i % 250, i + 1, 3, 0);
        SessionEvidence evidence = new SessionEvidence(helo, "example.net", Verb.DATA, i % 2 == 0, Outcome.QUIT, i);
        return new LedgerRecord(counts.withVersion(1), evidence);
    }

    @BeforeEach
    void write() throws IOException, StorageException {
        intact = Files.createDirectory(dir.resolve("intact")).resolve("ledger.db");
        file = Files.createDirectory(dir.resolve("damaged")).resolve("ledger.db");
        Database database = new Database(intact, LedgerStore.FORMAT, CLOCK);
        try (LedgerStore store = LedgerFixtures.openStore(database, HERE)) {
            store.commit(written.iterator());
        }
        database.release();
    }

    private static SenderLedger newLedger(Path path) {
        Policy policy = PolicyFixtures.of(LedgerFixtures.settings(10, Map.of()), new ExemptNetworks());
        return new SenderLedger(path, NEW_NODE, policy, CLOCK);
    }

    private interface Damage {
        void applyTo(RandomAccessFile opened) throws IOException;
    }

    /** Opens a copy of the ledger with a damage, and returns what it has then; all of it must be as it was written. */
    private int countAfter(Damage damage) throws IOException, StorageException {
        long longRows = written.get(0).counts().lastSeen() % 100;
        return countAfter(damage, counts -> counts.lastSeen() % 100 == longRows);
    }

    private int countAfter(Damage damage, Predicate<SenderCounts> changed) throws IOException, StorageException {
        try (var old = Files.list(dir.resolve("damaged"))) {
            old.forEach(left -> left.toFile().delete());
        }
        Files.copy(intact, file, StandardCopyOption.REPLACE_EXISTING);
        try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "rw")) {
            damage.applyTo(opened);
        }
        SenderLedger ledger = newLedger(file);
        ledger.open();
        ledger.commit();
        List<SenderCounts> found = new ArrayList<>();
        ledger.index().forEachMatching((lastSeen, listedUntil) -> true, found::add);
        assertThat(ledger.storageError()).isEmpty();
        ledger.close();
        Set<SenderCounts> expected = written.stream().map(LedgerRecord::counts).collect(Collectors.toSet());
        assertThat(withoutNewNode(found))
                .filteredOn(counts -> !expected.contains(counts))
                .as("nothing is wrong, except in what SQLite cannot check: the rest of long rows")
                .allMatch(changed);
        return found.size();
    }

    /** If its row is lost, the own node has a new name. */
    private static List<SenderCounts> withoutNewNode(List<SenderCounts> found) {
        return found.stream()
                .map(counts ->
                        counts.node().equals(NEW_NODE) ? counts.withNode(HERE).withVersion(counts.version()) : counts)
                .toList();
    }

    @Test
    void anyDamagedPage_losesOnlyItsRows() throws Exception {
        int pages = (int) (Files.size(intact) / PAGE);
        for (int page = 0; page < pages; page += page < 24 ? 1 : 37) {
            long offset = (long) page * PAGE;
            byte[] garbage = new byte[PAGE];
            new Random(page).nextBytes(garbage);
            for (byte[] contents : List.of(new byte[PAGE], garbage)) {
                assertThat(countAfter(opened -> {
                            opened.seek(offset);
                            opened.write(contents);
                        }))
                        .as("page %d", page + 1)
                        .isBetween(isNodeTable(page) ? SENDERS * 6 / 7 - 1 : SENDERS - MAX_LOST, SENDERS);
            }
        }
    }

    /** SQLite reads zeros in a page as rows of nulls. The rest of the row before them may be zero too. */
    @Test
    void anyZeroedSector_losesOnlyItsRows() throws Exception {
        long at = T.getEpochSecond();
        changeIntact(ledger -> ledger.manual()
                .decide(origin("192.0.2.1"), new ManualDecision(Tier.CONFIRMED, at, at + 3_600, "spam")));
        int sectors = (int) (Files.size(intact) / SECTOR);
        for (int sector = 0; sector < sectors; sector += sector < 24 * PAGE / SECTOR ? 1 : 37) {
            long offset = (long) sector * SECTOR;
            Damage zeros = opened -> {
                opened.seek(offset);
                opened.write(new byte[SECTOR]);
            };
            assertThat(countAfter(zeros, counts -> true))
                    .as("sector %d", sector)
                    .isGreaterThan(isNodeTable(sector * SECTOR / PAGE) ? SENDERS * 6 / 7 - 2 : SENDERS - MAX_LOST);
        }
    }

    /** Only the order of the keys shows it. */
    @Test
    void flippedBitInAKey_losesNothing() throws Exception {
        changeIntact(ledger -> ledger.merge(IntStream.range(0, 1_000)
                .mapToObj(i -> new LedgerRecord(counts(THERE, "14.1." + i / 250 + "." + i % 250, 1, 3, 0), null))
                .toList()));
        assertThat(countAfter(flipIn("14.1.2.50"), counts -> true)).isEqualTo(SENDERS + 1_000);
        assertThat(new Database(file, LedgerStore.FORMAT, CLOCK).quarantinedFiles())
                .hasSize(1);
    }

    private Damage flipIn(String key) throws IOException {
        int at = new String(Files.readAllBytes(intact), StandardCharsets.ISO_8859_1).indexOf(key);
        return opened -> {
            opened.seek(at);
            opened.write('9');
        };
    }

    @Test
    void evidenceThatIsNotValid_isNotCopied() throws Exception {
        String octets = new String(Files.readAllBytes(intact), StandardCharsets.ISO_8859_1);
        int at = octets.indexOf("hhh", octets.indexOf("24.1.1.7"));
        Damage damage = opened -> {
            opened.write(new byte[PAGE]);
            opened.seek(at);
            opened.write(7);
        };
        assertThat(countAfter(damage)).isEqualTo(SENDERS);
        Database database = new Database(file, LedgerStore.FORMAT, CLOCK);
        try (LedgerStore store = database.openReadOnly(false, LedgerStore::new)) {
            assertThat(store.pages().readPage(null, 2 * SENDERS))
                    .filteredOn(copied -> copied.evidence() == null)
                    .hasSize(1);
        }
    }

    private interface Change {
        void applyTo(SenderLedger ledger) throws StorageException;
    }

    private void changeIntact(Change change) throws StorageException {
        SenderLedger ledger = newLedger(intact);
        ledger.open();
        change.applyTo(ledger);
        ledger.close();
    }

    /** The rows of other nodes are lost with their names. */
    private static boolean isNodeTable(int page) {
        return page == 2;
    }

    @Test
    void countsOfHours_areSaved_alsoWithoutTheNamesOfTheTables() throws Exception {
        changeIntact(ledger -> ledger.aggregate(List.of(LedgerFixtures.caught(1, "14.1.0.1", 0))));
        countAfter(opened -> opened.write(new byte[PAGE]), counts -> true);
        Database database = new Database(file, LedgerStore.FORMAT, CLOCK);
        List<HourEntry> hours = new ArrayList<>();
        try (LedgerStore store = LedgerFixtures.openStore(database, HERE)) {
            store.trust().hours().load(hours::add);
        }
        database.release();
        assertThat(hours)
                .containsExactly(new HourEntry(T.getEpochSecond(), List.of(1L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L)));
    }

    @Test
    void damagedHeader_losesNothing_norEvidence() throws Exception {
        assertThat(countAfter(opened -> opened.write(new byte[PAGE]))).isEqualTo(SENDERS);
        Database database = new Database(file, LedgerStore.FORMAT, CLOCK);
        try (LedgerStore store = LedgerFixtures.openStore(database, HERE)) {
            assertThat(store.pages().readPage(null, 2 * SENDERS)).containsExactlyInAnyOrderElementsOf(written);
        }
        database.release();
    }

    @Test
    void cutOffFile_losesOnlyTheRest() throws Exception {
        assertThat(countAfter(opened -> opened.setLength(opened.length() / 2 + 700)))
                .isGreaterThan(SENDERS / 3);
    }

    @Test
    void fileWithNothingReadable_isReplacedByAnEmptyOne() throws Exception {
        assertThat(countAfter(opened -> opened.setLength(0))).isZero();
        assertThat(new Database(file, LedgerStore.FORMAT, CLOCK).quarantinedFiles())
                .containsExactly("ledger.db.corrupt-20260101T000000Z");
        assertThat(countAfter(opened -> opened.write(new byte[(int) opened.length()])))
                .isZero();
    }

    @Test
    void deletedSenders_stayDeleted() throws Exception {
        Database database = new Database(intact, LedgerStore.FORMAT, CLOCK);
        try (LedgerStore store = LedgerFixtures.openStore(database, HERE)) {
            store.delete(written.stream()
                    .limit(SENDERS / 2)
                    .map(LedgerRecord::counts)
                    .toList());
        }
        database.release();
        assertThat(countAfter(opened -> opened.write(new byte[PAGE]))).isEqualTo(SENDERS / 2);
    }

    @Test
    void committedChanges_areReadFromTheWriteAheadLog() throws Exception {
        Database database = new Database(intact, LedgerStore.FORMAT, CLOCK);
        LedgerRecord added = newRecord(SENDERS + 1);
        try (LedgerStore store = LedgerFixtures.openStore(database, HERE)) {
            store.commit(List.of(added).iterator());
            Path log = Path.of(intact + "-wal");
            assertThat(log).isNotEmptyFile();
            Files.copy(intact, file);
            Files.copy(log, Path.of(file + "-wal"));
        }
        database.release();
        Database damaged = new Database(file, LedgerStore.FORMAT, CLOCK);
        try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "rw")) {
            opened.write(new byte[PAGE]);
        }
        var damage = new StorageException(StorageException.StorageErrorKind.CORRUPT, "damaged");
        assertThat(damaged.quarantine(damage, damaged.salvage(new LedgerSalvage(NEW_NODE))))
                .startsWith(SENDERS + 1 + " senders of the damaged one");
        damaged.release();
    }

    /** What the next process reads from the files as they are now. */
    private int countAfterKill() throws IOException, StorageException {
        try (var files = Files.list(intact.getParent())) {
            for (Path now : files.toList()) {
                Files.copy(now, file.resolveSibling(now.getFileName()));
            }
        }
        SenderLedger next = newLedger(file);
        next.open();
        next.close();
        return next.size();
    }

    /** SQLite would find the damage only when it needs the page. */
    @Test
    void damageFoundByACheck_isRepairedFromMemory() throws Exception {
        assertRepaired(opened -> {
            opened.seek(100L * PAGE);
            opened.write(new byte[PAGE]);
        });
    }

    @Test
    void flippedBitInAKey_isFoundByACheck() throws Exception {
        assertRepaired(flipIn("24.1.1.7"));
    }

    @Test
    void fileThatACheckCannotRead_isAProblem_untilItCan() throws Exception {
        SenderLedger ledger = newLedger(intact);
        ledger.open();
        LedgerCheck check = new LedgerCheck(ledger, CLOCK);
        check.check();
        assertThat(check.problem()).isEmpty();
        Files.move(intact, file);
        check.check();
        assertThat(check.problem())
                .hasValueSatisfying(problem -> assertThat(problem).contains(intact.toString()));
        Files.move(file, intact);
        check.check();
        assertThat(check.problem()).isEmpty();
        ledger.close();
    }

    private void assertRepaired(Damage damage) throws Exception {
        SenderLedger ledger = newLedger(intact);
        ledger.open();
        ledger.commit();
        ledger.storage().check();
        ledger.commit();
        assertThat(ledger.quarantinedFiles()).isEmpty();

        try (RandomAccessFile opened = new RandomAccessFile(intact.toFile(), "rw")) {
            damage.applyTo(opened);
        }
        ledger.storage().check();
        ledger.commit();
        assertThat(ledger.quarantinedFiles()).hasSize(1);
        assertThat(countAfterKill())
                .as("nothing is lost when the process dies now")
                .isEqualTo(SENDERS);
        ledger.commit();
        assertThat(ledger.storageError()).isEmpty();
        ledger.storage().check();
        ledger.commit();
        assertThat(ledger.quarantinedFiles()).hasSize(1);
        try (LedgerStore store = ledger.storage().openReader()) {
            assertThat(store.pages().readPage(null, 2 * SENDERS)).hasSize(SENDERS);
        }
        ledger.close();
    }
}
