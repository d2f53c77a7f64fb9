package org.decoymx.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * How often something happened in each hour, for a year and a bit. The ledger stores it. Times are seconds since 1970,
 * and an hour is named by its first second, in UTC. Thread-safe, and quick enough for an event loop.
 */
public final class HourCounts {
    /** Of more hours, the oldest are dropped. */
    public static final int MAX_HOURS = 9_000;

    /** Seconds of an hour. */
    public static final long HOUR = 3_600;

    private static final int COLUMNS = Counted.values().length;

    private final NavigableMap<Long, long[]> hours = new TreeMap<>();
    private final TreeSet<Long> changed = new TreeSet<>();

    /** What is counted; the names are columns of the ledger. */
    public enum Counted {
        /** SMTP sessions with the decoy. */
        SESSIONS(0),
        /** Sessions that were put off with 451 for a protected recipient, count, and have the points to list. */
        CATCHES(1),
        /** Senders that became confirmed. */
        CONFIRMED(2),
        /** Senders that were cleared, but not by hand. */
        CLEARED(3),
        /** Answers to Postfix that refuse for good. */
        REFUSED(4),
        /** Answers to Postfix that defer. */
        DEFERRED(5),
        /** Recipients of listed senders that a real MX has refused for good, according to visit reports. */
        REPORTED_REFUSED(6),
        /** Recipients of listed senders that a real MX has deferred, according to visit reports. */
        REPORTED_DEFERRED(7),
        /** 1 if a real MX was down in this hour, or nobody looked whether it was. */
        OUTAGE(8);

        private final int column;

        Counted(int column) {
            this.column = column;
        }
    }

    /**
     * The counts of an hour.
     *
     * @param counts in the order of {@link Counted}; null if the hour was dropped
     */
    public record HourEntry(long hour, @Nullable List<Long> counts) {
        /** How often this happened. */
        public long count(Counted what) {
            return counts == null ? 0 : counts.get(what.column);
        }
    }

    /** The hour of a time. */
    public static long hourOf(long second) {
        return Math.floorDiv(second, HOUR) * HOUR;
    }

    /** Counts one event at a time. */
    public synchronized void add(Counted what, long second) {
        countsOf(hourOf(second))[what.column]++;
        dropOldest();
    }

    private long[] countsOf(long hour) {
        changed.add(hour);
        return hours.computeIfAbsent(hour, added -> new long[COLUMNS]);
    }

    private void dropOldest() {
        while (hours.size() > MAX_HOURS) {
            changed.add(hours.firstKey());
            hours.remove(hours.firstKey());
        }
    }

    /** Marks all hours of an outage, at most {@link #MAX_HOURS} of them. */
    public synchronized void markOutage(long from, long until) {
        long last = hourOf(until);
        for (long hour = Math.max(hourOf(from), last - (MAX_HOURS - 1) * HOUR); hour <= last; hour += HOUR) {
            long[] known = hours.get(hour);
            if (known == null || known[Counted.OUTAGE.column] == 0) {
                countsOf(hour)[Counted.OUTAGE.column] = 1;
            }
        }
        dropOldest();
    }

    /** Moves what was counted in the future, while the clock was ahead, to the current hour. */
    public synchronized void limitTimes(TimeLimit limit) {
        NavigableMap<Long, long[]> future = hours.tailMap(hourOf(limit.now()), false);
        if (future.isEmpty()) {
            return;
        }
        NavigableMap<Long, long[]> moved = new TreeMap<>(future);
        changed.addAll(moved.keySet());
        future.clear();
        moved.values().forEach(counts -> addTo(countsOf(hourOf(limit.now())), counts));
        dropOldest();
    }

    private static void addTo(long[] sum, long[] counts) {
        for (int i = 0; i < COLUMNS; i++) {
            sum[i] += counts[i];
        }
        sum[Counted.OUTAGE.column] = Math.min(1, sum[Counted.OUTAGE.column]);
    }

    /** The hours from one time to another that have counts, the oldest first. */
    public synchronized List<HourEntry> between(long from, long until) {
        return from > until
                ? List.of()
                : entries(hours.subMap(hourOf(from), true, until, true).keySet());
    }

    /** All hours that have counts, the oldest first. */
    public synchronized List<HourEntry> all() {
        return entries(hours.keySet());
    }

    private List<HourEntry> entries(Collection<Long> keys) {
        List<HourEntry> entries = new ArrayList<>(keys.size());
        for (long hour : keys) {
            long[] counts = hours.get(hour);
            entries.add(new HourEntry(
                    hour, counts == null ? null : LongStream.of(counts).boxed().toList()));
        }
        return entries;
    }

    /** Adds what is on disk to what was counted before it could be read. */
    public synchronized void load(HourEntry stored) {
        List<Long> counts = stored.counts();
        if (counts != null) {
            boolean counted = hours.containsKey(stored.hour());
            long[] sum = hours.computeIfAbsent(stored.hour(), added -> new long[COLUMNS]);
            addTo(sum, counts.stream().mapToLong(Long::longValue).toArray());
            if (counted) {
                changed.add(stored.hour());
            }
            dropOldest();
        }
    }

    /** Takes the hours to be written. */
    public synchronized List<HourEntry> takeChanges() {
        if (changed.isEmpty()) {
            return List.of();
        }
        List<HourEntry> entries = entries(changed);
        changed.clear();
        return entries;
    }

    /** Puts changes back that could not be written. */
    public synchronized void restoreChanges(List<HourEntry> changes) {
        changes.forEach(entry -> changed.add(entry.hour()));
    }
}
