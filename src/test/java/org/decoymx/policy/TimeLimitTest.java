package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What was recorded while the clock was ahead. */
class TimeLimitTest {
    private static final long NOW = 1_800_000_000;
    private static final long HOUR = 3_600;
    private static final long DAY = 24 * HOUR;
    private static final long AHEAD = NOW + 1_000 * DAY;

    private final TimeLimit limit = new TimeLimit(NOW, TrustSettings.DEFAULTS);

    private static TrustState state(Listing listing) {
        return new TrustState(NOW - DAY, listing, RetryProof.NONE, EnvelopeMemory.EMPTY, EnvelopeMemory.EMPTY);
    }

    @Test
    void time_moreThanAnHourAhead_isNow() {
        assertThat(limit.past(NOW + HOUR)).isEqualTo(NOW + HOUR);
        assertThat(limit.past(NOW + HOUR + 1)).isEqualTo(NOW);
        assertThat(limit.past(NOW - DAY)).isEqualTo(NOW - DAY);
        assertThat(limit.latestEnd()).isEqualTo(NOW + 30 * DAY);
    }

    @Test
    void state_recordedInTheFuture_isOfNow() {
        TrustState ahead = new TrustState(
                AHEAD,
                new Listing(Tier.CONFIRMED, AHEAD, AHEAD + DAY, 2, false),
                new RetryProof(AHEAD, AHEAD, AHEAD, AHEAD, 2, 11, 12, true),
                EnvelopeMemory.EMPTY.remember(1, NOW - DAY, false).remember(2, AHEAD, true),
                EnvelopeMemory.EMPTY.remember(3, NOW + HOUR + 1, false));
        assertThat(limit.apply(ahead))
                .isEqualTo(new TrustState(
                        NOW,
                        new Listing(Tier.CONFIRMED, NOW, NOW + 30 * DAY, 2, false),
                        new RetryProof(NOW, NOW + 36 * DAY, NOW, NOW + 36 * DAY, 2, 11, 12, true),
                        EnvelopeMemory.EMPTY.remember(1, NOW - DAY, false).remember(2, NOW, true),
                        EnvelopeMemory.EMPTY.remember(3, NOW, false)));
    }

    @ParameterizedTest(name = "{0} since {1} h until {2} d by hand {3}: since {4} h until {5} d")
    @CsvSource({
        "SUSPECT,   -1,  20, false, -1, 20",
        "SUSPECT,    1,  20, false,  1, 20",
        "SUSPECT,    2,  20, false,  0, 1",
        "SUSPECT,    2,  0,  false,  0, 0",
        "CONFIRMED,  2,  20, false,  0, 20",
        "CONFIRMED, -1,  90, false, -1, 30",
        "CONFIRMED, -1,  90, true,  -1, 90",
        "CONFIRMED,  2,  90, true,   0, 30",
        "SUSPECT,    2,  20, true,   0, 20"
    })
    void listing_thatBeganInTheFuture_endsAsOneThatBeginsNow(
            Tier tier, long since, long until, boolean byHand, long limitedSince, long limitedUntil) {
        Listing listing = new Listing(tier, NOW + since * HOUR, NOW + until * DAY, 3, byHand);
        assertThat(limit.apply(state(listing)).listing())
                .isEqualTo(new Listing(tier, NOW + limitedSince * HOUR, NOW + limitedUntil * DAY, 3, byHand));
    }

    @Test
    void score_hasTheListingOfTheState_ifThereIsOne() {
        SenderScore ahead = new SenderScore(5, AHEAD, 2, AHEAD, AHEAD, 3);
        assertThat(limit.apply(ahead, TrustState.UNKNOWN))
                .isEqualTo(new SenderScore(5, NOW, 2, NOW, NOW + 30 * DAY, 3));
        TrustState listed = state(new Listing(Tier.SUSPECT, NOW - DAY, NOW + 1, 0, false));
        assertThat(limit.apply(ahead, listed)).isEqualTo(new SenderScore(5, NOW, 2, NOW - DAY, NOW + 1, 3));
        TrustState ended = state(new Listing(Tier.SUSPECT, NOW - DAY, NOW, 0, false));
        assertThat(limit.apply(ahead, ended)).isEqualTo(new SenderScore(5, NOW, 2, 0, 0, 3));
    }

    @Test
    void decision_inTheFuture_isOfNow() {
        ManualDecision decision = new ManualDecision(Tier.SUSPECT, NOW + HOUR, AHEAD, "a test");
        assertThat(limit.apply(decision)).isEqualTo(decision);
        assertThat(limit.apply(new ManualDecision(Tier.SUSPECT, NOW + HOUR + 1, AHEAD, "a test")))
                .isEqualTo(new ManualDecision(Tier.SUSPECT, NOW, NOW + 30 * DAY, "a test"));
    }
}
