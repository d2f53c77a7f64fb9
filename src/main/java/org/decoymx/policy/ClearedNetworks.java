package org.decoymx.policy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.decoymx.net.EvictionOrder;
import org.decoymx.net.IpPrefix;

/**
 * The IPv4 /24 and IPv6 /64 networks with a sender that was cleared, so that they are not listed as a whole. When it is
 * full, it forgets one by its {@link EvictionOrder}. Not thread-safe.
 */
final class ClearedNetworks {
    private final int capacity;
    private final Map<IpPrefix, Long> clearedUntil = new HashMap<>();
    private final EvictionOrder<IpPrefix> order = new EvictionOrder<>();

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
        clearedUntil.merge(network, until, Math::max);
        order.add(network, network);
        if (order.size() > capacity) {
            forget(order.first());
        }
    }

    private void forget(IpPrefix network) {
        clearedUntil.remove(network);
        order.remove(network, network);
    }

    /** Whether a sender of a network is cleared; it may have lost that early. */
    boolean contains(IpPrefix network, long at) {
        Long until = clearedUntil.get(network);
        return until != null && at < until;
    }

    void removeExpired(long at) {
        List<IpPrefix> expired = clearedUntil.entrySet().stream()
                .filter(entry -> entry.getValue() <= at)
                .map(Map.Entry::getKey)
                .toList();
        expired.forEach(this::forget);
    }
}
