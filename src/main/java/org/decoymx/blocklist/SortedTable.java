package org.decoymx.blocklist;

import java.util.Arrays;
import java.util.stream.LongStream;
import org.decoymx.policy.Tier;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one address family, sorted and immutable. An entry takes 24 octets: an {@link EntryKey}, a
 * {@link ListedInterval} and a {@link PackedReason}.
 */
final class SortedTable {
    /** Entries per bucket if the keys are spread evenly. */
    private static final int ENTRIES_PER_BUCKET = 16;

    static final SortedTable EMPTY = new SortedTableBuilder(0, 0).build();

    private final long[] keys;
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
    private SortedTable(
            long[] keys,
            long[] intervals,
            long[] reasons,
            int size,
            long earliestExpiry,
            @Nullable SortedTable replaced) {
        this.replaced = replaced;
        this.keys = keys;
        this.intervals = intervals;
        this.reasons = reasons;
        this.size = size;
        confirmed = (int) Arrays.stream(reasons, 0, size)
                .filter(reason -> PackedReason.tier(reason) == Tier.CONFIRMED)
                .count();
        this.earliestExpiry = earliestExpiry;
        shift = size == 0 ? 0 : shift(keys[size - 1] - keys[0], size / ENTRIES_PER_BUCKET);
        buckets = new int[size == 0 ? 0 : bucket(keys[size - 1]) + 2];
        fillBuckets();
    }

    /** The bucket width in bits that divides a range into about {@code count} buckets; both are unsigned. */
    private static int shift(long range, int count) {
        int bits = Long.SIZE - Long.numberOfLeadingZeros(range) - (Integer.SIZE - Integer.numberOfLeadingZeros(count));
        return Math.min(Long.SIZE - 1, Math.max(0, bits));
    }

    private int bucket(long key) {
        return (int) (key - keys[0] >>> shift);
    }

    private void fillBuckets() {
        int filled = 0;
        for (int i = 0; i < size; i++) {
            for (int bucket = bucket(keys[i]); filled <= bucket; filled++) {
                buckets[filled] = i;
            }
        }
        Arrays.fill(buckets, filled, buckets.length, size);
    }

    int size() {
        return size;
    }

    long key(int index) {
        return keys[index];
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

    /** The {@link ListedInterval} of a key, or {@link ListedInterval#NOT_LISTED}. */
    long findInterval(long key) {
        int index = floorIndex(key);
        return index < 0 || keys[index] != key ? ListedInterval.NOT_LISTED : intervals[index];
    }

    /** The index of the last entry whose key is not higher; -1 if there is none. */
    int floorIndex(long key) {
        if (size == 0 || key < keys[0]) {
            return -1;
        }
        if (key >= keys[size - 1]) {
            return size - 1;
        }
        int bucket = bucket(key);
        int index = Arrays.binarySearch(keys, buckets[bucket], buckets[bucket + 1], key);
        return index < 0 ? -index - 2 : index;
    }

    /** The second in which the first entry ends; {@link Long#MAX_VALUE} if the table is empty. */
    long earliestExpiry() {
        return earliestExpiry;
    }

    LongStream expirySeconds() {
        return Arrays.stream(intervals, 0, size).map(ListedInterval::until);
    }

    /** The reason of a key; 0 if it is not in the table. */
    long findReason(long key) {
        int index = floorIndex(key);
        return index < 0 || keys[index] != key ? 0 : reasons[index];
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
            long key = changes.key(indexes[i]);
            for (; at < size && keys[at] < key; at++) {
                builder.add(keys[at], intervals[at], reasons[at]);
            }
            if (at < size && keys[at] == key) {
                at++;
            }
            if (i + 1 == indexes.length || changes.key(indexes[i + 1]) != key) {
                builder.add(key, changes.interval(indexes[i]), changes.reason(indexes[i]));
            }
        }
        for (; at < size; at++) {
            builder.add(keys[at], intervals[at], reasons[at]);
        }
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
                builder.add(keys[i], intervals[i], reasons[i]);
            }
        }
        return builder.build();
    }

    /** Builds a table; entries are added in the order of their keys. */
    static final class SortedTableBuilder {
        private static final int SPARE_DIVISOR = 8;

        private final long[] keys;
        private final long[] intervals;
        private final long[] reasons;
        private final long now;
        private int size;
        private long earliestExpiry = Long.MAX_VALUE;

        /**
         * @param now entries that end by this second are left out
         */
        SortedTableBuilder(int capacity, long now) {
            keys = new long[capacity];
            intervals = new long[capacity];
            reasons = new long[capacity];
            this.now = now;
        }

        void add(long key, long interval, long reason) {
            long until = ListedInterval.until(interval);
            if (until > now) {
                keys[size] = key;
                intervals[size] = interval;
                reasons[size++] = reason;
                earliestExpiry = Math.min(earliestExpiry, until);
            }
        }

        void addAll(SortedTable table, int from, int to) {
            for (int i = from; i < to; i++) {
                add(table.keys[i], table.intervals[i], table.reasons[i]);
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
            return keys.length - size <= size / SPARE_DIVISOR
                    ? new SortedTable(keys, intervals, reasons, size, earliestExpiry, replaced)
                    : new SortedTable(
                            Arrays.copyOf(keys, size),
                            Arrays.copyOf(intervals, size),
                            Arrays.copyOf(reasons, size),
                            size,
                            earliestExpiry,
                            replaced);
        }
    }
}
