package org.decoymx.policy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.decoymx.net.IpPrefix;
import org.jspecify.annotations.Nullable;

/** The trust states that other nodes have of senders, in memory. Not thread-safe. */
final class RemoteTrust {
    private final int capacity;
    private final Map<IpPrefix, Map<String, byte[]>> states = new HashMap<>();

    RemoteTrust(int capacity) {
        this.capacity = capacity;
    }

    boolean has(IpPrefix origin) {
        return states.containsKey(origin);
    }

    /** The states of a sender at other nodes. */
    List<TrustState> find(IpPrefix origin) {
        return states.getOrDefault(origin, Map.of()).values().stream()
                .map(TrustState::decode)
                .toList();
    }

    void put(String node, IpPrefix origin, @Nullable TrustState state) {
        if (state == null || state.isUnknown()) {
            states.computeIfPresent(origin, (key, known) -> {
                known.remove(node);
                return known.isEmpty() ? null : known;
            });
        } else if (states.containsKey(origin) || states.size() < capacity) {
            states.computeIfAbsent(origin, key -> new TreeMap<>()).put(node, state.encode());
        }
    }
}
