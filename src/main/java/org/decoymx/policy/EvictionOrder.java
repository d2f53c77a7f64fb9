package org.decoymx.policy;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.decoymx.net.IpPrefix;

/**
 * The order in which the entries of a bounded table give way: first those of the network with the most entries, an IPv4
 * /16 or an IPv6 /48, and of that the oldest, so that no network can push out others. Each call looks at a few entries,
 * however many there are. Not thread-safe.
 *
 * @param <K> the key of an entry
 */
final class EvictionOrder<K> {
    private static final int V4_NETWORK = 16;
    private static final int V6_NETWORK = 48;
    /** Most networks have one entry. */
    private static final int FEW = 2;

    private final Map<IpPrefix, Set<K>> byNetwork = new HashMap<>();
    private final TreeMap<Integer, Set<IpPrefix>> networksBySize = new TreeMap<>();
    private int size;

    /** The network around an address or a smaller network. */
    static IpPrefix networkOf(IpPrefix origin) {
        return origin.around(origin.v6() ? V6_NETWORK : V4_NETWORK);
    }

    /** Adds an entry of a sender as the latest, also if it is known. */
    void add(IpPrefix origin, K key) {
        IpPrefix network = networkOf(origin);
        Set<K> entries = byNetwork.computeIfAbsent(network, added -> new LinkedHashSet<>(FEW));
        if (!entries.remove(key)) {
            resize(network, entries.size(), entries.size() + 1);
        }
        entries.add(key);
    }

    /** Removes an entry; whether it was known. */
    boolean remove(IpPrefix origin, K key) {
        IpPrefix network = networkOf(origin);
        Set<K> entries = byNetwork.get(network);
        if (entries == null || !entries.remove(key)) {
            return false;
        }
        resize(network, entries.size() + 1, entries.size());
        if (entries.isEmpty()) {
            byNetwork.remove(network);
        }
        return true;
    }

    private void resize(IpPrefix network, int before, int after) {
        Set<IpPrefix> others = networksBySize.get(before);
        if (others != null && others.remove(network) && others.isEmpty()) {
            networksBySize.remove(before);
        }
        if (after > 0) {
            networksBySize
                    .computeIfAbsent(after, added -> new LinkedHashSet<>(FEW))
                    .add(network);
        }
        size += after - before;
    }

    boolean contains(IpPrefix origin, K key) {
        return byNetwork.getOrDefault(networkOf(origin), Set.of()).contains(key);
    }

    /**
     * The entry that gives way first.
     *
     * @throws java.util.NoSuchElementException if there is none
     */
    K first() {
        IpPrefix fullest = networksBySize.lastEntry().getValue().iterator().next();
        return Objects.requireNonNull(byNetwork.get(fullest)).iterator().next();
    }

    int size() {
        return size;
    }
}
