package org.decoymx.listing;

import it.unimi.dsi.fastutil.longs.Long2LongMap;
import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * The listed origins of one family, sorted; it never changes. It takes 16 octets an origin: a key, which is the origin's
 * bits with the highest one flipped, so that the order of signed numbers is that of addresses, and its {@link Times}.
 */
final class Table {
    static final Table EMPTY = new Copy(0, 0).table();

    private final long[] keys;
    private final long[] times;
    private final int size;
    private final long firstEnd;

    /** Takes the arrays over; they may be longer than the table. */
    private Table(long[] keys, long[] times, int size, long firstEnd) {
        this.keys = keys;
        this.times = times;
        this.size = size;
        this.firstEnd = firstEnd;
    }

    /** What origins are sorted by: the bits of each, or the key to have the bits back. */
    static long flip(long bits) {
        return bits ^ Long.MIN_VALUE;
    }

    int size() {
        return size;
    }

    long bits(int index) {
        return flip(keys[index]);
    }

    long times(int index) {
        return times[index];
    }

    /** The {@link Times} of a key, {@link Times#NONE} when it is not listed. */
    long find(long key) {
        int index = Arrays.binarySearch(keys, 0, size, key);
        return index < 0 ? Times.NONE : times[index];
    }

    /** The second when the first of them ends; far off when there is none. */
    long firstEnd() {
        return firstEnd;
    }

    /** The seconds when they end. */
    LongStream ends() {
        return Arrays.stream(times, 0, size).map(Times::until);
    }

    boolean hasSameOrigins(Table other) {
        return keys == other.keys || Arrays.equals(keys, 0, size, other.keys, 0, other.size);
    }

    /**
     * This table with changes, and without those whose time is over.
     *
     * @param changes keys and their {@link Times}; {@link Times#NONE} takes a key out
     * @param now seconds since 1970
     */
    Table with(Long2LongMap changes, long now) {
        long[] changed = changes.keySet().toLongArray();
        Arrays.sort(changed);
        Copy copy = new Copy(size + changed.length, now);
        int at = 0;
        for (long key : changed) {
            for (; at < size && keys[at] < key; at++) {
                copy.add(keys[at], times[at]);
            }
            if (at < size && keys[at] == key) {
                at++;
            }
            copy.add(key, changes.get(key));
        }
        for (; at < size; at++) {
            copy.add(keys[at], times[at]);
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
                copy.add(keys[i], times[i]);
            }
        }
        return copy.table();
    }

    /** A table in the making. */
    private static final class Copy {
        private static final int SPARE = 8;

        private final long[] keys;
        private final long[] times;
        private final long now;
        private int size;
        private long firstEnd = Long.MAX_VALUE;

        /**
         * @param now what ends by this second is left out
         */
        Copy(int capacity, long now) {
            keys = new long[capacity];
            times = new long[capacity];
            this.now = now;
        }

        void add(long key, long when) {
            long until = Times.until(when);
            if (until > now) {
                keys[size] = key;
                times[size++] = when;
                firstEnd = Math.min(firstEnd, until);
            }
        }

        /** The table; a little room left over is cheaper than another copy. */
        Table table() {
            return keys.length - size <= size / SPARE
                    ? new Table(keys, times, size, firstEnd)
                    : new Table(Arrays.copyOf(keys, size), Arrays.copyOf(times, size), size, firstEnd);
        }
    }
}
