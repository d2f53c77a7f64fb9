package org.decoymx.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.decoymx.ledger.LedgerFixtures.HERE;
import static org.decoymx.ledger.LedgerFixtures.counts;
import static org.decoymx.ledger.LedgerFixtures.origin;

import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** Senders that wait while the database cannot be written. */
class PendingWritesTest {
    private final PendingWrites pendingWrites = new PendingWrites();

    /** Adds senders while there is room for them. */
    private void fill(int number, IntFunction<String> address) {
        for (int i = 0; i < number; i++) {
            if (pendingWrites.hasRoomFor(origin(address.apply(i)))) {
                pendingWrites.put(counts(HERE, address.apply(i), 0, 1, 0), null);
            }
        }
    }

    @Test
    void networks_thatFillTheFirstHalf_leaveTheOtherToOthers() {
        fill(60_000, i -> "203.0." + i / 256 + "." + i % 256);
        assertThat(pendingWrites.size()).isEqualTo(50_000);
        fill(60_000, i -> "2001:db8:7:" + Integer.toHexString(i) + "::1");
        assertThat(pendingWrites.size()).isEqualTo(51_562);
        fill(100_000, i -> "100." + i % 200 + "." + i / 200 % 256 + "." + i / 51_200);
        assertThat(pendingWrites.size()).isEqualTo(100_000);
        assertThat(pendingWrites.hasRoomFor(origin("203.0.0.1"))).isTrue();
        assertThat(pendingWrites.hasRoomFor(origin("198.51.100.1"))).isFalse();
    }

    @Test
    void clear_makesRoomForAll() {
        fill(60_000, i -> "203.0." + i / 256 + "." + i % 256);
        pendingWrites.clear();
        fill(60_000, i -> "203.0." + i / 256 + "." + i % 256);
        assertThat(pendingWrites.size()).isEqualTo(50_000);
    }
}
