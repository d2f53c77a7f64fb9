package org.decoymx.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.decoymx.ledger.LedgerFixtures.HERE;
import static org.decoymx.ledger.LedgerFixtures.T;
import static org.decoymx.ledger.LedgerFixtures.counts;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
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
        return retention.nextBatch(ledger, T.plusSeconds(second));
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
    void nextBatch_expiredSender_isFound_othersAreNot() throws StorageException {
        SenderCounts old = add("192.0.2.1", 0, 0);
        add("192.0.2.2", 1, 0);
        assertThat(nextBatch(DAY.toSeconds() + 1)).containsExactly(old);
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
        assertThat(nextBatch(3_600)).containsExactly(old);
    }

    @Test
    void nextBatch_manyExpired_returnsBatches() throws StorageException {
        addMany(12_000, i -> counts(HERE, "10.0." + i / 256 + "." + i % 256, -2 * DAY.toSeconds(), 1, 0));
        SenderRetention largerRetention = new SenderRetention(DAY, 1_000_000);
        List<SenderCounts> found = new ArrayList<>();
        List<Integer> batchSizes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            List<SenderCounts> batch = largerRetention.nextBatch(ledger, T);
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
        ledger.deleteUnchanged(unlisted, T);
        addMany(100, i -> counts(HERE, "198.51.100." + i, i, 1, 5_000 + i));
        assertThat(nextBatch(301).stream().map(counts -> counts.origin().toString()))
                .hasSize(100)
                .contains("192.0.2.200", "192.0.2.0", "198.51.100.0")
                .doesNotContain("198.51.100.99");
    }
}
