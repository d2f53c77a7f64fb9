package org.decoymx.blocklist;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongArrays;
import java.util.stream.IntStream;

/**
 * The pending changes of a table in order of arrival: each {@link EntryKey} with its {@link ListedInterval} and {@link
 * PackedReason}. The last change of a key counts. They are sorted only when they are applied. This is faster than a
 * tree, and than a hash table, which is very slow if keys arrive in the order of another hash table.
 */
final class ChangeBuffer {
    private final LongArrayList highs = new LongArrayList();
    private final LongArrayList lows = new LongArrayList();
    private final LongArrayList intervals = new LongArrayList();
    private final LongArrayList reasons = new LongArrayList();

    void add(long high, long low, long interval, long reason) {
        highs.add(high);
        lows.add(low);
        intervals.add(interval);
        reasons.add(reason);
    }

    int size() {
        return highs.size();
    }

    long high(int index) {
        return highs.getLong(index);
    }

    long low(int index) {
        return lows.getLong(index);
    }

    /** Whether the changes at two indexes have the same key. */
    boolean isSameKey(int index, int other) {
        return high(index) == high(other) && low(index) == low(other);
    }

    long interval(int index) {
        return intervals.getLong(index);
    }

    long reason(int index) {
        return reasons.getLong(index);
    }

    /** The indexes in the order of their keys; equal keys stay in order of arrival. */
    int[] sortedIndexes() {
        int[] indexes = IntStream.range(0, size()).toArray();
        LongArrays.radixSortIndirect(indexes, highs.elements(), lows.elements(), 0, size(), true);
        return indexes;
    }
}
