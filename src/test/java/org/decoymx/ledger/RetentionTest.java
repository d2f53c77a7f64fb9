package org.decoymx.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.decoymx.ledger.Tallied.HERE;
import static org.decoymx.ledger.Tallied.T;
import static org.decoymx.ledger.Tallied.tally;

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

class RetentionTest {
    private static final Duration DAY = Duration.ofDays(1);

    private final Retention retention = new Retention(DAY, 100);

    @TempDir
    private Path dir;

    private Ledger ledger;

    @BeforeEach
    void open() throws Fault {
        ledger = new Ledger(dir.resolve("ledger.db"), HERE, Tallied.HOUR, Clock.fixed(T, ZoneOffset.UTC));
        ledger.open();
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    private List<Tally> slice(long second) {
        return retention.slice(ledger, T.plusSeconds(second));
    }

    private Tally add(String address, long lastSeen, long listedUntil) throws Fault {
        Tally tally = tally(HERE, address, lastSeen, 1, listedUntil);
        ledger.merge(List.of(new Entry(tally, null)));
        return tally;
    }

    private void addMany(int most, IntFunction<Tally> tally) throws Fault {
        ledger.merge(IntStream.range(0, most)
                .mapToObj(i -> new Entry(tally.apply(i), null))
                .toList());
    }

    @Test
    void unseenForLonger_areFound_theOthersAreNot() throws Fault {
        Tally old = add("192.0.2.1", 0, 0);
        add("192.0.2.2", 1, 0);
        assertThat(slice(DAY.toSeconds() + 1)).containsExactly(old);
    }

    @Test
    void listed_areNotFound_howeverLongUnseen() throws Fault {
        add("192.0.2.1", 0, 10 * DAY.toSeconds());
        assertThat(slice(5 * DAY.toSeconds())).isEmpty();
    }

    @Test
    void look_isTakenOnceAnHour() throws Fault {
        assertThat(slice(0)).isEmpty();
        Tally old = add("192.0.2.1", -2 * DAY.toSeconds(), 0);
        assertThat(slice(3_599)).isEmpty();
        assertThat(slice(3_600)).containsExactly(old);
    }

    @Test
    void many_comeInSlices() throws Fault {
        addMany(12_000, i -> tally(HERE, "10.0." + i / 256 + "." + i % 256, -2 * DAY.toSeconds(), 1, 0));
        Retention roomy = new Retention(DAY, 1_000_000);
        List<Tally> found = new ArrayList<>();
        List<Integer> slices = new ArrayList<>();
        for (int turn = 0; turn < 4; turn++) {
            List<Tally> slice = roomy.slice(ledger, T);
            slices.add(slice.size());
            found.addAll(slice);
        }
        assertThat(slices).containsExactly(5_000, 5_000, 2_000, 0);
        assertThat(found).doesNotHaveDuplicates().hasSize(12_000);
    }

    @Test
    void tooMany_dropTheLongestUnseen_theListedLast() throws Fault {
        addMany(100, i -> tally(HERE, "192.0.2." + i, i, 1, i < 50 ? 1_000 + i : 0));
        add("192.0.2.200", 200, 0);
        List<Tally> unlisted = slice(300);
        assertThat(unlisted)
                .extracting(tally -> tally.origin().toString())
                .containsExactlyInAnyOrder("192.0.2.50", "192.0.2.51", "192.0.2.52");
        ledger.forget(unlisted, T);
        addMany(100, i -> tally(HERE, "198.51.100." + i, i, 1, 5_000 + i));
        assertThat(slice(301).stream().map(tally -> tally.origin().toString()))
                .hasSize(100)
                .contains("192.0.2.200", "192.0.2.0", "198.51.100.0")
                .doesNotContain("198.51.100.99");
    }
}
