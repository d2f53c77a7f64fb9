package org.decoymx.policy;

import it.unimi.dsi.fastutil.ints.Int2LongOpenHashMap;
import it.unimi.dsi.fastutil.ints.IntOpenHashSet;
import it.unimi.dsi.fastutil.objects.Object2LongOpenHashMap;
import it.unimi.dsi.fastutil.objects.ObjectOpenHashSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.NetworkShares;

/**
 * A number for each sender, which says when it was seen: its {@link SeenInterval} or its {@link AcceptedDays}. 16 to 32
 * octets for an IPv4 address, 48 to 64 for IPv6, and up to 11 more until it is written. When it is full, it evicts the
 * tenth that was seen least recently. An IPv6 /48 has an eighth of it at most; further senders of it are not recorded.
 * Not thread-safe.
 */
public final class SeenIntervalMap {
    private static final int EVICTION_DIVISOR = 10;

    private final int capacity;
    private final LongUnaryOperator lastSecond;
    private final Int2LongOpenHashMap v4 = new Int2LongOpenHashMap();
    private final Object2LongOpenHashMap<IpPrefix> v6 = new Object2LongOpenHashMap<>();
    private final IntOpenHashSet changedV4 = new IntOpenHashSet();
    private final ObjectOpenHashSet<IpPrefix> changedV6 = new ObjectOpenHashSet<>();
    private final NetworkShares v6Shares;
    private long removedBefore;

    /**
     * @param capacity maximum number of senders
     * @param lastSecond the second in which a sender with this number was last seen
     */
    SeenIntervalMap(int capacity, LongUnaryOperator lastSecond) {
        this.capacity = capacity;
        v6Shares = new NetworkShares(capacity);
        this.lastSecond = lastSecond;
    }

    /** A sender and its number. */
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
        return origin.v6() ? v6.getLong(origin) : v4.get((int) origin.bits());
    }

    /**
     * Puts an interval, and marks it as changed.
     *
     * @return number of evicted senders
     */
    int put(IpPrefix origin, long interval) {
        int removed = load(origin, interval);
        if (get(origin) != SeenInterval.NEVER) {
            markChanged(origin);
        }
        return removed;
    }

    /**
     * Puts an interval that is already in the database.
     *
     * @return number of evicted senders
     */
    int load(IpPrefix origin, long interval) {
        boolean isNew = get(origin) == SeenInterval.NEVER;
        if (isNew && origin.v6() && v6Shares.isFull(origin)) {
            return 0;
        }
        int removed = isNew && size() >= capacity ? evict() : 0;
        if (!origin.v6()) {
            v4.put((int) origin.bits(), interval);
        } else {
            v6.put(origin, interval);
            if (isNew) {
                v6Shares.add(origin);
            }
        }
        return removed;
    }

    private void markChanged(IpPrefix origin) {
        if (origin.v6()) {
            changedV6.add(origin);
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
                .map(lastSecond)
                .toArray();
        Arrays.sort(lastSeconds);
        int tenth = Math.max(1, lastSeconds.length / EVICTION_DIVISOR);
        long limit = lastSeconds[tenth - 1];
        int removed = removeUpTo(limit, tenth);
        removedBefore = Math.max(removedBefore, limit);
        return removed + removeUpTo(limit + 1, tenth - removed);
    }

    /** Removes senders that were last seen before a second. */
    void removeSeenBefore(long before) {
        int removed = removeUpTo(before, size());
        removedBefore = removed == 0 ? removedBefore : Math.max(removedBefore, before);
        v4.trim();
        v6.trim();
    }

    /** Replaces the numbers of senders that were last seen after a second. */
    void replaceSeenAfter(long after, LongUnaryOperator replacement) {
        for (var entries = v4.int2LongEntrySet().iterator(); entries.hasNext(); ) {
            var entry = entries.next();
            if (lastSecond.applyAsLong(entry.getLongValue()) > after) {
                entry.setValue(replacement.applyAsLong(entry.getLongValue()));
                changedV4.add(entry.getIntKey());
            }
        }
        for (var entries = v6.object2LongEntrySet().iterator(); entries.hasNext(); ) {
            var entry = entries.next();
            if (lastSecond.applyAsLong(entry.getLongValue()) > after) {
                entry.setValue(replacement.applyAsLong(entry.getLongValue()));
                changedV6.add(entry.getKey());
            }
        }
    }

    private int removeUpTo(long before, int max) {
        int removed = 0;
        for (var entries = v4.int2LongEntrySet().fastIterator(); removed < max && entries.hasNext(); ) {
            var entry = entries.next();
            if (lastSecond.applyAsLong(entry.getLongValue()) < before) {
                changedV4.remove(entry.getIntKey());
                entries.remove();
                removed++;
            }
        }
        for (var entries = v6.object2LongEntrySet().fastIterator(); removed < max && entries.hasNext(); ) {
            var entry = entries.next();
            if (lastSecond.applyAsLong(entry.getLongValue()) < before) {
                changedV6.remove(entry.getKey());
                v6Shares.remove(entry.getKey());
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
            IpPrefix origin = keys.next();
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
