package org.decoymx.blocklist;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Builds a {@link SortedTable}; entries are added in the order of their keys. */
final class SortedTableBuilder {
    private static final int SPARE_DIVISOR = 8;

    private final long[] highs;
    private long[] lows = {};
    private final long[] intervals;
    private final long[] reasons;
    private final long now;
    private int size;
    private long earliestExpiry = Long.MAX_VALUE;

    /**
     * @param now entries that end by this second are left out
     */
    SortedTableBuilder(int capacity, long now) {
        highs = new long[capacity];
        intervals = new long[capacity];
        reasons = new long[capacity];
        this.now = now;
    }

    void add(long high, long low, long interval, long reason) {
        long until = ListedInterval.until(interval);
        if (until > now) {
            highs[size] = high;
            if (low != 0 && lows.length == 0) {
                lows = new long[highs.length];
            }
            if (lows.length > 0) {
                lows[size] = low;
            }
            intervals[size] = interval;
            reasons[size++] = reason;
            earliestExpiry = Math.min(earliestExpiry, until);
        }
    }

    void addAll(SortedTable table, int from, int to) {
        for (int i = from; i < to; i++) {
            add(table.high(i), table.low(i), table.interval(i), table.reason(i));
        }
    }

    SortedTable build() {
        return build(null);
    }

    /**
     * Copies the arrays only if more than 1/8 is unused; a little unused space is cheaper than a copy.
     *
     * @param replaced the table of the addresses, if this one has networks in place of some; else null
     */
    SortedTable build(@Nullable SortedTable replaced) {
        return highs.length - size <= size / SPARE_DIVISOR
                ? new SortedTable(highs, lows, intervals, reasons, size, earliestExpiry, replaced)
                : new SortedTable(
                        Arrays.copyOf(highs, size),
                        Arrays.copyOf(lows, Math.min(size, lows.length)),
                        Arrays.copyOf(intervals, size),
                        Arrays.copyOf(reasons, size),
                        size,
                        earliestExpiry,
                        replaced);
    }
}
