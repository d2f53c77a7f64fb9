package org.decoymx.blocklist;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongList;
import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * The listed of one family, sorted; it never changes. It takes 24 octets an entry: a {@link Key}, its {@link Times} and its
 * {@link Reasons}.
 */
final class Table {
    /** Entries of a bucket, were they spread evenly. */
    private static final int BUCKET = 16;

    static final Table EMPTY = new Copy(0, 0).table();

    private final long[] keys;
    private final long[] times;
    private final long[] reasons;
    private final int size;
    private final long firstEnd;

    /** Where each bucket begins: the numbers from the first key to the last are cut into such, all of one width. */
    private final int[] buckets;

    private final int shift;

    /** Takes the arrays over; they may be longer than the table. */
    private Table(long[] keys, long[] times, long[] reasons, int size, long firstEnd) {
        this.keys = keys;
        this.times = times;
        this.reasons = reasons;
        this.size = size;
        this.firstEnd = firstEnd;
        shift = size == 0 ? 0 : shift(keys[size - 1] - keys[0], size / BUCKET);
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

    long times(int index) {
        return times[index];
    }

    long reasons(int index) {
        return reasons[index];
    }

    /** The {@link Times} of a key, {@link Times#NONE} when it is not listed. */
    long find(long key) {
        int index = floor(key);
        return index < 0 || keys[index] != key ? Times.NONE : times[index];
    }

    /** The place of the last entry whose key is no higher; -1 when there is none. */
    int floor(long key) {
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
    long firstEnd() {
        return firstEnd;
    }

    /** The seconds when they end. */
    LongStream ends() {
        return Arrays.stream(times, 0, size).map(Times::until);
    }

    /** The keys that are in this table and not in another. */
    LongList keysNotIn(Table other) {
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

    boolean hasSameKeys(Table other) {
        return keys == other.keys || Arrays.equals(keys, 0, size, other.keys, 0, other.size);
    }

    /**
     * This table with changes, and without those whose time is over.
     *
     * @param changes {@link Times#NONE} takes a key out
     * @param now seconds since 1970
     */
    Table with(Changes changes, long now) {
        Copy copy = new Copy(size + changes.size(), now);
        int[] places = changes.sorted();
        int at = 0;
        for (int i = 0; i < places.length; i++) {
            long key = changes.key(places[i]);
            for (; at < size && keys[at] < key; at++) {
                copy.add(keys[at], times[at], reasons[at]);
            }
            if (at < size && keys[at] == key) {
                at++;
            }
            if (i + 1 == places.length || changes.key(places[i + 1]) != key) {
                copy.add(key, changes.times(places[i]), changes.reasons(places[i]));
            }
        }
        for (; at < size; at++) {
            copy.add(keys[at], times[at], reasons[at]);
        }
        return copy.table();
    }

    /** This table without those that end before a second, and without the first few that end in it. */
    Table without(long end, long few) {
        Copy copy = new Copy(size, end - 1);
        long left = few;
        for (int i = 0; i < size; i++) {
            if (left > 0 && Times.until(times[i]) == end) {
                left--;
            } else {
                copy.add(keys[i], times[i], reasons[i]);
            }
        }
        return copy.table();
    }

    /** A table in the making. */
    static final class Copy {
        private static final int SPARE = 8;

        private final long[] keys;
        private final long[] times;
        private final long[] reasons;
        private final long now;
        private int size;
        private long firstEnd = Long.MAX_VALUE;

        /**
         * @param now what ends by this second is left out
         */
        Copy(int capacity, long now) {
            keys = new long[capacity];
            times = new long[capacity];
            reasons = new long[capacity];
            this.now = now;
        }

        void add(long key, long when, long why) {
            long until = Times.until(when);
            if (until > now) {
                keys[size] = key;
                times[size] = when;
                reasons[size++] = why;
                firstEnd = Math.min(firstEnd, until);
            }
        }

        void addAll(Table table, int from, int to) {
            for (int i = from; i < to; i++) {
                add(table.keys[i], table.times[i], table.reasons[i]);
            }
        }

        /** The table; a little room left over is cheaper than another copy. */
        Table table() {
            return keys.length - size <= size / SPARE
                    ? new Table(keys, times, reasons, size, firstEnd)
                    : new Table(
                            Arrays.copyOf(keys, size),
                            Arrays.copyOf(times, size),
                            Arrays.copyOf(reasons, size),
                            size,
                            firstEnd);
        }
    }
}
