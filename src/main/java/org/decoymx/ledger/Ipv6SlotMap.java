package org.decoymx.ledger;

import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;
import java.util.function.BiFunction;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.decoymx.net.IpPrefix;

/**
 * The slots of IPv6 senders in a {@link PackedCountsArray}. The hash table has the first sender of each /64; its slot
 * links to the others, of which there are few: see {@link SightingAggregator#MAX_HOSTS_OF_NETWORK}. Not thread-safe.
 */
final class Ipv6SlotMap {
    static final int NO_SLOT = -1;
    private static final int ADDRESS_BITS = 128;

    /** Saves 3 octets on average for each sender. */
    private static final float LOAD_FACTOR = 0.9f;

    private final PackedCountsArray packedCounts;
    private final Long2IntOpenHashMap firstSlots = new Long2IntOpenHashMap(16, LOAD_FACTOR);
    private int size;

    Ipv6SlotMap(PackedCountsArray packedCounts) {
        this.packedCounts = packedCounts;
        firstSlots.defaultReturnValue(NO_SLOT);
    }

    int size() {
        return size;
    }

    /** The slot of a sender, or {@link #NO_SLOT}. */
    int find(IpPrefix origin) {
        int slot = firstSlots.get(origin.high());
        while (slot != NO_SLOT && packedCounts.low(slot) != origin.low()) {
            slot = packedCounts.next(slot);
        }
        return slot;
    }

    /** Allocates a slot for a sender that has none. */
    int add(IpPrefix origin) {
        int slot = packedCounts.allocate();
        packedCounts.link(slot, origin.low(), firstSlots.put(origin.high(), slot));
        size++;
        return slot;
    }

    /** Removes a sender, and returns its slot, or {@link #NO_SLOT}. */
    int remove(IpPrefix origin) {
        int removed = find(origin);
        if (removed == NO_SLOT) {
            return NO_SLOT;
        }
        int next = packedCounts.next(removed);
        int slot = firstSlots.get(origin.high());
        if (slot != removed) {
            while (packedCounts.next(slot) != removed) {
                slot = packedCounts.next(slot);
            }
            packedCounts.link(slot, packedCounts.low(slot), next);
        } else if (next == NO_SLOT) {
            firstSlots.remove(origin.high());
        } else {
            firstSlots.put(origin.high(), next);
        }
        size--;
        return removed;
    }

    /** Number of addresses in the /64 of a sender; the /64 itself is none. */
    int countAddresses(IpPrefix origin) {
        int count = 0;
        for (int slot = firstSlots.get(origin.high()); slot != NO_SLOT; slot = packedCounts.next(slot)) {
            count += packedCounts.low(slot) == 0 ? 0 : 1;
        }
        return count;
    }

    /**
     * Reads the senders whose slots match, in no order. This map must not be changed while the stream is in use.
     *
     * @param read reads a sender from its slot
     */
    <T> Stream<T> stream(IntPredicate filter, BiFunction<IpPrefix, Integer, T> read) {
        return firstSlots.long2IntEntrySet().stream().flatMap(first -> IntStream.iterate(
                        first.getIntValue(), slot -> slot != NO_SLOT, slot -> packedCounts.next(slot))
                .filter(filter)
                .mapToObj(slot -> read.apply(origin(first.getLongKey(), packedCounts.low(slot)), slot)));
    }

    private static IpPrefix origin(long high, long low) {
        return new IpPrefix(high, low, ADDRESS_BITS).hostNetwork();
    }
}
