package org.decoymx.blocklist;

import org.decoymx.net.IpPrefix;

/** The listed origins of one address family: an immutable table, and the changes that are not yet applied to it. */
final class AddressFamilyTable {
    private SortedTable table = SortedTable.EMPTY;

    private ChangeBuffer changes = new ChangeBuffer();

    private long earliestExpiry = Long.MAX_VALUE;

    /** The table without the pending changes. */
    SortedTable table() {
        return table;
    }

    int pendingChanges() {
        return changes.size();
    }

    /** A second no later than the first expiry, pending changes included. */
    long earliestExpiry() {
        return earliestExpiry;
    }

    /**
     * Whether an interval and a reason would add the origin, remove it or change its tier, rather than only change how
     * long it is listed.
     */
    boolean changesMembership(IpPrefix origin, long interval, long reason) {
        int index = table.find(EntryKey.high(origin), EntryKey.low(origin));
        boolean listed = interval != ListedInterval.NOT_LISTED;
        return index >= 0 != listed || listed && PackedReason.tier(table.reason(index)) != PackedReason.tier(reason);
    }

    /** Whether an interval would change how long an origin is listed. */
    boolean changesTimes(IpPrefix origin, long interval) {
        int index = table.find(EntryKey.high(origin), EntryKey.low(origin));
        return index >= 0 && table.interval(index) != interval;
    }

    /** Records how an origin is listed from now on; {@link ListedInterval#NOT_LISTED} removes it. */
    void update(IpPrefix origin, long interval, long reason) {
        changes.add(EntryKey.high(origin), EntryKey.low(origin), interval, reason);
        if (interval != ListedInterval.NOT_LISTED) {
            earliestExpiry = Math.min(earliestExpiry, ListedInterval.until(interval));
        }
    }

    /** Applies the pending changes, and drops the entries that have expired by {@code now}. */
    void applyChanges(long now) {
        table = table.withChanges(changes, now);
        changes = new ChangeBuffer();
        earliestExpiry = table.earliestExpiry();
    }

    /** Drops the entries that end before a second, and the first {@code count} of those that end in it. */
    void removeEarliest(long end, long count) {
        table = table.withoutEarliest(end, count);
        earliestExpiry = table.earliestExpiry();
    }
}
