package org.decoymx.ledger;

import it.unimi.dsi.fastutil.ints.Int2IntMaps;
import it.unimi.dsi.fastutil.ints.Int2IntOpenHashMap;
import it.unimi.dsi.fastutil.longs.Long2IntMaps;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The tallies of one node, as numbers: 44 octets each in {@link PackedCountsArray}, and 11 to 21 for the way to an IPv4 address, 16 to
 * 32 to an IPv6 network. One thread at a time.
 */
final class NodeIndex {
    private static final int NO_SLOT = -1;
    private final Node node;
    private final PackedCountsArray packedCounts;
    private final Int2IntOpenHashMap v4 = new Int2IntOpenHashMap();
    private final Long2IntOpenHashMap v6 = new Long2IntOpenHashMap();

    /**
     * No tallies yet.
     *
     * @param slots where the numbers are, shared with other nodes
     */
    NodeIndex(Node node, PackedCountsArray slots) {
        this.node = node;
        this.packedCounts = slots;
        v4.defaultReturnValue(NO_SLOT);
        v6.defaultReturnValue(NO_SLOT);
    }

    int size() {
        return v4.size() + v6.size();
    }

    @Nullable
    SenderCounts find(Origin origin) {
        int slot = findSlot(origin);
        return slot == NO_SLOT ? null : readCounts(origin, slot);
    }

    private int findSlot(Origin origin) {
        return origin.v6() ? v6.get(origin.bits()) : v4.get((int) origin.bits());
    }

    void put(SenderCounts tally) {
        Origin origin = tally.origin();
        int slot = findSlot(origin);
        if (slot == NO_SLOT) {
            slot = packedCounts.allocate();
            if (origin.v6()) {
                v6.put(origin.bits(), slot);
            } else {
                v4.put((int) origin.bits(), slot);
            }
        }
        packedCounts.write(slot, tally);
    }

    void remove(Origin origin) {
        int slot = origin.v6() ? v6.remove(origin.bits()) : v4.remove((int) origin.bits());
        if (slot != NO_SLOT) {
            packedCounts.release(slot);
        }
    }

    /** Chooses tallies by their times, so that nothing need be made of the others: there may be millions. */
    interface CountsFilter {
        /**
         * Whether a tally is wanted.
         *
         * @param lastSeen second since 1970
         * @param listedUntil second since 1970, 0 for never
         */
        boolean matches(long lastSeen, long listedUntil);
    }

    /** Hands over the tallies that are chosen, in no order; these tallies must not be changed meanwhile. */
    void forEachMatching(CountsFilter choice, Consumer<SenderCounts> chosen) {
        Int2IntMaps.fastForEach(v4, entry -> {
            if (isMatch(choice, entry.getIntValue())) {
                chosen.accept(readCounts(v4Origin(entry.getIntKey()), entry.getIntValue()));
            }
        });
        Long2IntMaps.fastForEach(v6, entry -> {
            if (isMatch(choice, entry.getIntValue())) {
                chosen.accept(readCounts(new Origin(true, entry.getLongKey()), entry.getIntValue()));
            }
        });
    }

    private boolean isMatch(CountsFilter choice, int slot) {
        return choice.matches(packedCounts.lastSeen(slot), packedCounts.listedUntil(slot));
    }

    private static Origin v4Origin(int key) {
        return new Origin(false, Integer.toUnsignedLong(key));
    }

    /** Every tally, in no order; these tallies must not be changed meanwhile. */
    Stream<SenderCounts> stream() {
        return Stream.concat(
                v4.int2IntEntrySet().stream().map(e -> readCounts(v4Origin(e.getIntKey()), e.getIntValue())),
                v6.long2IntEntrySet().stream().map(e -> readCounts(new Origin(true, e.getLongKey()), e.getIntValue())));
    }

    private SenderCounts readCounts(Origin origin, int slot) {
        return packedCounts.read(slot, node, origin);
    }
}
