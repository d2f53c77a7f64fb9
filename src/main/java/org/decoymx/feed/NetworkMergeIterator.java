package org.decoymx.feed;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;

/**
 * Entries of one family in which two that fill a network twice as large are written as that one. As they come by number,
 * only the last few can still be filled up: those that lie side by side, each larger than the next. Nothing becomes a /0, which
 * some consumers take for a mistake, and others for everybody.
 */
final class NetworkMergeIterator implements Iterator<BlocklistEntry> {
    private final Iterator<BlocklistEntry> entries;
    private final Deque<BlocklistEntry> pending = new ArrayDeque<>();
    private final Deque<BlocklistEntry> completed = new ArrayDeque<>();

    /**
     * @param entries by number, none of which overlap
     */
    NetworkMergeIterator(Iterator<BlocklistEntry> entries) {
        this.entries = entries;
    }

    @Override
    public boolean hasNext() {
        while (completed.isEmpty() && entries.hasNext()) {
            mergeOrAppend(entries.next());
        }
        if (completed.isEmpty()) {
            flushPending();
        }
        return !completed.isEmpty();
    }

    @Override
    public BlocklistEntry next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return completed.remove();
    }

    private void mergeOrAppend(BlocklistEntry entry) {
        if (!pending.isEmpty() && !isAdjacent(pending.getLast(), entry)) {
            flushPending();
        }
        BlocklistEntry whole = entry;
        while (!pending.isEmpty() && canMerge(pending.getLast(), whole)) {
            whole = pending.removeLast().mergeWith(whole);
        }
        pending.add(whole);
    }

    /** Hands on all that cannot be filled up any more. */
    private void flushPending() {
        completed.addAll(pending);
        pending.clear();
    }

    /** How many numbers an entry has, in the low bits of {@link Entry#bits}. */
    private static long addressCount(BlocklistEntry entry) {
        return 1L << (entry.v6() ? Long.SIZE : Integer.SIZE) - entry.prefix();
    }

    private static boolean isAdjacent(BlocklistEntry one, BlocklistEntry next) {
        return one.bits() + addressCount(one) == next.bits();
    }

    private static boolean canMerge(BlocklistEntry one, BlocklistEntry next) {
        return one.prefix() == next.prefix()
                && one.prefix() > 1
                && (one.bits() & addressCount(one)) == 0
                && isAdjacent(one, next);
    }
}
