package org.decoymx.support;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;

/** Clocks for tests. */
public final class TestClocks {
    private static final Duration SINCE_START = Duration.ofMinutes(2);

    private TestClocks() {}

    /** A clock that was right at its start, two minutes ago, and never jumps: all time in it passes really. */
    public static SteadyClock trusted(Clock clock) {
        Instant start = clock.instant();
        Duration[] running = {Duration.ZERO};
        SteadyClock trusted = new SteadyClock(
                clock,
                () -> Duration.between(start, clock.instant()).plus(running[0]).toNanos(),
                Instant.EPOCH);
        running[0] = SINCE_START;
        trusted.compare(Instant.EPOCH, Instant.EPOCH);
        return trusted;
    }

    /** A clock in which more time passes than in another one. */
    public static SteadyClock withMore(Clock clock, Supplier<Duration> more) {
        Instant start = clock.instant();
        InstantSource machine = () -> clock.instant().plus(more.get());
        return new SteadyClock(
                machine.withZone(clock.getZone()),
                () -> Duration.between(start, machine.instant()).toNanos(),
                Instant.EPOCH);
    }
}
