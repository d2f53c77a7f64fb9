package org.decoymx.policy;

import java.util.BitSet;
import org.decoymx.net.IpPrefix;

/**
 * Of which senders something was forgotten not long ago: by two hashes of each, so that seldom another one seems to be
 * among them. At most a megabyte. Not thread-safe.
 */
final class ForgottenSenders {
    private static final int BITS = 1 << 22;
    private static final int SHIFT = Integer.SIZE - Integer.numberOfTrailingZeros(BITS);

    private final long keptFor;
    private BitSet latest = new BitSet();
    private BitSet earlier = new BitSet();
    private long latestSince;

    /**
     * @param keptFor for how many seconds a sender is among them at least; at most twice as long
     */
    ForgottenSenders(long keptFor) {
        this.keptFor = keptFor;
    }

    void add(IpPrefix origin) {
        latest.set(firstBit(origin));
        latest.set(secondBit(origin));
    }

    boolean contains(IpPrefix origin) {
        return contains(latest, origin) || contains(earlier, origin);
    }

    private static boolean contains(BitSet senders, IpPrefix origin) {
        return !senders.isEmpty() && senders.get(firstBit(origin)) && senders.get(secondBit(origin));
    }

    private static int firstBit(IpPrefix origin) {
        return origin.hashCode() * 0x9e37_79b1 >>> SHIFT;
    }

    private static int secondBit(IpPrefix origin) {
        int hash = origin.hashCode() * 0x85eb_ca6b;
        return (hash ^ hash >>> 13) * 0xc2b2_ae35 >>> SHIFT;
    }

    /** Has to be called from time to time. */
    void removeExpired(long at) {
        if (Math.abs(at - latestSince) >= keptFor) {
            earlier = latest;
            latest = new BitSet();
            latestSince = at;
        }
    }
}
