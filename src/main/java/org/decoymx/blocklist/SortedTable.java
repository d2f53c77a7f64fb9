package org.decoymx.blocklist;

import java.util.Arrays;
import java.util.stream.LongStream;
import org.decoymx.policy.Tier;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one address family, sorted and immutable. An entry takes 24 octets, or 32 for IPv6: an {@link
 * EntryKey}, a {@link ListedInterval} and a {@link PackedReason}.
 */
final class SortedTable {
    /** Entries per bucket if the keys are spread evenly. */
    private static final int ENTRIES_PER_BUCKET = 16;

    static final SortedTable EMPTY = new SortedTableBuilder(0, 0).build();

    private final long[] highs;

    /** Empty if all are 0, as for IPv4. */
    private final long[] lows;

    private final long[] intervals;
    private final long[] reasons;
    private final int size;
    private final int confirmed;

    private final @Nullable SortedTable replaced;
    private final long earliestExpiry;

    /**
     * The index at which each bucket begins. Buckets divide the range from the first to the last key into equal widths.
     */
    private final int[] buckets;

    private final int shift;

    /** Does not copy the arrays; they may be longer than the table. */
    SortedTable(
            long[] highs,
            long[] lows,
            long[] intervals,
            long[] reasons,
            int size,
            long earliestExpiry,
            @Nullable SortedTable replaced) {
        this.replaced = replaced;
        this.highs = highs;
        this.lows = lows;
        this.intervals = intervals;
        this.reasons = reasons;
        this.size = size;
        confirmed = (int) Arrays.stream(reasons, 0, size)
                .filter(reason -> PackedReason.tier(reason) == Tier.CONFIRMED)
                .count();
        this.earliestExpiry = earliestExpiry;
        shift = size == 0 ? 0 : shift(highs[size - 1] - highs[0], size / ENTRIES_PER_BUCKET);
        buckets = new int[size == 0 ? 0 : bucket(highs[size - 1]) + 2];
        fillBuckets();
    }

    /** The bucket width in bits that divides a range into about {@code count} buckets; both are unsigned. */
    private static int shift(long range, int count) {
        int bits = Long.SIZE - Long.numberOfLeadingZeros(range) - (Integer.SIZE - Integer.numberOfLeadingZeros(count));
        return Math.min(Long.SIZE - 1, Math.max(0, bits));
    }

    private int bucket(long high) {
        return (int) (high - highs[0] >>> shift);
    }

    private void fillBuckets() {
        int filled = 0;
        for (int i = 0; i < size; i++) {
            for (int bucket = bucket(highs[i]); filled <= bucket; filled++) {
                buckets[filled] = i;
            }
        }
        Arrays.fill(buckets, filled, buckets.length, size);
    }

    int size() {
        return size;
    }

    long high(int index) {
        return highs[index];
    }

    long low(int index) {
        return lows.length == 0 ? 0 : lows[index];
    }

    long interval(int index) {
        return intervals[index];
    }

    long reason(int index) {
        return reasons[index];
    }

    Tier tier(int index) {
        return PackedReason.tier(reasons[index]);
    }

    /**
     * The table without networks in place of addresses. A network is never confirmed, but its addresses may be: so the
     * confirmed entries are those of this table.
     */
    SortedTable hosts() {
        return replaced == null ? this : replaced;
    }

    /** The number of entries that a filter selects. */
    int count(TierFilter filter) {
        return switch (filter) {
            case ALL -> size;
            case CONFIRMED -> hosts().confirmed;
            case SUSPECT -> size - confirmed;
        };
    }

    /** The index of an entry; -1 if there is none with this key. */
    int find(long high, long low) {
        int index = floorIndex(high, low);
        return index >= 0 && compareKey(index, high, low) == 0 ? index : -1;
    }

    /** The index of the last entry whose key is not higher; -1 if there is none. */
    int floorIndex(long high, long low) {
        if (size == 0 || compareKey(0, high, low) > 0) {
            return -1;
        }
        if (compareKey(size - 1, high, low) <= 0) {
            return size - 1;
        }
        int bucket = bucket(high);
        int from = buckets[bucket];
        int to = buckets[bucket + 1];
        while (from < to) {
            int middle = from + to >>> 1;
            if (compareKey(middle, high, low) <= 0) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from - 1;
    }

    /** Whether the key at an index is lower (negative), the same (0) or higher. */
    int compareKey(int index, long high, long low) {
        return highs[index] == high ? Long.compare(low(index), low) : Long.compare(highs[index], high);
    }

    /** The second in which the first entry ends; {@link Long#MAX_VALUE} if the table is empty. */
    long earliestExpiry() {
        return earliestExpiry;
    }

    LongStream expirySeconds() {
        return Arrays.stream(intervals, 0, size).map(ListedInterval::until);
    }

    /**
     * This table with the changes, and without expired entries.
     *
     * @param changes {@link ListedInterval#NOT_LISTED} removes a key
     * @param now seconds since 1970
     */
    SortedTable withChanges(ChangeBuffer changes, long now) {
        SortedTableBuilder builder = new SortedTableBuilder(size + changes.size(), now);
        int[] indexes = changes.sortedIndexes();
        int at = 0;
        for (int i = 0; i < indexes.length; i++) {
            int change = indexes[i];
            int from = at;
            while (at < size && compareKey(at, changes.high(change), changes.low(change)) < 0) {
                at++;
            }
            builder.addAll(this, from, at);
            if (at < size && compareKey(at, changes.high(change), changes.low(change)) == 0) {
                at++;
            }
            if (i + 1 == indexes.length || !changes.isSameKey(change, indexes[i + 1])) {
                builder.add(
                        changes.high(change), changes.low(change), changes.interval(change), changes.reason(change));
            }
        }
        builder.addAll(this, at, size);
        return builder.build();
    }

    /** This table without the entries that end before a second, and the first {@code count} of those that end in it. */
    SortedTable withoutEarliest(long end, long count) {
        SortedTableBuilder builder = new SortedTableBuilder(size, end - 1);
        long remaining = count;
        for (int i = 0; i < size; i++) {
            if (remaining > 0 && ListedInterval.until(intervals[i]) == end) {
                remaining--;
            } else {
                builder.addAll(this, i, i + 1);
            }
        }
        return builder.build();
    }
}
