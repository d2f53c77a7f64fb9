package org.decoymx.ledger;

import it.unimi.dsi.fastutil.ints.Int2IntMaps;
import it.unimi.dsi.fastutil.ints.Int2IntOpenHashMap;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import org.decoymx.net.IpPrefix;
import org.jspecify.annotations.Nullable;

/**
 * The counts of one node. An IPv4 sender needs 44 octets in {@link PackedCountsArray}, and 11 to 21 octets in the hash
 * table; an IPv6 sender 64, and 6 to 12 for its /64. Not thread-safe.
 */
final class NodeIndex {
    private static final int NO_SLOT = Ipv6SlotMap.NO_SLOT;
    private final Node node;
    private final PackedCountsArray v4Counts;
    private final PackedCountsArray v6Counts;
    private final Int2IntOpenHashMap v4 = new Int2IntOpenHashMap();
    private final Ipv6SlotMap v6;

    /**
     * Creates an empty index.
     *
     * @param v4Counts shared by all nodes
     * @param v6Counts likewise; linked
     */
    NodeIndex(Node node, PackedCountsArray v4Counts, PackedCountsArray v6Counts) {
        this.node = node;
        this.v4Counts = v4Counts;
        this.v6Counts = v6Counts;
        v6 = new Ipv6SlotMap(v6Counts);
        v4.defaultReturnValue(NO_SLOT);
    }

    int size() {
        return v4.size() + v6.size();
    }

    @Nullable
    SenderCounts find(IpPrefix origin) {
        int slot = findSlot(origin);
        return slot == NO_SLOT ? null : readCounts(origin, slot);
    }

    private int findSlot(IpPrefix origin) {
        return origin.v6() ? v6.find(origin) : v4.get((int) origin.bits());
    }

    private PackedCountsArray countsOf(IpPrefix origin) {
        return origin.v6() ? v6Counts : v4Counts;
    }

    void put(SenderCounts counts) {
        IpPrefix origin = counts.origin();
        int known = findSlot(origin);
        countsOf(origin).write(known == NO_SLOT ? addSlot(origin) : known, counts);
    }

    private int addSlot(IpPrefix origin) {
        if (origin.v6()) {
            return v6.add(origin);
        }
        int slot = v4Counts.allocate();
        v4.put((int) origin.bits(), slot);
        return slot;
    }

    void remove(IpPrefix origin) {
        int slot = origin.v6() ? v6.remove(origin) : v4.remove((int) origin.bits());
        if (slot != NO_SLOT) {
            countsOf(origin).release(slot);
        }
    }

    /** Number of addresses in the /64 of an IPv6 sender. */
    int countAddressesAround(IpPrefix origin) {
        return v6.countAddresses(origin);
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

    /** Filters senders by their addresses too. */
    interface OriginFilter {
        /**
         * Whether a sender matches.
         *
         * @param bits as in {@link IpPrefix#bits}
         * @param lastSeen second since 1970
         * @param listedUntil second since 1970, 0 for never
         */
        boolean matches(boolean v6, long bits, long lastSeen, long listedUntil);
    }

    /** Calls a consumer for each match, in no order. The consumer must not change this index. */
    void forEachMatching(OriginFilter filter, Consumer<SenderCounts> consumer) {
        Int2IntMaps.fastForEach(v4, entry -> {
            int slot = entry.getIntValue();
            long bits = Integer.toUnsignedLong(entry.getIntKey());
            if (filter.matches(false, bits, v4Counts.lastSeen(slot), v4Counts.listedUntil(slot))) {
                consumer.accept(readCounts(v4Origin(entry.getIntKey()), slot));
            }
        });
        IntPredicate v6Filter =
                slot -> filter.matches(true, v6Counts.high(slot), v6Counts.lastSeen(slot), v6Counts.listedUntil(slot));
        v6.stream(v6Filter, this::readCounts).forEach(consumer);
    }

    private static IpPrefix v4Origin(int key) {
        return IpPrefix.ofBits(false, Integer.toUnsignedLong(key));
    }

    /** All counts, in no order. This index must not be changed while the stream is in use. */
    Stream<SenderCounts> stream() {
        return Stream.concat(
                v4.int2IntEntrySet().stream().map(e -> readCounts(v4Origin(e.getIntKey()), e.getIntValue())),
                v6.stream(slot -> true, this::readCounts));
    }

    private SenderCounts readCounts(IpPrefix origin, int slot) {
        return countsOf(origin).read(slot, node, origin);
    }
}
