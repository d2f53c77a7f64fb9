package org.decoymx.ledger;

import it.unimi.dsi.fastutil.HashCommon;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.function.BiFunction;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.decoymx.net.IpPrefix;

/**
 * The slots of IPv6 senders in a {@link PackedCountsArray}. A hash table with linear probing has the slot of the first
 * sender of each /64, whose key is in the slot; it links to the others, of which there are few: see
 * {@link SightingAggregator#MAX_HOSTS_OF_NETWORK}. Not thread-safe.
 */
final class Ipv6SlotMap {
    static final int NO_SLOT = -1;
    private static final int ADDRESS_BITS = 128;
    private static final int INITIAL_SIZE = 16;

    /** Who has a large network must not be able to choose addresses with the same hash. */
    private static final long SECRET = new SecureRandom().nextLong();

    private final PackedCountsArray packedCounts;
    private int[] firstSlots = emptyTable(INITIAL_SIZE);
    private int networks;
    private int size;

    Ipv6SlotMap(PackedCountsArray packedCounts) {
        this.packedCounts = packedCounts;
    }

    private static int[] emptyTable(int length) {
        int[] table = new int[length];
        Arrays.fill(table, NO_SLOT);
        return table;
    }

    int size() {
        return size;
    }

    private int home(long high) {
        return (int) HashCommon.mix(high ^ SECRET) & firstSlots.length - 1;
    }

    private int after(int position) {
        return position + 1 & firstSlots.length - 1;
    }

    /** The position of a /64 in the table, or the free one where it belongs. */
    private int position(long high) {
        int position = home(high);
        while (firstSlots[position] != NO_SLOT && packedCounts.high(firstSlots[position]) != high) {
            position = after(position);
        }
        return position;
    }

    /** The slot of a sender, or {@link #NO_SLOT}. */
    int find(IpPrefix origin) {
        int slot = firstSlots[position(origin.high())];
        while (slot != NO_SLOT && packedCounts.low(slot) != origin.low()) {
            slot = packedCounts.next(slot);
        }
        return slot;
    }

    /** Allocates a slot for a sender that has none. */
    int add(IpPrefix origin) {
        int position = position(origin.high());
        int slot = packedCounts.allocate();
        int next = firstSlots[position];
        packedCounts.link(slot, origin.high(), origin.low(), next);
        firstSlots[position] = slot;
        size++;
        if (next == NO_SLOT && ++networks > firstSlots.length / 3 * 2) {
            grow();
        }
        return slot;
    }

    private void grow() {
        int[] slots = firstSlots;
        firstSlots = emptyTable(2 * slots.length);
        for (int slot : slots) {
            if (slot != NO_SLOT) {
                firstSlots[position(packedCounts.high(slot))] = slot;
            }
        }
    }

    /** Removes a sender, and returns its slot, or {@link #NO_SLOT}. */
    int remove(IpPrefix origin) {
        int removed = find(origin);
        if (removed == NO_SLOT) {
            return NO_SLOT;
        }
        int next = packedCounts.next(removed);
        int position = position(origin.high());
        int slot = firstSlots[position];
        if (slot != removed) {
            while (packedCounts.next(slot) != removed) {
                slot = packedCounts.next(slot);
            }
            packedCounts.setNext(slot, next);
        } else if (next == NO_SLOT) {
            removeAt(position);
        } else {
            firstSlots[position] = next;
        }
        size--;
        return removed;
    }

    /** Moves those back that are beyond the freed position only because it was taken. */
    private void removeAt(int removed) {
        int free = removed;
        for (int i = after(free); firstSlots[i] != NO_SLOT; i = after(i)) {
            int home = home(packedCounts.high(firstSlots[i]));
            if (distance(home, i) >= distance(free, i)) {
                firstSlots[free] = firstSlots[i];
                free = i;
            }
        }
        firstSlots[free] = NO_SLOT;
        networks--;
    }

    private int distance(int from, int to) {
        return to - from & firstSlots.length - 1;
    }

    /** Number of addresses in the /64 of a sender; the /64 itself is none. */
    int countAddresses(IpPrefix origin) {
        int count = 0;
        for (int slot = firstSlots[position(origin.high())]; slot != NO_SLOT; slot = packedCounts.next(slot)) {
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
        return Arrays.stream(firstSlots)
                .filter(first -> first != NO_SLOT)
                .flatMap(first -> IntStream.iterate(first, slot -> slot != NO_SLOT, packedCounts::next))
                .filter(filter)
                .mapToObj(slot -> read.apply(origin(slot), slot));
    }

    private IpPrefix origin(int slot) {
        return new IpPrefix(packedCounts.high(slot), packedCounts.low(slot), ADDRESS_BITS).hostNetwork();
    }
}
