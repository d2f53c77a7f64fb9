package org.decoymx.blocklist;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongArrays;
import java.util.stream.IntStream;

/**
 * Changes to a table that wait, as they came: keys, new {@link ListedInterval} and {@link PackedReason}; of a key the last counts. They
 * are sorted only when they are worked in. That is quicker than a tree, and than a hash table, which is very slow to take
 * what comes in the order of another one.
 */
final class ChangeBuffer {
    private final LongArrayList keys = new LongArrayList();
    private final LongArrayList intervals = new LongArrayList();
    private final LongArrayList reasons = new LongArrayList();

    void add(long key, long when, long why) {
        keys.add(key);
        intervals.add(when);
        reasons.add(why);
    }

    int size() {
        return keys.size();
    }

    long key(int place) {
        return keys.getLong(place);
    }

    long interval(int place) {
        return intervals.getLong(place);
    }

    long reason(int place) {
        return reasons.getLong(place);
    }

    /** The places in the order of their keys, and where these are the same in the order they came. */
    int[] sortedIndexes() {
        int[] places = IntStream.range(0, size()).toArray();
        LongArrays.radixSortIndirect(places, keys.elements(), 0, size(), true);
        return places;
    }
}
