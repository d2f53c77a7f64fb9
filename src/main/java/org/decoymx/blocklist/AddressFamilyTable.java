package org.decoymx.blocklist;

/** Who is listed of one family of addresses, as of now: a table, and changes to it that wait to be worked in together. */
final class AddressFamilyTable {
    private SortedTable table = SortedTable.EMPTY;

    private ChangeBuffer changes = new ChangeBuffer();

    private long earliestExpiry = Long.MAX_VALUE;

    /** The listed, but for the changes that wait. */
    SortedTable table() {
        return table;
    }

    /** How many changes wait. */
    int pendingChanges() {
        return changes.size();
    }

    /** A second before which nobody's time is over, changes that wait included. */
    long earliestExpiry() {
        return earliestExpiry;
    }

    /** Whether these times would put an origin into the table or take it out, rather than change how long it is listed. */
    boolean changesMembership(long key, long times) {
        return (table.findInterval(key) == ListedInterval.NOT_LISTED) != (times == ListedInterval.NOT_LISTED);
    }

    /** Notes how an origin is listed from now on. */
    void update(long key, long times, long reasons) {
        changes.add(key, times, reasons);
        if (times != ListedInterval.NOT_LISTED) {
            earliestExpiry = Math.min(earliestExpiry, ListedInterval.until(times));
        }
    }

    /** Works the changes in, and drops those whose time is over. */
    void applyChanges(long now) {
        table = table.withChanges(changes, now);
        changes = new ChangeBuffer();
        earliestExpiry = table.earliestExpiry();
    }

    /** Drops those that end before a second, and the first few that end in it. */
    void removeEarliest(long end, long few) {
        table = table.withoutEarliest(end, few);
        earliestExpiry = table.earliestExpiry();
    }
}
