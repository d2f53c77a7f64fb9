package org.decoymx.policy;

import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;
import org.decoymx.net.IpPrefix;

/**
 * How many entries of a bounded table each network has, an IPv4 /16 or an IPv6 /48: one that has an eighth of the table
 * gets no more, so that it cannot push out others. Not thread-safe.
 */
final class NetworkShares {
    private static final int SHARE = 8;

    private final int max;
    private final Long2IntOpenHashMap counts = new Long2IntOpenHashMap();

    /**
     * @param capacity the capacity of the table
     */
    NetworkShares(int capacity) {
        max = Math.max(1, capacity / SHARE);
    }

    private static long networkOf(IpPrefix origin) {
        return origin.v6() ? origin.bits() >>> Short.SIZE : ~(origin.bits() >>> Short.SIZE);
    }

    /** Whether the network of a sender has its share. */
    boolean isFull(IpPrefix origin) {
        return counts.get(networkOf(origin)) >= max;
    }

    /** Counts one more entry. */
    void add(IpPrefix origin) {
        counts.addTo(networkOf(origin), 1);
    }

    /** Counts one entry less. */
    void remove(IpPrefix origin) {
        long network = networkOf(origin);
        if (counts.addTo(network, -1) == 1) {
            counts.remove(network);
        }
    }
}
