package org.decoymx.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.decoymx.ledger.LedgerFixtures.HERE;
import static org.decoymx.ledger.LedgerFixtures.T;
import static org.decoymx.ledger.LedgerFixtures.counts;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.decoymx.store.StorageException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SenderRetentionTest {
    private static final Duration DAY = Duration.ofDays(1);

    private final SenderRetention retention = new SenderRetention(DAY, 100);

    @TempDir
    private Path dir;

    private SenderLedger ledger;

    @BeforeEach
    void open() throws StorageException {
        ledger = new SenderLedger(
                dir.resolve("ledger.db"), HERE, LedgerFixtures.ONE_HOUR_POLICY, Clock.fixed(T, ZoneOffset.UTC));
        ledger.open();
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    private List<SenderCounts> nextBatch(long second) {
        return retention.nextBatch(ledger.index(), T.plusSeconds(second), T.plusSeconds(second));
    }

    private SenderCounts add(String address, long lastSeen, long listedUntil) throws StorageException {
        SenderCounts counts = counts(HERE, address, lastSeen, 1, listedUntil);
        ledger.merge(List.of(new LedgerRecord(counts, null)));
        return counts;
    }

    private void addMany(int number, IntFunction<SenderCounts> factory) throws StorageException {
        ledger.merge(IntStream.range(0, number)
                .mapToObj(i -> new LedgerRecord(factory.apply(i), null))
                .toList());
    }

    @Test
    void requireRoom_manyMoreThanTheHeapTakes_isRefused_unlessTheMaximumIsChosen() {
        SenderRetention byHeap = new SenderRetention(DAY, 58_982, true);
        byHeap.requireRoom(70_000);
        new SenderRetention(DAY, 58_982).requireRoom(1_000_000);
        assertThatThrownBy(() -> byHeap.requireRoom(1_000_000))
                .hasMessage("decoy.ledger.max-senders: the ledger has 1000000 senders, and the heap has room for 58982;"
                        + " set -Xmx168m or more, or set the key to 58982 to delete those unseen for the longest time");
    }

    @Test
    void nextBatch_expiredSender_isFound_othersAreNot() throws StorageException {
        SenderCounts old = add("192.0.2.1", 0, 0);
        add("192.0.2.2", 1, 0);
        assertThat(nextBatch(DAY.toSeconds() + 1)).containsExactly(old.withVersion(1));
    }

    @Test
    void nextBatch_listedSender_isNotFound() throws StorageException {
        add("192.0.2.1", 0, 10 * DAY.toSeconds());
        assertThat(nextBatch(5 * DAY.toSeconds())).isEmpty();
    }

    @Test
    void nextBatch_scansOnceAnHour() throws StorageException {
        assertThat(nextBatch(0)).isEmpty();
        SenderCounts old = add("192.0.2.1", -2 * DAY.toSeconds(), 0);
        assertThat(nextBatch(3_599)).isEmpty();
        assertThat(nextBatch(3_600)).containsExactly(old.withVersion(1));
    }

    @Test
    void nextBatch_manyExpired_returnsBatches() throws StorageException {
        addMany(12_000, i -> counts(HERE, "10.0." + i / 256 + "." + i % 256, -2 * DAY.toSeconds(), 1, 0));
        SenderRetention largerRetention = new SenderRetention(DAY, 1_000_000);
        List<SenderCounts> found = new ArrayList<>();
        List<Integer> batchSizes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            List<SenderCounts> batch = largerRetention.nextBatch(ledger.index(), T, T);
            batchSizes.add(batch.size());
            found.addAll(batch);
        }
        assertThat(batchSizes).containsExactly(5_000, 5_000, 2_000, 0);
        assertThat(found).doesNotHaveDuplicates().hasSize(12_000);
    }

    @Test
    void nextBatch_aboveMaximum_selectsLeastRecentlySeen_listedLast() throws StorageException {
        addMany(100, i -> counts(HERE, "192.0.2." + i, i, 1, i < 50 ? 1_000 + i : 0));
        add("192.0.2.200", 200, 0);
        List<SenderCounts> unlisted = nextBatch(300);
        assertThat(unlisted)
                .extracting(counts -> counts.origin().toString())
                .containsExactlyInAnyOrder("192.0.2.50", "192.0.2.51", "192.0.2.52");
        ledger.deleteUnchanged(unlisted, T, T);
        addMany(100, i -> counts(HERE, "198.51.100." + i, i, 1, 5_000 + i));
        assertThat(nextBatch(301).stream().map(counts -> counts.origin().toString()))
                .hasSize(100)
                .contains("192.0.2.200", "192.0.2.0", "198.51.100.0")
                .doesNotContain("198.51.100.99");
    }

    @Test
    void nextBatch_aboveMaximum_selectsThoseOfOtherOrganizationsFirst() throws StorageException {
        Node friend = new Node("mx1@friends");
        addMany(100, i -> counts(HERE, "192.0.2." + i, i, 1, i < 50 ? 1_000 : 0));
        assertThat(orderOfDeletion()).isEmpty();
        addMany(10, i -> counts(friend, "198.51.100." + i, i, 1, i < 5 ? 1_000 : 0));
        addMany(45, i -> counts(HERE, "203.0.113." + i, i, 1, 1_000));
        // what is not listed may take the listing back
        assertThat(orderOfDeletion()).containsExactly("foreign listed", "foreign unlisted", "own unlisted");
        assertThat(retention.listedProblem(T)).isEmpty();
        addMany(10, i -> counts(HERE, "203.0.114." + i, i, 1, 1_000));
        assertThat(orderOfDeletion()).containsExactly("own unlisted", "own listed");
        assertThat(retention.listedProblem(T)).isPresent();
    }

    /** Deletes what is above the maximum. */
    private List<String> orderOfDeletion() {
        List<SenderCounts> deleted = nextBatch(300);
        ledger.deleteUnchanged(deleted, T, T);
        return deleted.stream()
                .map(counts -> (counts.node().isForeign() ? "foreign " : "own ")
                        + (counts.score().listedUntil() > 0 ? "listed" : "unlisted"))
                .distinct()
                .toList();
    }

    private static List<String> addresses(List<SenderCounts> counts) {
        return counts.stream().map(each -> each.origin().toString()).toList();
    }

    /** Adds old senders in as many networks as there are senders, and new ones in one network. */
    private void addSpammersAndFlood(int spammers, int flood, IntFunction<String> floodAddress)
            throws StorageException {
        addMany(spammers, i -> counts(HERE, "100." + i + ".0.1", i, 1, 0));
        addMany(flood, i -> counts(HERE, floodAddress.apply(i), 10_000, 1, 0));
    }

    @Test
    void nextBatch_floodFromAnIpv6Network_pushesOutItselfOnly() throws StorageException {
        addSpammersAndFlood(90, 500, i -> "2001:db8:7:" + Integer.toHexString(i) + "::1");
        assertThat(addresses(nextBatch(10_001))).hasSize(492).allMatch(address -> address.startsWith("2001:db8:7:"));
    }

    @Test
    void nextBatch_floodFromAnIpv4Network_pushesOutItselfOnly() throws StorageException {
        addSpammersAndFlood(90, 500, i -> "203.0." + i / 256 + "." + i % 256);
        assertThat(addresses(nextBatch(10_001))).hasSize(492).allMatch(address -> address.startsWith("203.0."));
    }

    @Test
    void nextBatch_floodFromSixteenNetworks_pushesOutItselfOnly() throws StorageException {
        addSpammersAndFlood(20, 500, i -> "2001:db8:" + i % 16 + ":" + Integer.toHexString(i) + "::1");
        assertThat(addresses(nextBatch(10_001))).hasSize(422).allMatch(address -> address.startsWith("2001:db8:"));
    }

    @Test
    void nextBatch_floodOfUnlistedSenders_keepsListedOnes() throws StorageException {
        addMany(100, i -> counts(HERE, "100.64.0." + i, -i, 1, 20_000));
        addMany(30, i -> counts(HERE, "2001:db8:" + i + "::1", 10_000, 1, 0));
        assertThat(addresses(nextBatch(10_001))).hasSize(30).allMatch(address -> address.startsWith("2001:db8:"));
        assertThat(retention.listedProblem(T)).isEmpty();
    }

    @Test
    void nextBatch_tooManyListed_deletesWithinTheFullestNetwork_andWarnsForADay() throws StorageException {
        addMany(50, i -> counts(HERE, "100." + i + ".0.1", 0, 1, 20_000));
        addMany(60, i -> counts(HERE, "2001:db8:7:" + Integer.toHexString(i) + "::1", 9_000, 1, 30_000 + i));
        assertThat(addresses(nextBatch(10_001)))
                .hasSize(12)
                .contains("2001:db8:7::1", "2001:db8:7:b::1")
                .allMatch(address -> address.startsWith("2001:db8:7:"));
        Instant deletedAt = T.plusSeconds(10_001);
        assertThat(retention.listedProblem(deletedAt.plus(DAY)).orElseThrow())
                .contains("listed senders were deleted at 2026-01-01T02:46:41Z", "more than 100", "max-senders");
        assertThat(retention.listedProblem(deletedAt.plus(DAY).plusSeconds(1))).isEmpty();
    }
}
