package org.decoymx.policy;

import it.unimi.dsi.fastutil.HashCommon;
import java.util.function.Predicate;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.NetworkShares;
import org.jspecify.annotations.Nullable;

/**
 * The latest delivery attempts, found by a place and by an envelope. A ring of 60 to 110 octets for each, which grows
 * up to its capacity and then drops the oldest. Not thread-safe.
 */
final class AttemptLog {
    private static final int FIRST_SIZE = 1_024;

    /** How many attempts are looked at for a key, the latest: more would help nobody but who floods the log. */
    static final int MAX_STEPS = 100;

    private final int capacity;
    private final @Nullable NetworkShares shares;
    private Columns columns = new Columns(FIRST_SIZE);
    private long first;
    private long next;
    private long droppedUntil = Long.MIN_VALUE;

    /**
     * @param capacity maximum number of attempts; rounded to a power of two
     */
    AttemptLog(int capacity) {
        this(capacity, false);
    }

    /**
     * @param shared whether a network with an eighth of a log that is half full gets no more
     */
    AttemptLog(int capacity, boolean shared) {
        this.capacity = Math.max(FIRST_SIZE, Integer.highestOneBit(capacity));
        shares = shared ? new NetworkShares(this.capacity) : null;
    }

    /**
     * An attempt to deliver to one recipient.
     *
     * @param at seconds since 1970
     * @param place a hash of who came, and for whom
     * @param envelope the hash of its envelope; 0 if it is not known
     * @param result what became of it; null if that is not known
     */
    record Attempt(
            IpPrefix client,
            long at,
            long place,
            long envelope,
            @Nullable VisitResult result) {

        /** Whether the message was accepted, or refused for good. */
        boolean isFinal() {
            return result != null && result.isFinal();
        }
    }

    /** The keys of an attempt. */
    enum AttemptKey {
        PLACE,
        ENVELOPE
    }

    /** Links lead from a bucket to its latest attempt, and from there to earlier ones. */
    private static final class Index {
        final long[] keys;
        final int[] heads;
        final int[] earlier;

        Index(int size) {
            keys = new long[size];
            heads = new int[size];
            earlier = new int[size];
        }

        int bucket(long key) {
            return (int) HashCommon.mix(key) & heads.length - 1;
        }

        void link(long number, long key) {
            int row = (int) number & keys.length - 1;
            int bucket = bucket(key);
            keys[row] = key;
            earlier[row] = heads[bucket];
            heads[bucket] = (int) number;
        }
    }

    /** The attempts by their numbers; the size is a power of two. */
    private static final class Columns {
        final int size;
        final int[] at;
        final long[] high;
        final long[] low;
        final byte[] maskLength;
        final @Nullable VisitResult[] result;
        final Index places;
        final Index envelopes;

        Columns(int size) {
            this.size = size;
            at = new int[size];
            high = new long[size];
            low = new long[size];
            maskLength = new byte[size];
            result = new VisitResult[size];
            places = new Index(size);
            envelopes = new Index(size);
        }

        int row(long number) {
            return (int) number & size - 1;
        }

        Index of(AttemptKey key) {
            return key == AttemptKey.PLACE ? places : envelopes;
        }

        void put(long number, Attempt attempt) {
            int row = row(number);
            at[row] = (int) attempt.at();
            high[row] = attempt.client().high();
            low[row] = attempt.client().low();
            maskLength[row] = (byte) attempt.client().maskLength();
            result[row] = attempt.result();
            places.link(number, attempt.place());
            envelopes.keys[row] = attempt.envelope();
            if (attempt.envelope() != 0) {
                envelopes.link(number, attempt.envelope());
            }
        }

        Attempt get(long number) {
            int row = row(number);
            return new Attempt(
                    new IpPrefix(high[row], low[row], Byte.toUnsignedInt(maskLength[row])),
                    Integer.toUnsignedLong(at[row]),
                    places.keys[row],
                    envelopes.keys[row],
                    result[row]);
        }
    }

    /** Adds an attempt; its time may be before that of others. */
    void add(Attempt attempt) {
        if (shares != null) {
            if (size() >= capacity / 2 && shares.isFull(attempt.client())) {
                return;
            }
            shares.add(attempt.client());
        }
        if (size() == columns.size) {
            if (columns.size < capacity) {
                grow();
            } else {
                droppedUntil = Math.max(droppedUntil, columns.get(first).at());
                removeFirst();
            }
        }
        columns.put(next, attempt);
        next++;
    }

    private void removeFirst() {
        if (shares != null) {
            shares.remove(columns.get(first).client());
        }
        first++;
    }

    private void grow() {
        Columns before = columns;
        columns = new Columns(2 * before.size);
        for (long number = first; number < next; number++) {
            columns.put(number, before.get(number));
        }
    }

    /** Removes the oldest attempts, up to one that is not before this time. */
    void removeBefore(long at) {
        removeOutside(at, Long.MAX_VALUE);
    }

    /** Removes the oldest attempts, up to one between these times; what is later comes from a clock that was ahead. */
    void removeOutside(long from, long until) {
        while (first < next && !isBetween(Integer.toUnsignedLong(columns.at[columns.row(first)]), from, until)) {
            removeFirst();
        }
    }

    private static boolean isBetween(long at, long from, long until) {
        return at >= from && at <= until;
    }

    /** Corrects {@link #droppedUntil}, if it comes from a clock that was ahead. */
    void limitDroppedUntil(long now) {
        droppedUntil = Math.min(droppedUntil, now);
    }

    /** Whether one of the latest attempts with this key passes the test; the latest is tested first. */
    boolean anyMatch(AttemptKey by, long key, Predicate<Attempt> test) {
        return anyMatch(by, key, MAX_STEPS, test);
    }

    /** The same, but looks at fewer attempts. */
    boolean anyMatch(AttemptKey by, long key, int maxSteps, Predicate<Attempt> test) {
        Index index = columns.of(by);
        long number = resolve(index.heads[index.bucket(key)], next);
        for (int step = 0; number >= 0 && step < maxSteps; step++) {
            int row = columns.row(number);
            if (index.keys[row] == key && test.test(columns.get(number))) {
                return true;
            }
            number = resolve(index.earlier[row], number);
        }
        return false;
    }

    /** The full number of a linked attempt; -1 if it was dropped, as the links to it are not cleared. */
    private long resolve(int link, long after) {
        long number = after - ((int) after - link & 0xffff_ffffL);
        return number < after && number >= first ? number : -1;
    }

    int size() {
        return (int) (next - first);
    }

    /** The time of the latest attempt that was dropped for lack of room; {@link Long#MIN_VALUE} if none was. */
    long droppedUntil() {
        return droppedUntil;
    }
}
