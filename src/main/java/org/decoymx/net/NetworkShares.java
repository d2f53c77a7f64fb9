package org.decoymx.net;

import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;

/**
 * How many entries of a bounded table each {@link NetworkCounts#networkOf network} has: one that has an eighth of the
 * table gets no more, so that it cannot push out others. Not thread-safe.
 */
public final class NetworkShares {
    private static final int SHARE = 8;

    private final int max;
    private final Long2IntOpenHashMap counts = new Long2IntOpenHashMap();

    /**
     * @param capacity the capacity of the table
     */
    public NetworkShares(int capacity) {
        max = Math.max(1, capacity / SHARE);
    }

    /** Whether the network of a sender has its share. */
    public boolean isFull(IpPrefix origin) {
        return counts.get(NetworkCounts.networkOf(origin)) >= max;
    }

    /** Counts one more entry. */
    public void add(IpPrefix origin) {
        counts.addTo(NetworkCounts.networkOf(origin), 1);
    }

    /** Counts one entry less. */
    public void remove(IpPrefix origin) {
        long network = NetworkCounts.networkOf(origin);
        if (counts.addTo(network, -1) == 1) {
            counts.remove(network);
        }
    }
}
