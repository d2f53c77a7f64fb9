package org.decoymx.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class SteadyClockTest {
    private static final Instant BUILT = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant T = Instant.parse("2026-11-27T08:00:00Z");
    private static final Duration JUMP = Duration.ofDays(100);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private Instant machine = T;
    private Duration running = Duration.ZERO;
    private SteadyClock clock = start(T);

    private SteadyClock start(Instant at) {
        machine = at;
        running = Duration.ZERO;
        Clock source = ((InstantSource) () -> machine).withZone(ZoneOffset.UTC);
        clock = new SteadyClock(source, () -> running.toNanos(), BUILT);
        return clock;
    }

    private void startAfterWrite(Instant at, Instant written) {
        start(at).compare(written, written);
    }

    /** Lets time pass, and reads the clock every second, as the ledger does. */
    private void pass(Duration time) {
        for (long i = 0; i < time.toSeconds(); i++) {
            machine = machine.plus(SECOND);
            running = running.plus(SECOND);
            clock.instant();
        }
    }

    private void set(Duration by) {
        machine = machine.plus(by);
    }

    @Test
    void jumpOfSeconds_changesNothing_butIsReported() {
        startAfterWrite(T, T);
        pass(MINUTE);

        set(JUMP);
        pass(Duration.ofSeconds(6));

        assertThat(clock.instant()).isEqualTo(T.plusSeconds(66));
        assertThat(clock.retention().instant()).isEqualTo(T.plusSeconds(66));
        assertThat(clock.problem())
                .hasValueSatisfying(text -> assertThat(text).startsWith("the clock jumped by 100 days,"));

        set(JUMP.negated());
        pass(SECOND);

        assertThat(clock.instant()).isEqualTo(T.plusSeconds(67));
        assertThat(clock.problem()).isEmpty();
        assertThat(clock.latestJump())
                .hasValueSatisfying(text -> assertThat(text).contains("100 days"));
    }

    @Test
    void jumpThatLasts_isFollowed_butNothingIsForgotten() {
        startAfterWrite(T, T);
        set(JUMP);
        pass(Duration.ofSeconds(62));

        assertThat(clock.instant()).isEqualTo(T.plus(JUMP).plusSeconds(62));
        assertThat(clock.retention().instant()).isEqualTo(T.plusSeconds(62));
        assertThat(clock.problem()).isPresent();

        pass(Duration.ofDays(1).plus(MINUTE));

        assertThat(clock.problem()).isEmpty();
        assertThat(clock.retention().instant()).isBefore(T.plus(Duration.ofDays(2)));
    }

    @Test
    void jumpThatLasted_isTakenBackAtOnce() {
        startAfterWrite(T, T);
        set(JUMP);
        pass(Duration.ofMinutes(5));
        assertThat(clock.isTrusted()).isTrue();

        set(JUMP.negated());

        assertThat(clock.instant()).isEqualTo(T.plus(Duration.ofMinutes(5)));
        assertThat(clock.problem()).isEmpty();
        assertThat(clock.isTrusted()).isTrue();
    }

    @Test
    void stepOfMinutes_isFollowedAtOnce() {
        startAfterWrite(T, T);
        pass(MINUTE);
        set(Duration.ofMinutes(-59));
        assertThat(clock.instant()).isEqualTo(machine);
        set(Duration.ofMinutes(59));
        assertThat(clock.instant()).isEqualTo(machine);
        assertThat(clock.retention().instant()).isEqualTo(T.plus(MINUTE));
        assertThat(clock.latestJump()).isEmpty();
    }

    @Test
    void clockSetBackByADay_isFollowedAfterAMinute_andNothingIsCorrected() {
        startAfterWrite(T, T);
        pass(MINUTE);
        set(Duration.ofDays(-1));
        assertThat(clock.instant()).isEqualTo(T.plus(MINUTE));
        pass(Duration.ofSeconds(62));
        assertThat(clock.instant()).isEqualTo(machine);
        assertThat(clock.retention().instant()).isEqualTo(machine);
        assertThat(clock.isTrusted()).isFalse();
        assertThat(clock.problem())
                .hasValueSatisfying(text -> assertThat(text).startsWith("the clock jumped by 24 hours back,"));
    }

    @Test
    void start_withTheClockAhead_forgetsNothing_andIsPutRightAtOnce() {
        startAfterWrite(T.plus(JUMP), T);
        assertThat(clock.instant()).isEqualTo(T.plus(JUMP));
        assertThat(clock.problem()).hasValueSatisfying(text -> assertThat(text)
                .startsWith("the clock jumped by 100 days since the last write"));
        pass(MINUTE);
        assertThat(clock.retention().instant()).isEqualTo(T.plus(MINUTE));

        set(JUMP.negated());

        assertThat(clock.instant()).isEqualTo(T.plus(MINUTE));
        assertThat(clock.problem()).isEmpty();
    }

    @Test
    void start_withTheClockBehindTheLastWrite_isNotTrusted() {
        startAfterWrite(T.minus(JUMP), T);
        pass(MINUTE);
        assertThat(clock.isTrusted()).isFalse();
        assertThat(clock.retention().instant()).isEqualTo(machine);
        assertThat(clock.problem()).hasValueSatisfying(text -> assertThat(text).contains("100 days back"));

        set(JUMP.multipliedBy(2));
        pass(Duration.ofMinutes(2));

        assertThat(clock.retention().instant()).isBefore(T.minus(JUMP).plus(Duration.ofHours(1)));
    }

    @Test
    void start_in1970_isPutRightAtOnce_andForgetsNothing() {
        startAfterWrite(Instant.EPOCH.plusSeconds(9), T.minus(Duration.ofHours(2)));
        assertThat(clock.isTrusted()).isFalse();
        assertThat(clock.problem())
                .hasValueSatisfying(text -> assertThat(text).contains("before this version was built"));

        machine = T;
        pass(MINUTE);

        assertThat(clock.instant()).isEqualTo(T.plus(MINUTE));
        assertThat(clock.isTrusted()).isTrue();
        assertThat(clock.problem()).isEmpty();
        assertThat(clock.retention().instant()).isEqualTo(BUILT.plus(MINUTE));
    }

    @Test
    void start_afterLessThanADay_isTrusted() {
        start(T).compare(T.minus(Duration.ofHours(23)), T.minus(Duration.ofHours(23)));
        pass(MINUTE);
        assertThat(clock.problem()).isEmpty();
        assertThat(clock.retention().instant()).isEqualTo(T.plus(MINUTE));
    }

    @Test
    void start_afterAQuietWeek_forgetsLater_butIsNoProblem() {
        startAfterWrite(T, T.minus(Duration.ofDays(6)));
        pass(MINUTE);
        assertThat(clock.problem()).isEmpty();
        assertThat(clock.isTrusted()).isTrue();
        assertThat(clock.retention().instant())
                .isEqualTo(T.minus(Duration.ofDays(6)).plus(MINUTE));
    }

    @Test
    void wrongReading_afterAQuietWeek_changesNothing() {
        startAfterWrite(T, T.minus(Duration.ofDays(6)));
        pass(MINUTE);

        set(Duration.ofDays(-5));
        pass(SECOND.multipliedBy(6));

        assertThat(clock.instant()).isEqualTo(T.plusSeconds(66));
        assertThat(clock.isTrusted()).isTrue();

        pass(MINUTE);

        assertThat(clock.instant()).isEqualTo(machine);
        assertThat(clock.isTrusted()).isFalse();

        set(Duration.ofDays(5));

        assertThat(clock.instant()).isEqualTo(T.plusSeconds(126));
        assertThat(clock.isTrusted()).isTrue();
        assertThat(clock.problem()).isEmpty();
    }

    @Test
    void start_withCopiedFiles_asksTheLedgerToo() {
        start(T.plus(JUMP)).compare(T.plus(JUMP), T);
        pass(MINUTE);
        assertThat(clock.retention().instant()).isEqualTo(T.plus(MINUTE));
    }

    @Test
    void nothingIsForgotten_inTheFirstMinute_norBeforeTheLedgerIsRead() {
        start(T);
        pass(MINUTE);
        assertThat(clock.retention().instant()).isEqualTo(Instant.EPOCH);
        startAfterWrite(T, T);
        pass(Duration.ofSeconds(59));
        assertThat(clock.retention().instant()).isEqualTo(Instant.EPOCH);
    }

    @Test
    void durations_knowNoJump() {
        startAfterWrite(T, T);
        set(JUMP.negated());
        running = running.plus(SECOND);
        assertThat(clock.durations().instant()).isEqualTo(T.plus(SECOND));
        assertThat(clock.durations().millis()).isEqualTo(T.plus(SECOND).toEpochMilli());
    }
}
