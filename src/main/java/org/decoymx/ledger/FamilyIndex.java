package org.decoymx.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.decoymx.net.IpPrefix;
import org.jspecify.annotations.Nullable;

/** The counts of all nodes about the senders of one address family. Not thread-safe. */
final class FamilyIndex {
    private static final int NO_SLOT = PackedCountsArray.NO_SLOT;

    private final boolean v6;
    private final NodeNumbers nodes;
    private final PackedCountsArray slots;
    private final OriginSlotMap byOrigin;
    private int size;

    FamilyIndex(boolean v6, NodeNumbers nodes) {
        this.v6 = v6;
        this.nodes = nodes;
        slots = new PackedCountsArray(v6);
        byOrigin = new OriginSlotMap(slots);
    }

    /** Number of records. */
    int size() {
        return size;
    }

    /** Number of slots, of which some may be free. */
    int slots() {
        return slots.size();
    }

    private int findSlot(Node node, IpPrefix origin) {
        int number = nodes.find(node);
        int slot = number == NodeNumbers.NONE ? NO_SLOT : byOrigin.first(origin);
        while (slot != NO_SLOT && slots.nodeNumber(slot) != number) {
            slot = slots.next(slot);
        }
        return slot;
    }

    @Nullable
    SenderCounts find(Node node, IpPrefix origin) {
        int slot = findSlot(node, origin);
        return slot == NO_SLOT ? null : slots.read(slot, node);
    }

    boolean contains(IpPrefix origin) {
        return byOrigin.first(origin) != NO_SLOT;
    }

    /** The counts of each node about a sender, in no order. */
    List<SenderCounts> findAll(IpPrefix origin) {
        List<SenderCounts> all = new ArrayList<>(1);
        for (int slot = byOrigin.first(origin); slot != NO_SLOT; slot = slots.next(slot)) {
            all.add(read(slot));
        }
        return all;
    }

    private SenderCounts read(int slot) {
        return slots.read(slot, nodes.node(slots.nodeNumber(slot)));
    }

    void put(SenderCounts counts) {
        int slot = findSlot(counts.node(), counts.origin());
        if (slot == NO_SLOT) {
            add(counts);
        } else {
            slots.write(slot, slots.nodeNumber(slot), counts);
        }
    }

    /** Adds counts of a node about a sender of which it has none. */
    void add(SenderCounts counts) {
        int number = nodes.addRecord(counts.node());
        slots.write(byOrigin.add(counts.origin()), number, counts);
        size++;
    }

    void remove(Node node, IpPrefix origin) {
        int slot = findSlot(node, origin);
        if (slot != NO_SLOT) {
            nodes.removeRecord(slots.nodeNumber(slot));
            byOrigin.remove(slot);
            size--;
        }
    }

    /** Number of addresses in the /64 of an IPv6 sender, up to a maximum. */
    int countAddressesAround(IpPrefix origin, int max) {
        return byOrigin.countAddresses(origin, max);
    }

    private boolean matches(int slot, SenderIndex.OriginFilter filter) {
        return filter.matches(
                nodes.node(slots.nodeNumber(slot)),
                v6,
                slots.bits(slot),
                slots.lastSeen(slot),
                slots.listedUntil(slot));
    }

    private IntStream usedSlots() {
        return IntStream.range(0, slots.size()).filter(slot -> slots.nodeNumber(slot) != NodeNumbers.NONE);
    }

    /** All counts, in no order. This index must not be changed while the stream is in use. */
    Stream<SenderCounts> stream() {
        return usedSlots().mapToObj(this::read);
    }

    /** Calls a consumer for all matching counts, in no order. The consumer must not change this index. */
    void forEachMatching(SenderIndex.OriginFilter filter, Consumer<SenderCounts> consumer) {
        usedSlots().filter(slot -> matches(slot, filter)).forEach(slot -> consumer.accept(read(slot)));
    }

    /** Calls a consumer once for each sender of which any counts match. The consumer must not change this index. */
    void forEachOrigin(SenderIndex.OriginFilter filter, Consumer<IpPrefix> consumer) {
        usedSlots()
                .filter(slot -> matches(slot, filter) && firstMatching(slot, filter) == slot)
                .forEach(slot -> consumer.accept(slots.origin(slot)));
    }

    private int firstMatching(int slotOfSender, SenderIndex.OriginFilter filter) {
        int slot = byOrigin.first(slots.origin(slotOfSender));
        while (!matches(slot, filter)) {
            slot = slots.next(slot);
        }
        return slot;
    }
}
