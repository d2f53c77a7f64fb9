package org.decoymx.feed;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.decoymx.blocklist.Listing.Entry;

/**
 * Entries of one family in which two that fill a network twice as large are written as that one. As they come by number,
 * only the last few can still be filled up: those that lie side by side, each larger than the next. Nothing becomes a /0, which
 * some consumers take for a mistake, and others for everybody.
 */
final class Aggregation implements Iterator<Entry> {
    private final Iterator<Entry> entries;
    private final Deque<Entry> last = new ArrayDeque<>();
    private final Deque<Entry> ready = new ArrayDeque<>();

    /**
     * @param entries by number, none of which overlap
     */
    Aggregation(Iterator<Entry> entries) {
        this.entries = entries;
    }

    @Override
    public boolean hasNext() {
        while (ready.isEmpty() && entries.hasNext()) {
            take(entries.next());
        }
        if (ready.isEmpty()) {
            release();
        }
        return !ready.isEmpty();
    }

    @Override
    public Entry next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return ready.remove();
    }

    private void take(Entry entry) {
        if (!last.isEmpty() && !isBeside(last.getLast(), entry)) {
            release();
        }
        Entry whole = entry;
        while (!last.isEmpty() && fill(last.getLast(), whole)) {
            whole = last.removeLast().with(whole);
        }
        last.add(whole);
    }

    /** Hands on all that cannot be filled up any more. */
    private void release() {
        ready.addAll(last);
        last.clear();
    }

    /** How many numbers an entry has, in the low bits of {@link Entry#bits}. */
    private static long size(Entry entry) {
        return 1L << (entry.v6() ? Long.SIZE : Integer.SIZE) - entry.prefix();
    }

    private static boolean isBeside(Entry one, Entry next) {
        return one.bits() + size(one) == next.bits();
    }

    private static boolean fill(Entry one, Entry next) {
        return one.prefix() == next.prefix()
                && one.prefix() > 1
                && (one.bits() & size(one)) == 0
                && isBeside(one, next);
    }
}
