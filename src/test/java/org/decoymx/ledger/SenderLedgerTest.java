package org.decoymx.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.decoymx.ledger.LedgerFixtures.HERE;
import static org.decoymx.ledger.LedgerFixtures.T;
import static org.decoymx.ledger.LedgerFixtures.THERE;
import static org.decoymx.ledger.LedgerFixtures.caught;
import static org.decoymx.ledger.LedgerFixtures.counts;
import static org.decoymx.ledger.LedgerFixtures.origin;
import static org.decoymx.ledger.LedgerFixtures.sighting;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.IntStream;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.Sender;
import org.decoymx.policy.SenderScore;
import org.decoymx.policy.SkipReason;
import org.decoymx.sighting.Sighting;
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;
import org.decoymx.store.StorageException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SenderLedgerTest {
    @TempDir
    private Path dir;

    private SenderLedger ledger;

    @BeforeEach
    void open() throws StorageException {
        ledger = ledger();
        ledger.open();
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    private SenderLedger ledger() {
        return new SenderLedger(
                dir.resolve("ledger.db"), HERE, LedgerFixtures.ONE_HOUR_POLICY, Clock.fixed(T, ZoneOffset.UTC));
    }

    private Sender aggregateAndCommit(Sighting... sightings) {
        ledger.aggregate(List.of(sightings));
        return ledger.commit().iterator().next();
    }

    @Test
    void session_seenAtDeferralAndEnd_isCountedOnce() {
        aggregateAndCommit(sighting(1, "192.0.2.1", 0, Verb.DATA, Outcome.OPEN));
        Sender sender = aggregateAndCommit(sighting(1, "192.0.2.1", 9, Verb.DATA, Outcome.LEFT, Trait.NO_QUIT));
        long at = T.getEpochSecond();
        assertThat(sender)
                .isEqualTo(new Sender(
                        origin("192.0.2.1"),
                        T,
                        T.plusSeconds(9),
                        1,
                        1,
                        EnumSet.of(Trait.NO_QUIT),
                        EnumSet.noneOf(SkipReason.class),
                        List.of(new SenderScore(10, at, 1, at, at + 3_600, 8))));
        assertThat(ledger.find(origin("192.0.2.1"))).contains(sender);
    }

    @Test
    void session_seenTwiceInOneBatch_isCountedOnce() {
        Sender sender = aggregateAndCommit(
                sighting(1, "192.0.2.1", 0, Verb.DATA, Outcome.OPEN),
                sighting(1, "192.0.2.1", 1, Verb.DATA, Outcome.QUIT));
        assertThat(sender.sessions()).isEqualTo(1);
        assertThat(sender.conversations()).isEqualTo(1);
    }

    @Test
    void session_withoutDeferral_isNoConversation() {
        Sender sender = aggregateAndCommit(sighting(1, "192.0.2.1", 0, Verb.RCPT, Outcome.QUIT));
        assertThat(sender.sessions()).isEqualTo(1);
        assertThat(sender.conversations()).isZero();
        assertThat(sender.latestScore()).isEqualTo(SenderScore.NONE);
    }

    @Test
    void sessions_ofOneSender_addUp() {
        aggregateAndCommit(sighting(1, "192.0.2.1", 0, Verb.DATA, Outcome.OPEN, Trait.RELAY_PROBE));
        aggregateAndCommit(sighting(2, "192.0.2.1", 5, Verb.DATA, Outcome.OPEN, Trait.EARLY_TALKER));
        Sender sender = aggregateAndCommit(sighting(3, "192.0.2.1", 7, Verb.EHLO, Outcome.LEFT));
        assertThat(sender.sessions()).isEqualTo(3);
        assertThat(sender.conversations()).isEqualTo(2);
        assertThat(sender.latestScore().scoredAt()).isEqualTo(T.plusSeconds(5).getEpochSecond());
        assertThat(sender.lastSeen()).isEqualTo(T.plusSeconds(7));
        assertThat(sender.traits()).containsExactly(Trait.EARLY_TALKER, Trait.RELAY_PROBE);
    }

    @Test
    void senders_inOneIpv6Network_areKeptApart_upToSixteen() throws StorageException {
        for (int host = 1; host <= 10; host++) {
            aggregateAndCommit(sighting(host, "2001:db8::" + host, 0, Verb.DATA, Outcome.OPEN));
        }
        ledger.aggregate(IntStream.rangeClosed(5, 18)
                .mapToObj(host -> sighting(100 + host, "2001:db8::" + host, 0, Verb.DATA, Outcome.OPEN))
                .toList());
        ledger.commit();
        ledger.close();
        open();
        assertThat(ledger.find(origin("2001:db8::1")).orElseThrow().sessions()).isEqualTo(1);
        assertThat(ledger.find(origin("2001:db8::10")).orElseThrow().sessions()).isEqualTo(2);
        assertThat(ledger.find(origin("2001:db8::16")).orElseThrow().sessions()).isEqualTo(1);
        assertThat(ledger.find(origin("2001:db8::17"))).isEmpty();
        assertThat(ledger.find(origin("2001:db8::")).orElseThrow().sessions()).isEqualTo(2);
        assertThat(ledger.size()).isEqualTo(17);
        Sender known = aggregateAndCommit(sighting(200, "2001:db8::3", 0, Verb.DATA, Outcome.OPEN));
        assertThat(known.sessions()).isEqualTo(2);
        assertThat(ledger.find(origin("2001:db8:0:1::1"))).isEmpty();
    }

    @Test
    void ledger_reopened_hasTheSameSenders() throws StorageException {
        Sender before = aggregateAndCommit(caught(1, "192.0.2.1", 0));
        Sender network = aggregateAndCommit(sighting(2, "2001:db8::1", 3, Verb.EHLO, Outcome.LEFT, Trait.values()));
        ledger.close();
        open();
        assertThat(ledger.find(origin("192.0.2.1"))).contains(before);
        assertThat(ledger.find(origin("2001:db8::1"))).contains(network);
        assertThat(ledger.size()).isEqualTo(2);
        assertThat(aggregateAndCommit(caught(1, "192.0.2.1", 9)).sessions()).isEqualTo(2);
    }

    @Test
    void sighting_notCommitted_isNotVisible() {
        ledger.aggregate(List.of(caught(1, "192.0.2.1", 0)));
        assertThat(ledger.find(origin("192.0.2.1"))).isEmpty();
        assertThat(ledger.pendingCount()).isEqualTo(1);
        ledger.commit();
        assertThat(ledger.find(origin("192.0.2.1"))).isPresent();
        assertThat(ledger.pendingCount()).isZero();
    }

    @Test
    void counts_ofTwoNodes_areCombined() throws StorageException {
        aggregateAndCommit(caught(1, "192.0.2.1", 0));
        ledger.merge(List.of(new LedgerRecord(counts(THERE, "192.0.2.1", -50, 7, 9_000), null)));
        Sender sender = aggregateAndCommit(caught(2, "192.0.2.1", 20));
        assertThat(sender.sessions()).isEqualTo(9);
        assertThat(sender.firstSeen()).isEqualTo(T.minusSeconds(60));
        assertThat(sender.lastSeen()).isEqualTo(T.plusSeconds(20));
        assertThat(sender.scores()).hasSize(2);
        assertThat(sender.latestScore().listedUntil()).isEqualTo(T.getEpochSecond() + 9_000);
        ledger.close();
        open();
        assertThat(ledger.find(origin("192.0.2.1"))).contains(sender);
    }

    @Test
    void merge_sameOrOlderRecord_changesNothing() throws StorageException {
        LedgerRecord ledgerRecord = new LedgerRecord(counts(THERE, "192.0.2.1", 50, 7, 0), null);
        assertThat(ledger.merge(List.of(ledgerRecord)).changedCount()).isEqualTo(1);
        assertThat(ledger.merge(List.of(ledgerRecord)).changedCount()).isZero();
        assertThat(ledger.merge(List.of(new LedgerRecord(counts(THERE, "192.0.2.1", 49, 9, 0), null)))
                        .changedCount())
                .isZero();
        assertThat(ledger.merge(List.of(new LedgerRecord(counts(THERE, "192.0.2.1", 51, 8, 0), null)))
                        .changedCount())
                .isEqualTo(1);
        assertThat(ledger.find(origin("192.0.2.1")).orElseThrow().sessions()).isEqualTo(8);
    }

    private List<SenderCounts> all() {
        List<SenderCounts> all = new ArrayList<>();
        ledger.index().forEachMatching((lastSeen, listedUntil) -> true, all::add);
        return all;
    }

    @Test
    void merge_ofTooManyNodes_leavesOutTheRest() throws StorageException {
        for (String prefix : List.of("a", "b", "a")) {
            ledger.merge(IntStream.range(0, LedgerImport.MAX_NODES / 5 * 3)
                    .mapToObj(i -> counts(new Node(prefix + i), "192.0." + i / 250 + "." + i % 250, 1, 1, 0))
                    .map(merged -> new LedgerRecord(merged, null))
                    .toList());
        }
        assertThat(ledger.index().nodes()).hasSize(LedgerImport.MAX_NODES).contains(new Node("b0"));
    }

    @Test
    void deleteUnchanged_sender_isDeletedFromDisk() throws StorageException {
        aggregateAndCommit(caught(1, "192.0.2.1", 0));
        aggregateAndCommit(sighting(2, "192.0.2.2", 0, Verb.RCPT, Outcome.QUIT));
        List<SenderCounts> all = all();
        assertThat(ledger.deleteUnchanged(all, T, T)).singleElement().satisfies(unlisted -> {
            assertThat(unlisted.origin()).isEqualTo(origin("192.0.2.1"));
            assertThat(unlisted.latestScore()).isEqualTo(SenderScore.NONE);
        });
        assertThat(ledger.size()).isZero();
        ledger.close();
        open();
        assertThat(ledger.size()).isZero();
    }

    @Test
    void deleteUnchanged_senderSeenAgain_isKept() {
        aggregateAndCommit(sighting(1, "192.0.2.1", 0, Verb.RCPT, Outcome.QUIT));
        List<SenderCounts> selected = all();
        aggregateAndCommit(sighting(2, "192.0.2.1", 1, Verb.RCPT, Outcome.QUIT));
        ledger.deleteUnchanged(selected, T, T);
        assertThat(ledger.find(origin("192.0.2.1"))).isPresent();
    }

    @Test
    void forEachListed_omitsExpiredListings() {
        aggregateAndCommit(caught(1, "192.0.2.1", 0));
        aggregateAndCommit(caught(2, "192.0.2.2", 10));
        aggregateAndCommit(sighting(3, "192.0.2.3", 10, Verb.RCPT, Outcome.QUIT));
        List<IpPrefix> listed = new ArrayList<>();
        ledger.index().forEachListed(T.plusSeconds(3_600), sender -> listed.add(sender.origin()));
        assertThat(listed).containsExactly(origin("192.0.2.2"));
    }

    @Test
    void catch_whileTheFileCannotBeWritten_isTakenBack() throws Exception {
        Path file = dir.resolve("ledger.db");
        aggregateAndCommit(caught(1, "192.0.2.1", 0));
        aggregateAndCommit(sighting(2, "192.0.2.3", 1, Verb.RCPT, Outcome.QUIT));
        Files.move(file, dir.resolve("away.db"));
        Files.createDirectory(file);
        ledger.aggregate(List.of(caught(3, "192.0.2.2", 10), caught(4, "192.0.2.3", 10), caught(5, "192.0.2.4", 10)));
        assertThat(ledger.commit()).isEmpty();
        ledger.corrections().takeBackSince(T.getEpochSecond() + 10, T.plusSeconds(11));
        ledger.corrections()
                .delist(sender -> sender.origin().equals(origin("192.0.2.1")), SkipReason.EXEMPT, T.plusSeconds(11));
        Files.delete(file);
        ledger.aggregate(List.of(caught(6, "192.0.2.5", 11)));
        for (int attempt = 0; attempt < 40 && ledger.pendingCount() > 0; attempt++) {
            ledger.commit();
        }
        List<IpPrefix> listed = new ArrayList<>();
        ledger.index().forEachListed(T.plusSeconds(12), sender -> listed.add(sender.origin()));
        assertThat(listed).containsExactly(origin("192.0.2.5"));
        assertThat(ledger.find(origin("192.0.2.2")).orElseThrow().skipReasons()).containsExactly(SkipReason.OUTAGE);
    }

    @Test
    void file_movedOrReplaced_getsAllRecords() throws Exception {
        Path file = dir.resolve("ledger.db");
        Sender first = aggregateAndCommit(caught(1, "192.0.2.1", 0));
        Files.copy(file, dir.resolve("older.db"));
        Files.move(file, dir.resolve("away.db"));
        commitUntilWritten(caught(2, "192.0.2.2", 0));
        ledger.close();
        open();
        assertThat(ledger.find(origin("192.0.2.1"))).contains(first);
        assertThat(ledger.find(origin("192.0.2.2"))).isPresent();
        Files.move(dir.resolve("older.db"), file, StandardCopyOption.REPLACE_EXISTING);
        commitUntilWritten(caught(3, "192.0.2.3", 0));
        ledger.close();
        open();
        assertThat(ledger.size()).isEqualTo(3);
    }

    @Test
    void file_deletedWhileUnavailable_isCreatedWithAllRecords() throws Exception {
        Path file = dir.resolve("ledger.db");
        aggregateAndCommit(caught(1, "192.0.2.1", 0));
        deleteDatabase(file);
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = other.createStatement()) {
            statement.executeUpdate("CREATE TABLE other (a)");
        }
        ledger.aggregate(List.of(caught(2, "192.0.2.2", 0)));
        assertThat(ledger.commit()).isEmpty();
        assertThat(ledger.storageError())
                .hasValueSatisfying(message -> assertThat(message).contains("another program"));
        deleteDatabase(file);
        assertThat(ledger.commit()).hasSize(1);
        ledger.close();
        open();
        assertThat(ledger.size()).isEqualTo(2);
    }

    private static void deleteDatabase(Path file) throws IOException {
        for (String part : List.of("", "-wal", "-shm")) {
            Files.deleteIfExists(file.resolveSibling(file.getFileName() + part));
        }
    }

    /** One commit quarantines the log of the old file, the next one writes a new file. */
    private void commitUntilWritten(Sighting sighting) {
        ledger.aggregate(List.of(sighting));
        for (int attempt = 0; attempt < 3 && ledger.pendingCount() > 0; attempt++) {
            ledger.commit();
        }
        assertThat(ledger.pendingCount()).isZero();
        assertThat(ledger.storageError()).isEmpty();
    }

    @Test
    void open_secondDecoy_isRejected() {
        assertThatThrownBy(ledger()::open).isInstanceOf(StorageException.class).hasMessageContaining("another decoy");
    }

    @Test
    void origin_printed_followsRfc5952() {
        assertThat(origin("192.0.2.1")).hasToString("192.0.2.1");
        assertThat(origin("255.255.255.255")).hasToString("255.255.255.255");
        assertThat(origin("2001:DB8:0:0:8:800:200C:417A")).hasToString("2001:db8::8:800:200c:417a");
        assertThat(origin("2001:db8:0:1::1")).hasToString("2001:db8:0:1::1");
        assertThat(origin("2001:0:0:1::1")).hasToString("2001:0:0:1::1");
        assertThat(origin("ffff:ffff:ffff:ffff::")).hasToString("ffff:ffff:ffff:ffff::/64");
        assertThat(origin("::1")).hasToString("::1");
    }

    @Test
    void origin_ipv4Mapped_isIpv4() {
        assertThat(origin("::ffff:192.0.2.1")).isEqualTo(origin("192.0.2.1"));
        assertThat(origin("::ffff:c000:201")).hasToString("192.0.2.1");
    }

    @Test
    void parse_invalidAddress_isEmpty() {
        for (String bad : List.of(
                "",
                "mx.example.org",
                "192.0.2",
                "192.0.2.256",
                "192.0.2.1/32",
                "2001:db8::/64",
                "2001:db8:::1",
                " 192.0.2.1",
                "1",
                "0x7f000001")) {
            assertThat(IpText.parseHostNetwork(bad)).as(bad).isEmpty();
        }
    }

    @Test
    void origins_sorted_areInAddressOrder() {
        assertThat(List.of("ffff::", "::1", "200.0.0.1", "9.0.0.1").stream()
                        .map(LedgerFixtures::origin)
                        .sorted())
                .extracting(IpPrefix::toString)
                .containsExactly("9.0.0.1", "200.0.0.1", "::1", "ffff::/64");
    }
}
