package org.decoymx.feed;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.net.IpPrefix;

/**
 * Merges pairs of entries of one family that fill a network of twice the size. The entries arrive in ascending order,
 * so only the last adjacent entries, each larger than the next, can still be merged. Two /1 networks are never merged
 * into a /0, which some consumers reject and others apply to all clients.
 */
final class NetworkMergeIterator implements Iterator<BlocklistEntry> {
    private final Iterator<BlocklistEntry> entries;
    private final Deque<BlocklistEntry> pending = new ArrayDeque<>();
    private final Deque<BlocklistEntry> completed = new ArrayDeque<>();

    /**
     * @param entries in ascending order, without overlaps
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
        BlocklistEntry merged = entry;
        while (!pending.isEmpty() && canMerge(pending.getLast(), merged)) {
            merged = pending.removeLast().mergeWith(merged);
        }
        pending.add(merged);
    }

    /** Completes all pending entries, because none of them can be merged any more. */
    private void flushPending() {
        completed.addAll(pending);
        pending.clear();
    }

    private static boolean isAdjacent(BlocklistEntry first, BlocklistEntry second) {
        IpPrefix next = first.network().next();
        return next.high() == second.network().high()
                && next.low() == second.network().low();
    }

    private static boolean canMerge(BlocklistEntry first, BlocklistEntry second) {
        int length = first.network().maskLength();
        return first.prefix() > 1
                && length == second.network().maskLength()
                && first.network().masked(length - 1).equals(second.network().masked(length - 1));
    }
}
