package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WaitingListingsTest {
    private static final long T = 1_800_000_000;

    private final WaitingListings waiting = new WaitingListings();

    private static Listing listedAt(long second) {
        return new Listing(Tier.SUSPECT, second, second + 86_400, 0, false);
    }

    private boolean waits(long since, long now) {
        assertThat(waiting.register(listedAt(since), now)).isEqualTo(waiting.isWaiting(listedAt(since), now));
        return waiting.isWaiting(listedAt(since), now);
    }

    @Test
    void withoutAPrimary_nothingWaits() {
        assertThat(waits(T, T)).isFalse();
        assertThat(waiting.isProbeWanted(T + 10)).isFalse();
        assertThat(waiting.verifyAll()).isFalse();
        assertThat(waiting.dropIfWaitingSince(T + 100)).isEmpty();
    }

    @Test
    void listing_waitsForAProbe_thatBeganInALaterSecond() {
        assertThat(waiting.verify(T)).isFalse();
        assertThat(waits(T - 1, T)).isFalse();
        assertThat(waits(T, T)).isTrue();
        assertThat(waiting.isProbeWanted(T)).isFalse();
        assertThat(waiting.isProbeWanted(T + 1)).isTrue();
        assertThat(waiting.verify(T)).as("a probe in the same second").isFalse();
        assertThat(waits(T, T + 1)).isTrue();
        assertThat(waiting.verify(T + 1)).isTrue();
        assertThat(waits(T, T + 1)).isFalse();
        assertThat(waiting.isProbeWanted(T + 100)).isFalse();
    }

    @Test
    void laterListings_waitForTheNextProbe() {
        waiting.verify(T);
        waits(T + 1, T + 1);
        waits(T + 5, T + 5);
        assertThat(waiting.verify(T + 3)).isTrue();
        assertThat(waits(T + 5, T + 5)).isTrue();
        assertThat(waiting.isProbeWanted(T + 6)).isTrue();
        assertThat(waiting.verify(T + 6)).isTrue();
        assertThat(waiting.isProbeWanted(T + 600)).isFalse();
    }

    @Test
    void listings_inAnyOrder_waitForAProbeAfterTheLatest() {
        waiting.verify(T);
        waits(T + 5, T + 5);
        waits(T + 1, T + 5);
        assertThat(waiting.verify(T + 3)).isTrue();
        assertThat(waiting.isProbeWanted(T + 6)).isTrue();
    }

    @Test
    void listing_afterTheClockWasSetBack_waitsOnlyForItself() {
        waiting.verify(T);
        waits(T + 100, T + 100);
        waiting.dropIfWaitingSince(T + 101);
        waits(T + 10, T + 10);
        assertThat(waiting.verify(T + 20)).isTrue();
        assertThat(waiting.isProbeWanted(T + 50)).isFalse();
    }

    @Test
    void listing_byHand_orOfAClockThatWasAhead_doesNotWait() {
        waiting.verify(T);
        assertThat(waiting.isWaiting(new Listing(Tier.CONFIRMED, T + 1, T + 100, 0, true), T + 1))
                .isFalse();
        assertThat(waits(T + 3_600, T + 1)).isFalse();
        assertThat(waits(T + 6, T + 1)).isTrue();
    }

    @Test
    void withoutAGoodProbe_listingsAreDropped() {
        waiting.verify(T);
        waits(T + 1, T + 1);
        assertThat(waiting.dropIfWaitingSince(T + 1)).isEmpty();
        assertThat(waiting.dropIfWaitingSince(T + 2)).hasValue(T);
        assertThat(waiting.dropIfWaitingSince(T + 2)).isEmpty();
        assertThat(waiting.isProbeWanted(T + 100)).isFalse();
    }

    @Test
    void withoutAPrimaryAnyMore_nothingWaits() {
        waiting.verify(T);
        waits(T, T);
        assertThat(waiting.verifyAll()).isTrue();
        assertThat(waits(T, T)).isFalse();
    }
}
