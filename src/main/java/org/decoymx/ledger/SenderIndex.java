package org.decoymx.ledger;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ManualDecisions;
import org.decoymx.policy.Sender;
import org.decoymx.policy.SenderScore;
import org.jspecify.annotations.Nullable;

/**
 * An in-memory index of the records on disk. One thread changes it and may read it without a lock. Other threads may
 * only call {@link #findSender}, {@link #size} and {@link #nodes}.
 */
final class SenderIndex {
    private static final Comparator<SenderCounts> BY_NODE =
            Comparator.comparing(counts -> counts.node().name());

    private final ManualDecisions decisions;
    private final Object lock = new Object();
    private final NodeRoom room = new NodeRoom();
    private NodeNumbers nodes = new NodeNumbers();
    private FamilyIndex v4 = new FamilyIndex(false, nodes);
    private FamilyIndex v6 = new FamilyIndex(true, nodes);

    /** An empty index of senders about which nothing was decided by hand. */
    SenderIndex() {
        this(new ManualDecisions());
    }

    /**
     * @param decisions by hand, of which those that forget a sender hide scores
     */
    SenderIndex(ManualDecisions decisions) {
        this.decisions = decisions;
    }

    private FamilyIndex family(IpPrefix origin) {
        return origin.v6() ? v6 : v4;
    }

    /** Adds or replaces records, and returns their senders and the other ones that are known. */
    Collection<Sender> update(Collection<LedgerRecord> records, Collection<IpPrefix> others) {
        synchronized (lock) {
            records.forEach(ledgerRecord -> family(ledgerRecord.origin()).put(ledgerRecord.counts()));
        }
        return sendersOf(records, others);
    }

    /** The senders of records, and other ones, as far as they are known. */
    Collection<Sender> sendersOf(Collection<LedgerRecord> records, Collection<IpPrefix> others) {
        return Stream.concat(records.stream().map(LedgerRecord::origin), others.stream())
                .distinct()
                .flatMap(origin -> findSender(origin).stream())
                .toList();
    }

    /** Calls a consumer once for each sender. */
    void forEachSender(Consumer<Sender> each) {
        forEachSender((lastSeen, listedUntil) -> true, each);
    }

    /** Calls a consumer once for each sender of which the counts of any node match. */
    void forEachSender(CountsFilter filter, Consumer<Sender> each) {
        OriginFilter anyOrigin = (node, isV6, bits, lastSeen, listedUntil) -> filter.matches(lastSeen, listedUntil);
        for (FamilyIndex family : List.of(v4, v6)) {
            family.forEachOrigin(anyOrigin, origin -> each.accept(combine(findAll(origin))));
        }
    }

    /** Calls a consumer once for each sender that any node lists, exempt or not. */
    void forEachListed(Instant now, Consumer<Sender> each) {
        long second = now.getEpochSecond();
        forEachSender((lastSeen, listedUntil) -> listedUntil > second, each);
    }

    private Sender combine(List<SenderCounts> countsOfNodes) {
        return SenderCounts.combine(
                countsOfNodes, decisions.find(countsOfNodes.get(0).origin()));
    }

    /** The senders of deleted counts that were listed, now without the score of these. */
    Collection<Sender> sendersDelistedBy(Collection<SenderCounts> deleted, Instant now) {
        return deleted.stream()
                .filter(counts -> counts.score().isListed(now))
                .map(counts -> findSender(counts.origin())
                        .orElseGet(() -> combine(List.of(counts.withScore(SenderScore.NONE)))))
                .toList();
    }

    /** Adds counts of a node about a sender of which it has none: without a lock, while the index is not in use. */
    void add(SenderCounts counts) {
        family(counts.origin()).add(counts);
    }

    /** Replaces the content with that of a loaded index. */
    void replaceWith(SenderIndex loaded) {
        synchronized (lock) {
            nodes = loaded.nodes;
            v4 = loaded.v4;
            v6 = loaded.v6;
        }
    }

    void remove(Collection<SenderCounts> removed) {
        synchronized (lock) {
            removed.forEach(counts -> family(counts.origin()).remove(counts.node(), counts.origin()));
        }
    }

    /** The combined counts of all nodes about a sender. */
    Optional<Sender> findSender(IpPrefix origin) {
        List<SenderCounts> all;
        synchronized (lock) {
            all = findAll(origin);
        }
        return all.isEmpty() ? Optional.empty() : Optional.of(combine(all));
    }

    @Nullable
    SenderCounts findCounts(Node node, IpPrefix origin) {
        return family(origin).find(node, origin);
    }

    /** Whether any node has counts of a sender. */
    boolean contains(IpPrefix origin) {
        return family(origin).contains(origin);
    }

    /**
     * The records that are newer than the known ones. Those of further nodes are left out when there are too many.
     */
    List<LedgerRecord> selectNewer(Collection<LedgerRecord> records) {
        List<LedgerRecord> newer = records.stream()
                .filter(ledgerRecord -> isNewer(ledgerRecord.counts()))
                .toList();
        return room.select(newer, nodes());
    }

    /**
     * Whether counts are newer than those of the same node about the same sender, or there are none; then, without a
     * version, not too many of its IPv6 /64.
     */
    private boolean isNewer(SenderCounts counts) {
        SenderCounts known = findCounts(counts.node(), counts.origin());
        return known == null
                ? counts.version() > 0
                        || contains(counts.origin())
                        || !counts.origin().isAddress()
                        || hasRoomAround(counts.origin(), 0)
                : counts.isNewerThan(known);
    }

    /**
     * Whether a further address of an IPv6 /64 may be a sender of its own; always for IPv4.
     *
     * @param uncommitted number of addresses of the /64 that are not committed yet
     */
    boolean hasRoomAround(IpPrefix origin, int uncommitted) {
        int max = SightingAggregator.MAX_HOSTS_OF_NETWORK - uncommitted;
        return !origin.v6() || v6.countAddressesAround(origin, max) < max;
    }

    /** The counts of each node about a sender, in the order of the names of the nodes. */
    List<SenderCounts> findAll(IpPrefix origin) {
        List<SenderCounts> all = family(origin).findAll(origin);
        all.sort(BY_NODE);
        return all;
    }

    /** Combines the counts of the other nodes with the current counts of this node, which may be pending. */
    Sender combineWith(SenderCounts ownCounts) {
        List<SenderCounts> countsOfNodes = family(ownCounts.origin()).findAll(ownCounts.origin());
        countsOfNodes.removeIf(counts -> counts.node().equals(ownCounts.node()));
        countsOfNodes.add(ownCounts);
        countsOfNodes.sort(BY_NODE);
        return combine(countsOfNodes);
    }

    /** Filters senders by their times, so that no objects are created for the others: there may be millions. */
    interface CountsFilter {
        /**
         * Whether a sender matches.
         *
         * @param lastSeen second since 1970
         * @param listedUntil second since 1970, 0 for never
         */
        boolean matches(long lastSeen, long listedUntil);
    }

    /** Filters records by their nodes and addresses too. */
    interface OriginFilter {
        /**
         * Whether a record matches.
         *
         * @param bits as in {@link IpPrefix#bits}
         * @param lastSeen second since 1970
         * @param listedUntil second since 1970, 0 for never
         */
        boolean matches(Node node, boolean v6, long bits, long lastSeen, long listedUntil);
    }

    /** All counts; the objects are created one at a time. */
    Stream<SenderCounts> stream() {
        return Stream.concat(v4.stream(), v6.stream());
    }

    void forEachMatching(CountsFilter filter, Consumer<SenderCounts> consumer) {
        forEachOrigin((node, isV6, bits, lastSeen, listedUntil) -> filter.matches(lastSeen, listedUntil), consumer);
    }

    void forEachOrigin(OriginFilter filter, Consumer<SenderCounts> consumer) {
        v4.forEachMatching(filter, consumer);
        v6.forEachMatching(filter, consumer);
    }

    /** Number of records: a sender has one for each node. */
    int size() {
        synchronized (lock) {
            return v4.size() + v6.size();
        }
    }

    Set<Node> nodes() {
        return recordsOfNodes().keySet();
    }

    /** The nodes that have records, with the number of these. */
    Map<Node, Integer> recordsOfNodes() {
        synchronized (lock) {
            return nodes.countRecords();
        }
    }
}
