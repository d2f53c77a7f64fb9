package org.decoymx.blocklist;

/** Who is listed of one family of addresses, as of now: a table, and changes to it that wait to be worked in together. */
final class Family {
    private Table table = Table.EMPTY;

    private Changes changes = new Changes();

    private long firstEnd = Long.MAX_VALUE;

    /** The listed, but for the changes that wait. */
    Table table() {
        return table;
    }

    /** How many changes wait. */
    int waiting() {
        return changes.size();
    }

    /** A second before which nobody's time is over, changes that wait included. */
    long firstEnd() {
        return firstEnd;
    }

    /** Whether these times would put an origin into the table or take it out, rather than change how long it is listed. */
    boolean isNews(long key, long times) {
        return (table.find(key) == Times.NONE) != (times == Times.NONE);
    }

    /** Notes how an origin is listed from now on. */
    void note(long key, long times, long reasons) {
        changes.add(key, times, reasons);
        if (times != Times.NONE) {
            firstEnd = Math.min(firstEnd, Times.until(times));
        }
    }

    /** Works the changes in, and drops those whose time is over. */
    void fold(long now) {
        table = table.with(changes, now);
        changes = new Changes();
        firstEnd = table.firstEnd();
    }

    /** Drops those that end before a second, and the first few that end in it. */
    void drop(long end, long few) {
        table = table.without(end, few);
        firstEnd = table.firstEnd();
    }
}
