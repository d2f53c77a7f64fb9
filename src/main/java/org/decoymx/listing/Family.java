package org.decoymx.listing;

import it.unimi.dsi.fastutil.longs.Long2LongOpenHashMap;

/** Who is listed of one family of addresses, as of now: a table, and changes to it that wait to be worked in together. */
final class Family {
    private Table table = Table.EMPTY;

    /** New {@link Times} by key. */
    private Long2LongOpenHashMap changes = new Long2LongOpenHashMap();

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

    /**
     * Notes how an origin is listed from now on.
     *
     * @return whether that puts it into the table or takes it out, rather than changing its times
     */
    boolean note(long bits, long times) {
        long key = Table.flip(bits);
        long before = table.find(key);
        if (before == times) {
            changes.remove(key);
        } else {
            changes.put(key, times);
        }
        if (times != Times.NONE) {
            firstEnd = Math.min(firstEnd, Times.until(times));
        }
        return (before == Times.NONE) != (times == Times.NONE);
    }

    /** Works the changes in, and drops those whose time is over. */
    void fold(long now) {
        table = table.with(changes, now);
        changes = new Long2LongOpenHashMap();
        firstEnd = table.firstEnd();
    }

    /** Drops those that end before a second, and the first few that end in it. */
    void drop(long end, long few) {
        table = table.without(end, few);
        firstEnd = table.firstEnd();
    }
}
