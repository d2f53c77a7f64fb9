package org.decoymx.blocklist;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongList;
import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * The listed of one family, sorted; it never changes. It takes 24 octets an entry: a {@link Key}, its {@link ListedInterval} and its
 * {@link PackedReason}.
 */
final class SortedTable {
    /** Entries of a bucket, were they spread evenly. */
    private static final int ENTRIES_PER_BUCKET = 16;

    static final SortedTable EMPTY = new SortedTableBuilder(0, 0).build();

    private final long[] keys;
    private final long[] intervals;
    private final long[] reasons;
    private final int size;
    private final long earliestExpiry;

    /** Where each bucket begins: the numbers from the first key to the last are cut into such, all of one width. */
    private final int[] buckets;

    private final int shift;

    /** Takes the arrays over; they may be longer than the table. */
    private SortedTable(long[] keys, long[] times, long[] reasons, int size, long firstEnd) {
        this.keys = keys;
        this.intervals = times;
        this.reasons = reasons;
        this.size = size;
        this.earliestExpiry = firstEnd;
        shift = size == 0 ? 0 : shift(keys[size - 1] - keys[0], size / ENTRIES_PER_BUCKET);
        buckets = new int[size == 0 ? 0 : bucket(keys[size - 1]) + 2];
        fillBuckets();
    }

    /** By how many bits a bucket is as wide as there are about so many in a range; both are unsigned. */
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

    /** The {@link ListedInterval} of a key, {@link ListedInterval#NOT_LISTED} when it is not listed. */
    long findInterval(long key) {
        int index = floorIndex(key);
        return index < 0 || keys[index] != key ? ListedInterval.NOT_LISTED : intervals[index];
    }

    /** The place of the last entry whose key is no higher; -1 when there is none. */
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

    /** The second when the first of them ends; far off when there is none. */
    long earliestExpiry() {
        return earliestExpiry;
    }

    /** The seconds when they end. */
    LongStream expirySeconds() {
        return Arrays.stream(intervals, 0, size).map(ListedInterval::until);
    }

    /** The keys that are in this table and not in another. */
    LongList keysNotIn(SortedTable other) {
        if (keys == other.keys) {
            return LongList.of();
        }
        LongArrayList found = new LongArrayList();
        int at = 0;
        for (int i = 0; i < size; i++) {
            while (at < other.size && other.keys[at] < keys[i]) {
                at++;
            }
            if (at == other.size || other.keys[at] != keys[i]) {
                found.add(keys[i]);
            }
        }
        found.trim();
        return found;
    }

    boolean hasSameKeys(SortedTable other) {
        return keys == other.keys || Arrays.equals(keys, 0, size, other.keys, 0, other.size);
    }

    /**
     * This table with changes, and without those whose time is over.
     *
     * @param changes {@link ListedInterval#NOT_LISTED} takes a key out
     * @param now seconds since 1970
     */
    SortedTable withChanges(ChangeBuffer changes, long now) {
        SortedTableBuilder copy = new SortedTableBuilder(size + changes.size(), now);
        int[] places = changes.sortedIndexes();
        int at = 0;
        for (int i = 0; i < places.length; i++) {
            long key = changes.key(places[i]);
            for (; at < size && keys[at] < key; at++) {
                copy.add(keys[at], intervals[at], reasons[at]);
            }
            if (at < size && keys[at] == key) {
                at++;
            }
            if (i + 1 == places.length || changes.key(places[i + 1]) != key) {
                copy.add(key, changes.interval(places[i]), changes.reason(places[i]));
            }
        }
        for (; at < size; at++) {
            copy.add(keys[at], intervals[at], reasons[at]);
        }
        return copy.build();
    }

    /** This table without those that end before a second, and without the first few that end in it. */
    SortedTable withoutEarliest(long end, long few) {
        SortedTableBuilder copy = new SortedTableBuilder(size, end - 1);
        long left = few;
        for (int i = 0; i < size; i++) {
            if (left > 0 && ListedInterval.until(intervals[i]) == end) {
                left--;
            } else {
                copy.add(keys[i], intervals[i], reasons[i]);
            }
        }
        return copy.build();
    }

    /** A table in the making. */
    static final class SortedTableBuilder {
        private static final int SPARE_DIVISOR = 8;

        private final long[] keys;
        private final long[] intervals;
        private final long[] reasons;
        private final long now;
        private int size;
        private long earliestExpiry = Long.MAX_VALUE;

        /**
         * @param now what ends by this second is left out
         */
        SortedTableBuilder(int capacity, long now) {
            keys = new long[capacity];
            intervals = new long[capacity];
            reasons = new long[capacity];
            this.now = now;
        }

        void add(long key, long when, long why) {
            long until = ListedInterval.until(when);
            if (until > now) {
                keys[size] = key;
                intervals[size] = when;
                reasons[size++] = why;
                earliestExpiry = Math.min(earliestExpiry, until);
            }
        }

        void addAll(SortedTable table, int from, int to) {
            for (int i = from; i < to; i++) {
                add(table.keys[i], table.intervals[i], table.reasons[i]);
            }
        }

        /** The table; a little room left over is cheaper than another copy. */
        SortedTable build() {
            return keys.length - size <= size / SPARE_DIVISOR
                    ? new SortedTable(keys, intervals, reasons, size, earliestExpiry)
                    : new SortedTable(
                            Arrays.copyOf(keys, size),
                            Arrays.copyOf(intervals, size),
                            Arrays.copyOf(reasons, size),
                            size,
                            earliestExpiry);
        }
    }
}
