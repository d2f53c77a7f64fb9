package org.decoymx.support;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The clock of all beans: that of the machine, but a jump of more than an hour is followed only when it has lasted for
 * a minute, so that one wrong reading changes nothing. A jump towards the trusted time is followed at once.
 *
 * <p>The trusted time began at the start, with the clock, or with what was written before if the clock was more than a
 * week ahead of that; since then only monotonic time passes in it. The time that {@link #retention} is based on began
 * with what was written if that was more than a day old: a late deletion does no harm. Thread-safe.
 */
public final class SteadyClock extends Clock {
    private static final Logger LOG = Logger.getLogger(SteadyClock.class);
    private static final Duration SETTLE_TIME = Duration.ofMinutes(1);
    private static final Duration TOLERANCE = Duration.ofHours(1);
    private static final Duration SLEW = Duration.ofSeconds(1);
    private static final Duration MAX_OFF = Duration.ofDays(1);
    private static final Duration MAX_QUIET = Duration.ofDays(7);
    private static final Duration REPORTED_FOR = Duration.ofDays(1);
    private static final long HOURS_OF_TWO_DAYS = 48;

    private final Clock machine;
    private final LongSupplier nanos;
    private final Instant built;
    private final Anchor start;
    private final Clock durations = ((InstantSource) this::sinceStart).withZone(ZoneOffset.UTC);
    private final Clock retention = ((InstantSource) this::forgettable).withZone(ZoneOffset.UTC);
    private final Condition condition = new Condition(durations);
    private volatile Anchor current;
    private volatile @Nullable Anchor trusted;
    private volatile @Nullable Anchor retained;
    private volatile Instant latestWrite = Instant.EPOCH;
    private volatile @Nullable Anchor jump;
    private int followedJumps;
    private volatile @Nullable String latestJump;

    /** A time, and the monotonic clock at it. */
    private record Anchor(Instant time, long nanos) {
        Instant at(long later) {
            return time.plusNanos(later - nanos);
        }
    }

    /**
     * @param machine the clock of the machine
     * @param nanos a monotonic clock, in nanoseconds
     * @param built a time before which this program did not exist
     */
    public SteadyClock(Clock machine, LongSupplier nanos, Instant built) {
        this.machine = machine;
        this.nanos = nanos;
        this.built = built;
        start = new Anchor(machine.instant(), nanos.getAsLong());
        current = start;
    }

    @Override
    public Instant instant() {
        Instant now = machine.instant();
        long nano = nanos.getAsLong();
        Instant expected = current.at(nano);
        Duration difference = distance(now, expected);
        if (difference.compareTo(TOLERANCE) > 0) {
            return afterJump(now, nano);
        }
        if (difference.compareTo(SLEW) > 0) {
            current = new Anchor(now, nano);
        }
        Anchor reported = jump;
        if (reported != null) {
            endJump(reported);
        }
        return now;
    }

    private static Duration distance(Instant a, Instant b) {
        return Duration.between(a, b).abs();
    }

    private synchronized Instant afterJump(Instant now, long nano) {
        Instant expected = current.at(nano);
        Instant reference = reference(nano);
        Anchor seen = jump;
        boolean back = distance(now, reference).compareTo(distance(expected, reference)) < 0;
        boolean same = seen != null && distance(now, seen.at(nano)).compareTo(TOLERANCE) <= 0;
        boolean settled = seen != null && nano - seen.nanos() >= SETTLE_TIME.toNanos();
        if (back || same && settled) {
            current = new Anchor(now, nano);
            jump = null;
            followedJumps++;
            LOG.warnf("The clock jumped by %s, from %s to %s, and is followed", describe(expected, now), expected, now);
            if (back && (distance(now, reference).compareTo(MAX_OFF) <= 0 || expected.isBefore(built))) {
                condition.recover();
            }
            return now;
        }
        if (!same) {
            jump = new Anchor(now, nano);
            report(
                    "the clock jumped by " + describe(expected, now) + ", from " + expected + " to " + now,
                    "; it is followed in " + SETTLE_TIME.toSeconds() + " s");
        }
        return expected;
    }

    /** How many jumps of more than an hour it has followed. */
    public synchronized int followedJumps() {
        return followedJumps;
    }

    private synchronized void endJump(Anchor ended) {
        if (ended.equals(jump)) {
            jump = null;
            condition.recover(() -> LOG.info("The clock is right again"));
        }
    }

    private void report(String problem, String effect) {
        latestJump = problem;
        condition.fail(
                problem,
                () -> LOG.warn(Character.toUpperCase(problem.charAt(0)) + problem.substring(1) + effect
                        + ". Nothing that is stored is deleted because of that"));
    }

    /** A time that the right one is not far from. */
    private Instant reference(long nano) {
        Anchor known = trusted;
        return known == null ? Collections.max(List.of(start.at(nano), built)) : known.at(nano);
    }

    private static String describe(Instant from, Instant to) {
        long hours = Math.max(1, distance(from, to).plus(TOLERANCE.dividedBy(2)).toHours());
        String amount = hours < HOURS_OF_TWO_DAYS ? hours + " hours" : (hours + 12) / 24 + " days";
        return amount + (to.isBefore(from) ? " back" : "");
    }

    /**
     * Finds out whether the clock of the machine agrees with what was written before the start.
     *
     * @param written when the file was last written; 1970 if there was none
     * @param recorded the latest time in it; 1970 for none
     */
    public synchronized void compare(Instant written, Instant recorded) {
        long nano = nanos.getAsLong();
        Instant now = instant();
        latestWrite = written;
        Instant evidence = findEvidence(now, written, recorded);
        boolean ahead = !agreed(now, written).plus(MAX_QUIET).isAfter(now);
        retained = new Anchor(evidence, nano);
        trusted = ahead || now.isBefore(built) ? retained : new Anchor(now, nano);
        if (now.isBefore(built)) {
            report("the clock is at " + now + ", before this version was built", "");
        } else if (ahead || now.isBefore(written.minus(TOLERANCE))) {
            report(
                    "the clock jumped by " + describe(written, now) + " since the last write, from " + written + " to "
                            + now,
                    ", or the decoy was not running");
        } else if (evidence.isBefore(now)) {
            LOG.infof("The latest time in the ledger is %s; until a restart, data is kept longer", evidence);
        }
    }

    /** What is in the future says nothing: it may have been written while the clock was ahead. */
    private Instant findEvidence(Instant now, Instant written, Instant recorded) {
        if (now.isBefore(built)) {
            return built;
        }
        return Collections.min(List.of(agreed(now, written), agreed(now, recorded)));
    }

    private static Instant agreed(Instant now, Instant evidence) {
        return evidence.isAfter(Instant.EPOCH) && now.isAfter(evidence.plus(MAX_OFF)) ? evidence : now;
    }

    /** Whether the time is not behind what was written, so that times after it are wrong. */
    public boolean isTrusted() {
        // behind by an hour at most, it corrects no time that is right, and the longest listings end an hour earlier
        Instant limit = instant().plus(TOLERANCE);
        return trusted != null
                && !limit.isBefore(Collections.max(List.of(latestWrite, built, reference(nanos.getAsLong()))));
    }

    /** The clock of the machine, with all its jumps, as others read it. */
    public Clock machine() {
        return machine;
    }

    /** The time since 1970 that is never set: the time at the start, and what has passed since. For durations. */
    public Clock durations() {
        return durations;
    }

    private Instant sinceStart() {
        return start.at(nanos.getAsLong());
    }

    /**
     * The time for deleting what is old. It is never ahead of the trusted time or of the time, and 1970 in the first
     * minute and until {@link #compare}.
     */
    public Clock retention() {
        return retention;
    }

    private Instant forgettable() {
        Anchor known = retained;
        long nano = nanos.getAsLong();
        return known == null || nano - start.nanos() < SETTLE_TIME.toNanos()
                ? Instant.EPOCH
                : Collections.min(List.of(known.at(nano), instant()));
    }

    /** What is wrong, for a day after a jump; empty if the clock is right. */
    public Optional<String> problem() {
        instant();
        Instant since = sinceStart().minus(REPORTED_FOR);
        return condition
                .failure()
                .filter(failure -> failure.since().isAfter(since))
                .map(Condition.Failure::reason);
    }

    /** The latest jump, also of a clock that is right again. */
    public Optional<String> latestJump() {
        return Optional.ofNullable(latestJump);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("the zone is UTC");
    }
}
