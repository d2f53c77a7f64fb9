package org.decoymx.primary;

import it.unimi.dsi.fastutil.ints.Int2LongOpenHashMap;
import it.unimi.dsi.fastutil.ints.IntOpenHashSet;
import it.unimi.dsi.fastutil.longs.Long2LongOpenHashMap;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.decoymx.ledger.Origin;

/**
 * The {@link Span} of each origin: 16 to 32 octets for an IPv4 address, 21 to 43 for an IPv6 network, and 5 to 22 more
 * until it is written. When there are too many, the tenth that is unseen for longest goes. One thread at a time.
 */
final class SeenIntervalMap {
    private static final int EVICTION_DIVISOR = 10;

    private final int capacity;
    private final Int2LongOpenHashMap v4 = new Int2LongOpenHashMap();
    private final Long2LongOpenHashMap v6 = new Long2LongOpenHashMap();
    private final IntOpenHashSet changedV4 = new IntOpenHashSet();
    private final LongOpenHashSet changedV6 = new LongOpenHashSet();
    private long removedBefore;

    /**
     * Nobody was seen yet.
     *
     * @param most how many origins there may be
     */
    SeenIntervalMap(int most) {
        this.capacity = most;
    }

    /** An origin and its span. */
    record IntervalRow(Origin origin, long interval) {}

    /**
     * What is to be written.
     *
     * @param rows each in the place of what was written of it
     * @param removedBefore whoever was last seen before this second is forgotten; 0 for nobody
     */
    record IntervalChanges(List<IntervalRow> rows, long removedBefore) {
        boolean isEmpty() {
            return rows.isEmpty() && removedBefore == 0;
        }
    }

    int size() {
        return v4.size() + v6.size();
    }

    long get(Origin origin) {
        return origin.v6() ? v6.get(origin.bits()) : v4.get((int) origin.bits());
    }

    /**
     * Puts a span that is to be written.
     *
     * @return how many origins had to make room
     */
    int put(Origin origin, long span) {
        int gone = load(origin, span);
        markChanged(origin);
        return gone;
    }

    /** Puts a span that is written already. */
    int load(Origin origin, long span) {
        int gone = size() >= capacity && get(origin) == SeenInterval.NEVER ? evict() : 0;
        if (origin.v6()) {
            v6.put(origin.bits(), span);
        } else {
            v4.put((int) origin.bits(), span);
        }
        return gone;
    }

    private void markChanged(Origin origin) {
        if (origin.v6()) {
            changedV6.add(origin.bits());
        } else {
            changedV4.add((int) origin.bits());
        }
    }

    /** All that is known is to be written, as the file is another. */
    void markAllChanged() {
        changedV4.addAll(v4.keySet());
        changedV6.addAll(v6.keySet());
    }

    private int evict() {
        long[] lasts = LongStream.concat(v4.values().longStream(), v6.values().longStream())
                .map(SeenInterval::last)
                .toArray();
        Arrays.sort(lasts);
        int tenth = Math.max(1, lasts.length / EVICTION_DIVISOR);
        long limit = lasts[tenth - 1];
        int gone = removeUpTo(limit, tenth);
        removedBefore = Math.max(removedBefore, limit);
        return gone + removeUpTo(limit + 1, tenth - gone);
    }

    /**
     * Forgets who was last seen before a second.
     *
     * @return how many they were
     */
    int removeSeenBefore(long before) {
        int gone = removeUpTo(before, size());
        removedBefore = gone == 0 ? removedBefore : Math.max(removedBefore, before);
        v4.trim();
        v6.trim();
        return gone;
    }

    private int removeUpTo(long before, int atMost) {
        int gone = 0;
        for (var entries = v4.int2LongEntrySet().fastIterator(); gone < atMost && entries.hasNext(); ) {
            var entry = entries.next();
            if (SeenInterval.last(entry.getLongValue()) < before) {
                changedV4.remove(entry.getIntKey());
                entries.remove();
                gone++;
            }
        }
        for (var entries = v6.long2LongEntrySet().fastIterator(); gone < atMost && entries.hasNext(); ) {
            var entry = entries.next();
            if (SeenInterval.last(entry.getLongValue()) < before) {
                changedV6.remove(entry.getLongKey());
                entries.remove();
                gone++;
            }
        }
        return gone;
    }

    boolean hasChanges() {
        return removedBefore != 0 || !changedV4.isEmpty() || !changedV6.isEmpty();
    }

    /**
     * Takes what is to be written.
     *
     * @param atMost how many rows at most; the rest stays for the next time
     */
    IntervalChanges takeChanges(int atMost) {
        List<IntervalRow> rows = new ArrayList<>();
        for (var keys = changedV4.iterator(); rows.size() < atMost && keys.hasNext(); keys.remove()) {
            Origin origin = new Origin(false, Integer.toUnsignedLong(keys.nextInt()));
            rows.add(new IntervalRow(origin, get(origin)));
        }
        for (var keys = changedV6.iterator(); rows.size() < atMost && keys.hasNext(); keys.remove()) {
            Origin origin = new Origin(true, keys.nextLong());
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

    /** Keeps what could not be written for another time. */
    void restoreChanges(IntervalChanges changes) {
        for (IntervalRow row : changes.rows()) {
            if (get(row.origin()) != SeenInterval.NEVER) {
                markChanged(row.origin());
            }
        }
        removedBefore = Math.max(removedBefore, changes.removedBefore());
    }
}
