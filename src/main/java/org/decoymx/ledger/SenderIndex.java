package org.decoymx.ledger;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is on the disk, as numbers in memory. One thread changes it, and may read it without a lock; any other may only
 * {@link #find}, {@link #size} and {@link #nodes}.
 */
final class SenderIndex {
    private final Map<Node, NodeIndex> byNode = new LinkedHashMap<>();
    private PackedCountsArray packedCounts = new PackedCountsArray();

    /** Puts tallies, each in the place of what was known of it. */
    void update(Collection<LedgerRecord> entries) {
        synchronized (byNode) {
            entries.forEach(entry -> nodeIndex(entry.counts().node()).put(entry.counts()));
        }
    }

    /** Puts one of the many tallies that are read before anybody asks. */
    void add(SenderCounts tally) {
        nodeIndex(tally.node()).put(tally);
    }

    /** Takes over what was loaded, in the place of all that was known. */
    void replaceWith(SenderIndex loaded) {
        synchronized (byNode) {
            byNode.clear();
            byNode.putAll(loaded.byNode);
            packedCounts = loaded.packedCounts;
        }
    }

    private NodeIndex nodeIndex(Node node) {
        return byNode.computeIfAbsent(node, name -> new NodeIndex(name, packedCounts));
    }

    void remove(Collection<SenderCounts> tallies) {
        synchronized (byNode) {
            tallies.forEach(tally -> nodeIndex(tally.node()).remove(tally.origin()));
            byNode.values().removeIf(left -> left.size() == 0);
        }
    }

    /** What all nodes know of a sender. */
    Optional<Sender> find(Origin origin) {
        synchronized (byNode) {
            List<SenderCounts> tallies = findAll(origin);
            return tallies.isEmpty() ? Optional.empty() : Optional.of(Sender.combine(tallies));
        }
    }

    @Nullable
    SenderCounts find(Node node, Origin origin) {
        NodeIndex tallies = byNode.get(node);
        return tallies == null ? null : tallies.find(origin);
    }

    /** Each node's tally of a sender. */
    List<SenderCounts> findAll(Origin origin) {
        List<SenderCounts> all = new ArrayList<>(1);
        for (NodeIndex tallies : byNode.values()) {
            SenderCounts tally = tallies.find(origin);
            if (tally != null) {
                all.add(tally);
            }
        }
        return all;
    }

    /** Every tally, one after the other, as they may be many. */
    Stream<SenderCounts> stream() {
        return byNode.values().stream().flatMap(NodeIndex::stream);
    }

    void forEachMatching(NodeIndex.CountsFilter choice, Consumer<SenderCounts> chosen) {
        byNode.values().forEach(tallies -> tallies.forEachMatching(choice, chosen));
    }

    /** How many tallies there are. */
    int size() {
        synchronized (byNode) {
            return byNode.values().stream().mapToInt(NodeIndex::size).sum();
        }
    }

    Set<Node> nodes() {
        synchronized (byNode) {
            return new HashSet<>(byNode.keySet());
        }
    }
}
