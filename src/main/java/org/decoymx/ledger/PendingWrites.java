package org.decoymx.ledger;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.NetworkCounts;
import org.jspecify.annotations.Nullable;

/**
 * Counts that are not committed yet. If the database cannot be written for long, the oldest evidence is evicted first;
 * when the limit is reached, sightings of further senders are dropped, those of the fullest networks first.
 */
final class PendingWrites {
    private static final int MAX_PENDING = 100_000;

    /** What a network may have when half of that is pending, so that it does not keep out all others. */
    private static final int MAX_PENDING_OF_NETWORK = MAX_PENDING / 64;

    private static final int NETWORK_COUNTER_BITS = 14;
    private static final int MAX_EVIDENCE = 20_000;

    private final Map<IpPrefix, SenderCounts> pending = new LinkedHashMap<>();
    private final NetworkCounts pendingPerNetwork = new NetworkCounts(NETWORK_COUNTER_BITS);
    private final Map<IpPrefix, SessionEvidence> evidence = new LinkedHashMap<>();

    /** The addresses of each IPv6 /64. */
    private final Map<IpPrefix, Set<IpPrefix>> v6Addresses = new HashMap<>();

    private volatile int size;

    @Nullable
    SenderCounts find(IpPrefix origin) {
        return pending.get(origin);
    }

    boolean hasRoomFor(IpPrefix origin) {
        return pending.size() < MAX_PENDING / 2
                || pending.containsKey(origin)
                || pending.size() < MAX_PENDING
                        && pendingPerNetwork.get(pendingPerNetwork.indexOf(origin)) < MAX_PENDING_OF_NETWORK;
    }

    /**
     * Adds or replaces the counts of a sender.
     *
     * @param latest evidence of the latest session; null to keep the present evidence
     */
    void put(SenderCounts counts, @Nullable SessionEvidence latest) {
        IpPrefix origin = counts.origin();
        if (pending.put(origin, counts) == null) {
            pendingPerNetwork.add(pendingPerNetwork.indexOf(origin), 1);
            if (origin.v6() && origin.isAddress()) {
                v6Addresses
                        .computeIfAbsent(origin.neighborhood(), network -> new HashSet<>())
                        .add(origin);
            }
        }
        if (latest != null) {
            evidence.remove(origin);
            evidence.put(origin, latest);
        }
        if (evidence.size() > MAX_EVIDENCE) {
            evidence.remove(evidence.keySet().iterator().next());
        }
        size = pending.size();
    }

    /** The pending addresses of an IPv6 /64. */
    Set<IpPrefix> addressesOf(IpPrefix network) {
        return v6Addresses.getOrDefault(network, Set.of());
    }

    /** The counts with a listing that ends after a second since 1970. */
    List<SenderCounts> listedAfter(long second) {
        return pending.values().stream()
                .filter(counts -> counts.score().listedUntil() > second)
                .toList();
    }

    /** Adds what is on disk, if it could not be read before, to all counts, and makes them those of a node. */
    void addTo(SenderIndex loaded, Node ownNode) {
        pending.replaceAll((origin, counts) -> {
            SenderCounts earlier = loaded.findCounts(ownNode, origin);
            return earlier == null ? counts.withNode(ownNode) : counts.mergeAfter(earlier);
        });
    }

    /** All pending records, as a commit writes them. */
    List<LedgerRecord> records(long version) {
        List<LedgerRecord> records = new ArrayList<>(pending.size());
        pending.forEach(
                (origin, counts) -> records.add(new LedgerRecord(counts.withVersion(version), evidence.get(origin))));
        return records;
    }

    void clear() {
        if (!pending.isEmpty()) {
            pendingPerNetwork.clear();
        }
        pending.clear();
        v6Addresses.clear();
        evidence.clear();
        size = 0;
    }

    /** Number of pending senders. Thread-safe. */
    int size() {
        return size;
    }
}
