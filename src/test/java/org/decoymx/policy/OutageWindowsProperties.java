package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** Compares with a model that looks at every minute. */
class OutageWindowsProperties {
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");
    private static final long MIN = 15;
    private static final long MAX = 360;
    private static final long DAY = 24 * 60;

    /** The primary is up for some minutes, then down for some. */
    record Cycle(long up, long down) {}

    /** An outage in minutes. */
    private record Outage(long from, long until) {
        long end() {
            return until + Math.max(MIN, Math.min(MAX, 3 * (until - from)));
        }
    }

    private static Instant at(long minute) {
        return T.plus(Duration.ofMinutes(minute));
    }

    @Property
    void pause_isAsInTheModel(
            @ForAll("cycles") @Size(max = 30) List<Cycle> cycles, @ForAll @LongRange(min = 0, max = 600) long after) {
        OutageWindows outages = new OutageWindows(new OutageGrace(Duration.ofMinutes(MIN), Duration.ofMinutes(MAX)));
        List<Outage> model = new ArrayList<>();
        long now = 0;
        for (Cycle cycle : cycles) {
            now += cycle.up();
            outages.addOutage("mx1.example.org", at(now));
            outages.endOutage(at(now + cycle.down()));
            model.add(new Outage(now, now + cycle.down()));
            now += cycle.down();
        }
        long minute = now + after;
        boolean down = model.stream().anyMatch(outage -> minute >= outage.from() && minute < outage.until());
        boolean grace = isPaused(model, minute) && !down;
        boolean tooMuch = countPaused(model, minute) > 6 * 60;
        assertThat(outages.isScoringPaused(at(minute))).isEqualTo(down || grace && !tooMuch);
        assertThat(outages.isSuspectOnly(at(minute))).isEqualTo(grace && tooMuch);
    }

    private static boolean isPaused(List<Outage> model, long minute) {
        return model.stream().anyMatch(outage -> minute >= outage.from() && minute < outage.end());
    }

    private static long countPaused(List<Outage> model, long until) {
        long paused = 0;
        for (long minute = until - DAY; minute < until; minute++) {
            paused += isPaused(model, minute) ? 1 : 0;
        }
        return paused;
    }

    @Provide
    Arbitrary<List<Cycle>> cycles() {
        return Combinators.combine(
                        Arbitraries.longs().between(1, 200), Arbitraries.longs().between(1, 100))
                .as(Cycle::new)
                .list();
    }
}
