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

    private List<SenderCounts> slice(long second) {
        return retention.nextBatch(ledger, T.plusSeconds(second));
    }

    private SenderCounts add(String address, long lastSeen, long listedUntil) throws StorageException {
        SenderCounts tally = counts(HERE, address, lastSeen, 1, listedUntil);
        ledger.merge(List.of(new LedgerRecord(tally, null)));
        return tally;
    }

    private void addMany(int most, IntFunction<SenderCounts> tally) throws StorageException {
        ledger.merge(IntStream.range(0, most)
                .mapToObj(i -> new LedgerRecord(tally.apply(i), null))
                .toList());
    }

    @Test
    void unseenForLonger_areFound_theOthersAreNot() throws StorageException {
        SenderCounts old = add("192.0.2.1", 0, 0);
        add("192.0.2.2", 1, 0);
        assertThat(slice(DAY.toSeconds() + 1)).containsExactly(old);
    }

    @Test
    void listed_areNotFound_howeverLongUnseen() throws StorageException {
        add("192.0.2.1", 0, 10 * DAY.toSeconds());
        assertThat(slice(5 * DAY.toSeconds())).isEmpty();
    }

    @Test
    void look_isTakenOnceAnHour() throws StorageException {
        assertThat(slice(0)).isEmpty();
        SenderCounts old = add("192.0.2.1", -2 * DAY.toSeconds(), 0);
        assertThat(slice(3_599)).isEmpty();
        assertThat(slice(3_600)).containsExactly(old);
    }

    @Test
    void many_comeInSlices() throws StorageException {
        addMany(12_000, i -> counts(HERE, "10.0." + i / 256 + "." + i % 256, -2 * DAY.toSeconds(), 1, 0));
        SenderRetention roomy = new SenderRetention(DAY, 1_000_000);
        List<SenderCounts> found = new ArrayList<>();
        List<Integer> slices = new ArrayList<>();
        for (int turn = 0; turn < 4; turn++) {
            List<SenderCounts> slice = roomy.nextBatch(ledger, T);
            slices.add(slice.size());
            found.addAll(slice);
        }
        assertThat(slices).containsExactly(5_000, 5_000, 2_000, 0);
        assertThat(found).doesNotHaveDuplicates().hasSize(12_000);
    }

    @Test
    void tooMany_dropTheLongestUnseen_theListedLast() throws StorageException {
        addMany(100, i -> counts(HERE, "192.0.2." + i, i, 1, i < 50 ? 1_000 + i : 0));
        add("192.0.2.200", 200, 0);
        List<SenderCounts> unlisted = slice(300);
        assertThat(unlisted)
                .extracting(tally -> tally.origin().toString())
                .containsExactlyInAnyOrder("192.0.2.50", "192.0.2.51", "192.0.2.52");
        ledger.deleteUnchanged(unlisted, T);
        addMany(100, i -> counts(HERE, "198.51.100." + i, i, 1, 5_000 + i));
        assertThat(slice(301).stream().map(tally -> tally.origin().toString()))
                .hasSize(100)
                .contains("192.0.2.200", "192.0.2.0", "198.51.100.0")
                .doesNotContain("198.51.100.99");
    }
}
