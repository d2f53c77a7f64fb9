package org.decoymx.ledger;

import java.time.Instant;
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
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.Sender;
import org.decoymx.policy.SenderScore;
import org.jspecify.annotations.Nullable;

/**
 * An in-memory index of the records on disk. One thread changes it and may read it without a lock. Other threads may
 * only call {@link #findSender}, {@link #size} and {@link #nodes}.
 */
final class SenderIndex {
    private final Map<Node, NodeIndex> byNode = new LinkedHashMap<>();
    private PackedCountsArray v4Counts = new PackedCountsArray(false);
    private PackedCountsArray v6Counts = new PackedCountsArray(true);

    /** Adds or replaces records, and returns their senders and the other ones that are known. */
    Collection<Sender> update(Collection<LedgerRecord> records, Collection<IpPrefix> others) {
        synchronized (byNode) {
            records.forEach(
                    ledgerRecord -> nodeIndex(ledgerRecord.counts().node()).put(ledgerRecord.counts()));
        }
        return sendersOf(records, others);
    }

    /** The senders of records, and other ones, as far as they are known. */
    Collection<Sender> sendersOf(Collection<LedgerRecord> records, Collection<IpPrefix> others) {
        return Stream.concat(
                        records.stream()
                                .map(ledgerRecord -> ledgerRecord.counts().origin()),
                        others.stream())
                .distinct()
                .flatMap(origin -> findSender(origin).stream())
                .toList();
    }

    /** Calls a consumer once for each sender. */
    void forEachSender(Consumer<Sender> each) {
        forEachMatching((lastSeen, listedUntil) -> true, counts -> {
            List<SenderCounts> countsList = findAll(counts.origin());
            if (countsList.get(0).node().equals(counts.node())) {
                each.accept(SenderCounts.combine(countsList));
            }
        });
    }

    /** The senders of deleted counts that were listed, now without the score of these. */
    Collection<Sender> sendersDelistedBy(Collection<SenderCounts> deleted, Instant now) {
        return deleted.stream()
                .filter(counts -> counts.score().isListed(now))
                .map(counts -> findSender(counts.origin())
                        .orElseGet(() -> SenderCounts.combine(List.of(counts.withScore(SenderScore.NONE)))))
                .toList();
    }

    /** Adds counts without a lock, while the index is loaded and not in use. */
    void add(SenderCounts counts) {
        nodeIndex(counts.node()).put(counts);
    }

    /** Replaces the content with that of a loaded index. */
    void replaceWith(SenderIndex loaded) {
        synchronized (byNode) {
            byNode.clear();
            byNode.putAll(loaded.byNode);
            v4Counts = loaded.v4Counts;
            v6Counts = loaded.v6Counts;
        }
    }

    private NodeIndex nodeIndex(Node node) {
        return byNode.computeIfAbsent(node, name -> new NodeIndex(name, v4Counts, v6Counts));
    }

    void remove(Collection<SenderCounts> removed) {
        synchronized (byNode) {
            removed.forEach(counts -> nodeIndex(counts.node()).remove(counts.origin()));
            byNode.values().removeIf(nodeIndex -> nodeIndex.size() == 0);
        }
    }

    /** The combined counts of all nodes about a sender. */
    Optional<Sender> findSender(IpPrefix origin) {
        synchronized (byNode) {
            List<SenderCounts> all = findAll(origin);
            return all.isEmpty() ? Optional.empty() : Optional.of(SenderCounts.combine(all));
        }
    }

    @Nullable
    SenderCounts findCounts(Node node, IpPrefix origin) {
        NodeIndex nodeIndex = byNode.get(node);
        return nodeIndex == null ? null : nodeIndex.find(origin);
    }

    /**
     * The records that are newer than the known ones. Those of further nodes are left out when there are too many; an
     * import tells so, unless several imports add them at the same time.
     */
    List<LedgerRecord> selectNewer(Collection<LedgerRecord> records) {
        Set<Node> known = nodes();
        return records.stream()
                .filter(ledgerRecord -> isNewer(ledgerRecord.counts()))
                .filter(ledgerRecord -> known.contains(ledgerRecord.counts().node())
                        || known.size() < LedgerImport.MAX_NODES
                                && known.add(ledgerRecord.counts().node()))
                .toList();
    }

    /**
     * Whether counts are newer than those of the same node about the same sender, or there are none, and not too many
     * of its IPv6 /64.
     */
    private boolean isNewer(SenderCounts counts) {
        IpPrefix origin = counts.origin();
        SenderCounts known = findCounts(counts.node(), origin);
        return known == null
                ? !origin.v6()
                        || !origin.isAddress()
                        || countAddressesAround(counts.node(), origin) < SightingAggregator.MAX_HOSTS_OF_NETWORK
                : counts.isNewerThan(known);
    }

    /** Number of addresses in the /64 of an IPv6 sender that a node has counts of. */
    int countAddressesAround(Node node, IpPrefix origin) {
        NodeIndex nodeIndex = byNode.get(node);
        return nodeIndex == null ? 0 : nodeIndex.countAddressesAround(origin);
    }

    /** The counts of each node about a sender. */
    List<SenderCounts> findAll(IpPrefix origin) {
        List<SenderCounts> all = new ArrayList<>(1);
        for (NodeIndex nodeIndex : byNode.values()) {
            SenderCounts counts = nodeIndex.find(origin);
            if (counts != null) {
                all.add(counts);
            }
        }
        return all;
    }

    /** Combines the counts of the other nodes with the current counts of this node, which may be pending. */
    Sender combineWith(SenderCounts ownCounts) {
        List<SenderCounts> countsOfNodes = findAll(ownCounts.origin());
        countsOfNodes.removeIf(counts -> counts.node().equals(ownCounts.node()));
        countsOfNodes.add(ownCounts);
        return SenderCounts.combine(countsOfNodes);
    }

    /** All counts; the objects are created one at a time. */
    Stream<SenderCounts> stream() {
        return byNode.values().stream().flatMap(NodeIndex::stream);
    }

    void forEachMatching(NodeIndex.CountsFilter filter, Consumer<SenderCounts> consumer) {
        forEachOrigin((v6, bits, lastSeen, listedUntil) -> filter.matches(lastSeen, listedUntil), consumer);
    }

    void forEachOrigin(NodeIndex.OriginFilter filter, Consumer<SenderCounts> consumer) {
        byNode.values().forEach(nodeIndex -> nodeIndex.forEachMatching(filter, consumer));
    }

    /** Number of records: a sender has one for each node. */
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
