package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

/** Compares with a model that keeps all listings. */
class WaitingListingsProperties {
    private static final long START = 1_800_000_000;

    /** Some seconds later a sender is caught, or a probe is good that began some seconds ago. */
    record Step(long later, boolean caught, long begunAgo) {}

    @Property
    void nothingIsListed_beforeAProbeOfALaterSecond_andNothingForgotten(
            @ForAll("steps") @Size(max = 50) List<Step> steps) {
        WaitingListings waiting = new WaitingListings();
        List<Long> unlisted = new ArrayList<>();
        long now = START;
        long verified = START;
        waiting.verify(verified);
        for (Step step : steps) {
            now += step.later();
            if (step.caught()) {
                assertThat(waiting.register(listedAt(now), now)).isTrue();
                unlisted.add(now);
            } else {
                verified = Math.max(verified, now - step.begunAgo());
                boolean released = waiting.verify(verified);
                long until = verified;
                boolean mustTell = unlisted.removeIf(second -> second < until);
                assertThat(released || !mustTell).isTrue();
            }
            for (long second : unlisted) {
                assertThat(waiting.isWaiting(listedAt(second), now)).isTrue();
            }
            assertThat(waiting.isProbeWanted(now + 1)).isEqualTo(!unlisted.isEmpty());
        }
    }

    private static Listing listedAt(long second) {
        return new Listing(Tier.SUSPECT, second, second + 86_400, 0, false);
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return Combinators.combine(
                        Arbitraries.longs().between(0, 4),
                        Arbitraries.of(true, false),
                        Arbitraries.longs().between(0, 6))
                .as(Step::new)
                .list();
    }
}
