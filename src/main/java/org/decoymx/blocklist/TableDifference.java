package org.decoymx.blocklist;

import java.util.ArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.Tier;
import org.jspecify.annotations.Nullable;

/**
 * The keys that have another tier in one table of an address family than in another. A key that is not in a table has
 * the tier {@link Tier#NONE} there.
 */
final class TableDifference {
    private final boolean v6;
    private final ArrayList<IpPrefix> origins = new ArrayList<>();

    /** That of the tables without networks in place of addresses, for the confirmed entries; null if there are none. */
    private @Nullable TableDifference ofHosts;

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
        if (before.hosts() != before || after.hosts() != after) {
            difference.ofHosts = between(v6, before.hosts(), after.hosts());
        }
        difference.origins.trimToSize();
        difference.tiersBefore.trimToSize();
        difference.tiersAfter.trimToSize();
        return difference;
    }

    private void compare(SortedTable before, SortedTable after) {
        int at = 0;
        for (int i = 0; i < after.size(); i++) {
            for (; at < before.size() && before.compareKey(at, after.high(i), after.low(i)) < 0; at++) {
                record(before, at, before.tier(at), Tier.NONE);
            }
            boolean inBoth = at < before.size() && before.compareKey(at, after.high(i), after.low(i)) == 0;
            record(after, i, inBoth ? before.tier(at++) : Tier.NONE, after.tier(i));
        }
        for (; at < before.size(); at++) {
            record(before, at, before.tier(at), Tier.NONE);
        }
    }

    private void record(SortedTable table, int index, Tier before, Tier after) {
        if (before != after) {
            origins.add(EntryKey.origin(v6, table.high(index), table.low(index)));
            tiersBefore.add(before);
            tiersAfter.add(after);
        }
    }

    int size() {
        return origins.size() + (ofHosts == null ? 0 : ofHosts.size());
    }

    private TableDifference of(TierFilter filter) {
        return filter == TierFilter.CONFIRMED && ofHosts != null ? ofHosts : this;
    }

    /** Whether entries of a tier were added or removed. */
    boolean changes(TierFilter filter) {
        TableDifference all = of(filter);
        return all.indexes().anyMatch(i -> all.wasSelected(i, filter) != all.isSelected(i, filter));
    }

    /** Whether a feed has other entries, or an entry has another tier. */
    boolean changesFeeds() {
        return changes(TierFilter.ALL) || changes(TierFilter.CONFIRMED);
    }

    private IntStream indexes() {
        return IntStream.range(0, origins.size());
    }

    private boolean wasSelected(int index, TierFilter filter) {
        return filter.includes(tiersBefore.get(index));
    }

    private boolean isSelected(int index, TierFilter filter) {
        return filter.includes(tiersAfter.get(index));
    }

    /** The entries that a filter selects only before, in the order of their keys. */
    Stream<BlocklistEntry> removed(TierFilter filter) {
        TableDifference all = of(filter);
        return all.entries(all.indexes().filter(i -> all.wasSelected(i, filter) && !all.isSelected(i, filter)));
    }

    /** The entries that a filter selects only after, in the order of their keys. */
    Stream<BlocklistEntry> added(TierFilter filter) {
        TableDifference all = of(filter);
        return all.entries(all.indexes().filter(i -> !all.wasSelected(i, filter) && all.isSelected(i, filter)));
    }

    private Stream<BlocklistEntry> entries(IntStream indexes) {
        return indexes.mapToObj(i -> new BlocklistEntry(origins.get(i), 0, 0, 0));
    }
}
