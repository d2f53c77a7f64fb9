package org.decoymx.policy;

import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.HourCounts.Counted;

/**
 * What happens to senders, one line each for the log, the number of tier changes by their cause, and numbers for each
 * hour. The lines have no text that a sender controls. Thread-safe, and quick enough for an event loop.
 */
public final class SenderEvents {
    private static final double TENTHS = 10;
    private static final String COUNTED = "counted";
    private static final String BELOW_THRESHOLD = "below_threshold";

    private final Map<String, LongAdder> catches = new TreeMap<>();
    private final Map<TrustCause, LongAdder> clears = new EnumMap<>(TrustCause.class);
    private final Consumer<Supplier<String>> log;
    private final Map<TrustCause, LongAdder> tierChanges = new EnumMap<>(TrustCause.class);
    private final HourCounts hours = new HourCounts();

    /**
     * @param log takes a line if there is room for it; it must not block
     */
    public SenderEvents(Consumer<Supplier<String>> log) {
        this.log = log;
        for (TrustCause cause : TrustCause.values()) {
            tierChanges.put(cause, new LongAdder());
            clears.put(cause, new LongAdder());
        }
        catches.put(COUNTED, new LongAdder());
        catches.put(BELOW_THRESHOLD, new LongAdder());
        for (SkipReason reason : SkipReason.values()) {
            catches.put(name(reason), new LongAdder());
        }
    }

    /**
     * A session for a protected recipient reached the 451 to DATA or BDAT, and counts.
     *
     * @param points of the session so far
     * @param change what followed
     * @param first whether this is the first report of the session, which is counted
     */
    public void recordCatch(IpPrefix origin, double points, TrustChange change, boolean first) {
        if (first) {
            hours.add(Counted.CATCHES, change.at());
            countCatch(COUNTED);
        }
        log.accept(() -> "sender %s: caught, %s points, %s: %s"
                .formatted(origin, formatPoints(points), describeTier(change), words(change.cause())));
    }

    private void countCatch(String result) {
        Objects.requireNonNull(catches.get(result)).increment();
    }

    /** A session for a protected recipient reached the 451, but with too few points to list anybody. */
    public void recordBelowThreshold(IpPrefix origin, double points, double threshold) {
        log.accept(() -> "sender %s: caught, %s points, not listed: below the threshold of %s"
                .formatted(origin, formatPoints(points), formatPoints(threshold)));
        countCatch(BELOW_THRESHOLD);
    }

    /** A session for a protected recipient reached the 451, but does not count. */
    public void recordSkipped(IpPrefix origin, SkipReason reason) {
        log.accept(() -> "sender %s: caught, does not count: %s".formatted(origin, words(reason)));
        countCatch(name(reason));
    }

    /** A sender is listed no longer, because its sessions turned out not to count. */
    public void recordWithdrawn(IpPrefix origin, SkipReason reason) {
        log.accept(() -> "sender %s: its sessions do not count any more: %s".formatted(origin, words(reason)));
    }

    /** The tier of a sender may have changed. */
    void recordChange(IpPrefix origin, TrustChange change) {
        if (change.changesTier()) {
            count(change.cause()).increment();
            if (change.after() == Tier.CONFIRMED) {
                hours.add(Counted.CONFIRMED, change.at());
            } else if (change.after() == Tier.CLEARED && change.cause() != TrustCause.SET_BY_HAND) {
                hours.add(Counted.CLEARED, change.at());
            }
            log.accept(() -> "sender %s: tier %s -> %s: %s"
                    .formatted(origin, words(change.before()), describeTier(change), words(change.cause())));
            if (change.after() == Tier.CLEARED) {
                Objects.requireNonNull(clears.get(change.cause())).increment();
            }
        }
    }

    /** How often something happened in each hour. */
    public HourCounts hours() {
        return hours;
    }

    private LongAdder count(TrustCause cause) {
        return Objects.requireNonNull(tierChanges.get(cause));
    }

    /** How often a tier changed for this cause. */
    public long tierChangeCount(TrustCause cause) {
        return count(cause).sum();
    }

    /** How often a tier changed, for each cause that occurred. */
    public Map<TrustCause, Long> tierChangeCounts() {
        Map<TrustCause, Long> counts = new EnumMap<>(TrustCause.class);
        for (TrustCause cause : TrustCause.values()) {
            if (tierChangeCount(cause) > 0) {
                counts.put(cause, tierChangeCount(cause));
            }
        }
        return counts;
    }

    /** How often a sender was cleared for this cause. */
    public long clearCount(TrustCause cause) {
        return Objects.requireNonNull(clears.get(cause)).sum();
    }

    /**
     * How often a session for a protected recipient reached the 451, by what became of it: {@code counted},
     * {@code below_threshold}, or the {@link SkipReason} in lower case.
     */
    public Map<String, LongAdder> catchCounts() {
        return Collections.unmodifiableMap(catches);
    }

    private static String describeTier(TrustChange change) {
        return change.until() == 0
                ? words(change.after())
                : words(change.after()) + " until " + Instant.ofEpochSecond(change.until());
    }

    private static String formatPoints(double points) {
        long tenths = Math.round(points * TENTHS);
        return tenths % TENTHS == 0 ? Long.toString(tenths / (long) TENTHS) : Double.toString(tenths / TENTHS);
    }

    private static String words(Enum<?> constant) {
        return name(constant).replace('_', ' ');
    }

    private static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
