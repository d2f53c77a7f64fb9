package org.decoymx.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.decoymx.ledger.Tallied.HERE;
import static org.decoymx.ledger.Tallied.T;
import static org.decoymx.ledger.Tallied.tally;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetentionTest {
    private static final Duration DAY = Duration.ofDays(1);

    private final List<Tally> all = new ArrayList<>();
    private final Retention retention = new Retention(DAY, 100);

    private List<Tally> slice(long second) {
        return retention.slice(all.size(), all::stream, T.plusSeconds(second));
    }

    private Tally add(String address, long lastSeen, long listedUntil) {
        Tally tally = tally(HERE, address, lastSeen, 1, listedUntil);
        all.add(tally);
        return tally;
    }

    @Test
    void unseenForLonger_areFound_theOthersAreNot() {
        Tally old = add("192.0.2.1", 0, 0);
        add("192.0.2.2", 1, 0);
        assertThat(slice(DAY.toSeconds() + 1)).containsExactly(old);
    }

    @Test
    void listed_areNotFound_howeverLongUnseen() {
        add("192.0.2.1", 0, 10 * DAY.toSeconds());
        assertThat(slice(5 * DAY.toSeconds())).isEmpty();
    }

    @Test
    void look_isTakenOnceAnHour() {
        assertThat(slice(0)).isEmpty();
        Tally old = add("192.0.2.1", -2 * DAY.toSeconds(), 0);
        assertThat(slice(3_599)).isEmpty();
        assertThat(slice(3_600)).containsExactly(old);
    }

    @Test
    void many_comeInSlices() {
        IntStream.range(0, 12_000).forEach(i -> add("10.0." + i / 256 + "." + i % 256, -2 * DAY.toSeconds(), 0));
        Retention roomy = new Retention(DAY, 1_000_000);
        List<Tally> found = new ArrayList<>();
        List<Integer> slices = new ArrayList<>();
        for (int turn = 0; turn < 4; turn++) {
            List<Tally> slice = roomy.slice(all.size(), all::stream, T);
            slices.add(slice.size());
            found.addAll(slice);
        }
        assertThat(slices).containsExactly(5_000, 5_000, 2_000, 0);
        assertThat(found).doesNotHaveDuplicates().hasSize(12_000);
    }

    @Test
    void tooMany_dropTheLongestUnseen_theListedLast() {
        IntStream.range(0, 100).forEach(i -> add("192.0.2." + i, i, i < 50 ? 1_000 + i : 0));
        Tally newest = add("192.0.2.200", 200, 0);
        assertThat(slice(300))
                .extracting(tally -> tally.origin().toString())
                .containsExactlyInAnyOrder("192.0.2.50", "192.0.2.51", "192.0.2.52");
        all.removeIf(tally -> !tally.score().isListed(T) && !tally.equals(newest));
        IntStream.range(0, 100).forEach(i -> add("198.51.100." + i, i, 5_000 + i));
        assertThat(slice(301)).hasSize(53).contains(newest).doesNotContain(all.get(all.size() - 1));
    }
}
