package org.decoymx.blocklist;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.util.ArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.policy.Tier;

/**
 * The keys that have another tier in one table of an address family than in another. A key that is not in a table has
 * the tier {@link Tier#NONE} there.
 */
final class TableDifference {
    private final boolean v6;
    private final LongArrayList keys = new LongArrayList();

    private final ArrayList<Tier> tiersBefore = new ArrayList<>();
    private final ArrayList<Tier> tiersAfter = new ArrayList<>();

    private TableDifference(boolean v6) {
        this.v6 = v6;
    }

    static TableDifference between(boolean v6, SortedTable before, SortedTable after) {
        TableDifference difference = new TableDifference(v6);
        if (before != after) {
            difference.compare(before, after);
        }
        difference.keys.trim();
        difference.tiersBefore.trimToSize();
        difference.tiersAfter.trimToSize();
        return difference;
    }

    private void compare(SortedTable before, SortedTable after) {
        int at = 0;
        for (int i = 0; i < after.size(); i++) {
            long key = after.key(i);
            for (; at < before.size() && before.key(at) < key; at++) {
                record(before.key(at), before.tier(at), Tier.NONE);
            }
            boolean inBoth = at < before.size() && before.key(at) == key;
            record(key, inBoth ? before.tier(at++) : Tier.NONE, after.tier(i));
        }
        for (; at < before.size(); at++) {
            record(before.key(at), before.tier(at), Tier.NONE);
        }
    }

    private void record(long key, Tier before, Tier after) {
        if (before != after) {
            keys.add(key);
            tiersBefore.add(before);
            tiersAfter.add(after);
        }
    }

    int size() {
        return keys.size();
    }

    /** Whether entries of a tier were added or removed. */
    boolean changes(TierFilter filter) {
        return IntStream.range(0, size()).anyMatch(i -> wasSelected(i, filter) != isSelected(i, filter));
    }

    private boolean wasSelected(int index, TierFilter filter) {
        return filter.includes(tiersBefore.get(index));
    }

    private boolean isSelected(int index, TierFilter filter) {
        return filter.includes(tiersAfter.get(index));
    }

    /** The entries that a filter selects only before, in the order of their keys. */
    Stream<BlocklistEntry> removed(TierFilter filter) {
        return entries(
                IntStream.range(0, size()).filter(i -> wasSelected(i, filter) && !isSelected(i, filter)));
    }

    /** The entries that a filter selects only after, in the order of their keys. */
    Stream<BlocklistEntry> added(TierFilter filter) {
        return entries(
                IntStream.range(0, size()).filter(i -> !wasSelected(i, filter) && isSelected(i, filter)));
    }

    private Stream<BlocklistEntry> entries(IntStream indexes) {
        return indexes.mapToObj(i -> BlocklistEntry.of(v6, keys.getLong(i), ListedInterval.NOT_LISTED, 0));
    }
}
