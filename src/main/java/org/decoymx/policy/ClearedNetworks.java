package org.decoymx.policy;

import java.util.LinkedHashMap;
import java.util.Map;
import org.decoymx.net.IpPrefix;

/**
 * The IPv4 /24 and IPv6 /64 networks with a sender that was cleared, so that they are not listed as a whole. When it is
 * full, it forgets the network that was recorded least recently. Not thread-safe.
 */
final class ClearedNetworks {
    private final int capacity;
    private final Map<IpPrefix, Long> clearedUntil = new LinkedHashMap<>();

    ClearedNetworks(int capacity) {
        this.capacity = capacity;
    }

    /** Records the network of a sender, if its state says that it is or was cleared. */
    void record(IpPrefix origin, TrustState state) {
        long until = state.clearedUntil();
        if (until == 0) {
            return;
        }
        IpPrefix network = origin.neighborhood();
        Long before = clearedUntil.remove(network);
        clearedUntil.put(network, before == null ? until : Math.max(before, until));
        if (clearedUntil.size() > capacity) {
            clearedUntil.remove(clearedUntil.keySet().iterator().next());
        }
    }

    /** Whether a sender of a network is cleared; it may have lost that early. */
    boolean contains(IpPrefix network, long at) {
        Long until = clearedUntil.get(network);
        return until != null && at < until;
    }

    void removeExpired(long at) {
        clearedUntil.values().removeIf(until -> until <= at);
    }
}
