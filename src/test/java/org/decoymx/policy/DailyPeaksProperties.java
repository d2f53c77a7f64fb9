package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Compares the packed peaks with a plain list of all points reached. */
class DailyPeaksProperties {
    private static final long DAY = 86_400;
    private static final int WEEK = 7;

    /** Points that were reached at a second since 1970. */
    record Reached(long second, double points) {}

    private static SenderScore after(List<Reached> all) {
        SenderScore score = SenderScore.NONE;
        for (Reached reached : all) {
            int peaks = DailyPeaks.update(score, reached.points(), reached.second());
            score = new SenderScore(reached.points(), reached.second(), 0, 0, 0, peaks);
        }
        return score;
    }

    private static long expected(List<Reached> all, int step, long now) {
        return all.stream()
                .filter(reached -> reached.points() >= DailyPeaks.threshold(step))
                .map(reached -> reached.second() / DAY)
                .filter(day -> day > now / DAY - WEEK)
                .filter(day -> day > all.get(all.size() - 1).second() / DAY - 8)
                .min(Comparator.naturalOrder())
                .map(day -> day * DAY)
                .orElse(-1L);
    }

    @Property
    void firstDayReached_anyHistory_isTheFirstDayAtTheThreshold(
            @ForAll("all") List<Reached> all, @ForAll("step") int step, @ForAll("pause") long pause) {
        long now = all.get(all.size() - 1).second() + pause;
        assertThat(DailyPeaks.firstDayReached(after(all), step, now, WEEK)).isEqualTo(expected(all, step, now));
    }

    @Provide
    Arbitrary<List<Reached>> all() {
        Arbitrary<Long> seconds = Arbitraries.longs().between(1_000 * DAY, 1_020 * DAY);
        return Combinators.combine(seconds, Arbitraries.doubles().between(0, 150))
                .as(Reached::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(30)
                .map(all -> all.stream()
                        .sorted(Comparator.comparingLong(Reached::second))
                        .toList());
    }

    @Provide
    Arbitrary<Integer> step() {
        return Arbitraries.integers().between(0, DailyPeaks.thresholdCount() - 1);
    }

    @Provide
    Arbitrary<Long> pause() {
        return Arbitraries.longs().between(0, 20 * DAY);
    }
}
