package org.decoymx.policy;

import it.unimi.dsi.fastutil.ints.Int2LongOpenHashMap;
import it.unimi.dsi.fastutil.ints.IntOpenHashSet;
import it.unimi.dsi.fastutil.longs.Long2LongOpenHashMap;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.decoymx.net.IpPrefix;

/**
 * The {@link SeenInterval} of each sender: 16 to 32 octets for an IPv4 address, 21 to 43 for an IPv6 network, and 5 to
 * 22 more until it is written. When it is full, it evicts the tenth that was seen least recently. Not thread-safe.
 */
public final class SeenIntervalMap {
    private static final int EVICTION_DIVISOR = 10;

    private final int capacity;
    private final Int2LongOpenHashMap v4 = new Int2LongOpenHashMap();
    private final Long2LongOpenHashMap v6 = new Long2LongOpenHashMap();
    private final IntOpenHashSet changedV4 = new IntOpenHashSet();
    private final LongOpenHashSet changedV6 = new LongOpenHashSet();
    private long removedBefore;

    /**
     * @param capacity maximum number of senders
     */
    SeenIntervalMap(int capacity) {
        this.capacity = capacity;
    }

    /** A sender and its {@link SeenInterval}. */
    public record IntervalRow(IpPrefix origin, long interval) {}

    /**
     * Changes to be written.
     *
     * @param rows senders to insert or replace
     * @param removedBefore senders last seen before this second were removed; 0 for none
     */
    public record IntervalChanges(List<IntervalRow> rows, long removedBefore) {
        boolean isEmpty() {
            return rows.isEmpty() && removedBefore == 0;
        }
    }

    int size() {
        return v4.size() + v6.size();
    }

    long get(IpPrefix origin) {
        return origin.v6() ? v6.get(origin.bits()) : v4.get((int) origin.bits());
    }

    /**
     * Puts an interval, and marks it as changed.
     *
     * @return number of evicted senders
     */
    int put(IpPrefix origin, long interval) {
        int removed = load(origin, interval);
        markChanged(origin);
        return removed;
    }

    /**
     * Puts an interval that is already in the database.
     *
     * @return number of evicted senders
     */
    int load(IpPrefix origin, long interval) {
        int removed = size() >= capacity && get(origin) == SeenInterval.NEVER ? evict() : 0;
        if (origin.v6()) {
            v6.put(origin.bits(), interval);
        } else {
            v4.put((int) origin.bits(), interval);
        }
        return removed;
    }

    private void markChanged(IpPrefix origin) {
        if (origin.v6()) {
            changedV6.add(origin.bits());
        } else {
            changedV4.add((int) origin.bits());
        }
    }

    /** Marks everything as changed, because the database file is new. */
    void markAllChanged() {
        changedV4.addAll(v4.keySet());
        changedV6.addAll(v6.keySet());
    }

    private int evict() {
        long[] lastSeconds = LongStream.concat(
                        v4.values().longStream(), v6.values().longStream())
                .map(SeenInterval::last)
                .toArray();
        Arrays.sort(lastSeconds);
        int tenth = Math.max(1, lastSeconds.length / EVICTION_DIVISOR);
        long limit = lastSeconds[tenth - 1];
        int removed = removeUpTo(limit, tenth);
        removedBefore = Math.max(removedBefore, limit);
        return removed + removeUpTo(limit + 1, tenth - removed);
    }

    /**
     * Removes senders that were last seen before a second.
     *
     * @return number of removed senders
     */
    int removeSeenBefore(long before) {
        int removed = removeUpTo(before, size());
        removedBefore = removed == 0 ? removedBefore : Math.max(removedBefore, before);
        v4.trim();
        v6.trim();
        return removed;
    }

    private int removeUpTo(long before, int max) {
        int removed = 0;
        for (var entries = v4.int2LongEntrySet().fastIterator(); removed < max && entries.hasNext(); ) {
            var entry = entries.next();
            if (SeenInterval.last(entry.getLongValue()) < before) {
                changedV4.remove(entry.getIntKey());
                entries.remove();
                removed++;
            }
        }
        for (var entries = v6.long2LongEntrySet().fastIterator(); removed < max && entries.hasNext(); ) {
            var entry = entries.next();
            if (SeenInterval.last(entry.getLongValue()) < before) {
                changedV6.remove(entry.getLongKey());
                entries.remove();
                removed++;
            }
        }
        return removed;
    }

    boolean hasChanges() {
        return removedBefore != 0 || !changedV4.isEmpty() || !changedV6.isEmpty();
    }

    /**
     * Takes the changes to be written.
     *
     * @param max maximum number of rows; the rest stays for the next call
     */
    IntervalChanges takeChanges(int max) {
        List<IntervalRow> rows = new ArrayList<>();
        for (var keys = changedV4.iterator(); rows.size() < max && keys.hasNext(); keys.remove()) {
            IpPrefix origin = IpPrefix.ofBits(false, Integer.toUnsignedLong(keys.nextInt()));
            rows.add(new IntervalRow(origin, get(origin)));
        }
        for (var keys = changedV6.iterator(); rows.size() < max && keys.hasNext(); keys.remove()) {
            IpPrefix origin = IpPrefix.ofBits(true, keys.nextLong());
            rows.add(new IntervalRow(origin, get(origin)));
        }
        if (changedV4.isEmpty() && changedV6.isEmpty()) {
            changedV4.trim();
            changedV6.trim();
        }
        IntervalChanges changes = new IntervalChanges(rows, removedBefore);
        removedBefore = 0;
        return changes;
    }

    /** Puts changes back that could not be written. */
    void restoreChanges(IntervalChanges changes) {
        for (IntervalRow row : changes.rows()) {
            if (get(row.origin()) != SeenInterval.NEVER) {
                markChanged(row.origin());
            }
        }
        removedBefore = Math.max(removedBefore, changes.removedBefore());
    }
}
