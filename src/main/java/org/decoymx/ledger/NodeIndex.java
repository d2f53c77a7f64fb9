package org.decoymx.ledger;

import it.unimi.dsi.fastutil.ints.Int2IntMaps;
import it.unimi.dsi.fastutil.ints.Int2IntOpenHashMap;
import it.unimi.dsi.fastutil.longs.Long2IntMaps;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.decoymx.net.IpPrefix;
import org.jspecify.annotations.Nullable;

/**
 * The counts of one node. A sender needs 44 octets in {@link PackedCountsArray}, and 11 to 21 octets (IPv4) or 16 to 32
 * octets (IPv6) in the hash table. Not thread-safe.
 */
final class NodeIndex {
    private static final int NO_SLOT = -1;
    private final Node node;
    private final PackedCountsArray packedCounts;
    private final Int2IntOpenHashMap v4 = new Int2IntOpenHashMap();
    private final Long2IntOpenHashMap v6 = new Long2IntOpenHashMap();

    /**
     * Creates an empty index.
     *
     * @param packedCounts shared by all nodes
     */
    NodeIndex(Node node, PackedCountsArray packedCounts) {
        this.node = node;
        this.packedCounts = packedCounts;
        v4.defaultReturnValue(NO_SLOT);
        v6.defaultReturnValue(NO_SLOT);
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
        return origin.v6() ? v6.get(origin.bits()) : v4.get((int) origin.bits());
    }

    void put(SenderCounts counts) {
        IpPrefix origin = counts.origin();
        int slot = findSlot(origin);
        if (slot == NO_SLOT) {
            slot = packedCounts.allocate();
            if (origin.v6()) {
                v6.put(origin.bits(), slot);
            } else {
                v4.put((int) origin.bits(), slot);
            }
        }
        packedCounts.write(slot, counts);
    }

    void remove(IpPrefix origin) {
        int slot = origin.v6() ? v6.remove(origin.bits()) : v4.remove((int) origin.bits());
        if (slot != NO_SLOT) {
            packedCounts.release(slot);
        }
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

    /** Calls a consumer for each match, in no order. The consumer must not change this index. */
    void forEachMatching(CountsFilter filter, Consumer<SenderCounts> consumer) {
        Int2IntMaps.fastForEach(v4, entry -> {
            if (isMatch(filter, entry.getIntValue())) {
                consumer.accept(readCounts(v4Origin(entry.getIntKey()), entry.getIntValue()));
            }
        });
        Long2IntMaps.fastForEach(v6, entry -> {
            if (isMatch(filter, entry.getIntValue())) {
                consumer.accept(readCounts(IpPrefix.ofBits(true, entry.getLongKey()), entry.getIntValue()));
            }
        });
    }

    private boolean isMatch(CountsFilter filter, int slot) {
        return filter.matches(packedCounts.lastSeen(slot), packedCounts.listedUntil(slot));
    }

    private static IpPrefix v4Origin(int key) {
        return IpPrefix.ofBits(false, Integer.toUnsignedLong(key));
    }

    /** All counts, in no order. This index must not be changed while the stream is in use. */
    Stream<SenderCounts> stream() {
        return Stream.concat(
                v4.int2IntEntrySet().stream().map(e -> readCounts(v4Origin(e.getIntKey()), e.getIntValue())),
                v6.long2IntEntrySet().stream()
                        .map(e -> readCounts(IpPrefix.ofBits(true, e.getLongKey()), e.getIntValue())));
    }

    private SenderCounts readCounts(IpPrefix origin, int slot) {
        return packedCounts.read(slot, node, origin);
    }
}
