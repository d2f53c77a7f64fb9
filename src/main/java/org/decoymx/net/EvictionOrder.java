package org.decoymx.net;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * The order in which the entries of a bounded table give way: first those of the {@link NetworkCounts#networkOf
 * network} with the most entries, and of that the oldest, so that no network can push out others. Each call looks at a
 * few entries, however many there are. Not thread-safe.
 *
 * @param <K> the key of an entry
 */
public final class EvictionOrder<K> {
    /** Most networks have one entry. */
    private static final int FEW = 2;

    private final Map<Long, Set<K>> byNetwork = new HashMap<>();
    private final TreeMap<Integer, Set<Long>> networksBySize = new TreeMap<>();
    private int size;

    /** Adds an entry of a sender as the latest, also if it is known. */
    public void add(IpPrefix origin, K key) {
        long network = NetworkCounts.networkOf(origin);
        Set<K> entries = byNetwork.computeIfAbsent(network, added -> new LinkedHashSet<>(FEW));
        if (!entries.remove(key)) {
            resize(network, entries.size(), entries.size() + 1);
        }
        entries.add(key);
    }

    /** Removes an entry; whether it was known. */
    public boolean remove(IpPrefix origin, K key) {
        long network = NetworkCounts.networkOf(origin);
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

    private void resize(long network, int before, int after) {
        Set<Long> others = networksBySize.get(before);
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

    /** Whether an entry of a sender is known. */
    public boolean contains(IpPrefix origin, K key) {
        return byNetwork.getOrDefault(NetworkCounts.networkOf(origin), Set.of()).contains(key);
    }

    /**
     * The entry that gives way first.
     *
     * @throws java.util.NoSuchElementException if there is none
     */
    public K first() {
        Set<Long> fullest = Objects.requireNonNull(networksBySize.get(networksBySize.lastKey()));
        return Objects.requireNonNull(byNetwork.get(fullest.iterator().next()))
                .iterator()
                .next();
    }

    /** Number of entries. */
    public int size() {
        return size;
    }
}
