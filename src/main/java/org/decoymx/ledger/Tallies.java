package org.decoymx.ledger;

import it.unimi.dsi.fastutil.ints.Int2IntMaps;
import it.unimi.dsi.fastutil.ints.Int2IntOpenHashMap;
import it.unimi.dsi.fastutil.longs.Long2IntMaps;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The tallies of one node, as numbers: 44 octets each in {@link Slots}, and 11 to 21 for the way to an IPv4 address, 16 to
 * 32 to an IPv6 network. One thread at a time.
 */
final class Tallies {
    private static final int NONE = -1;
    private final Node node;
    private final Slots slots;
    private final Int2IntOpenHashMap v4 = new Int2IntOpenHashMap();
    private final Long2IntOpenHashMap v6 = new Long2IntOpenHashMap();

    /**
     * No tallies yet.
     *
     * @param slots where the numbers are, shared with other nodes
     */
    Tallies(Node node, Slots slots) {
        this.node = node;
        this.slots = slots;
        v4.defaultReturnValue(NONE);
        v6.defaultReturnValue(NONE);
    }

    int size() {
        return v4.size() + v6.size();
    }

    @Nullable
    Tally find(Origin origin) {
        int slot = slot(origin);
        return slot == NONE ? null : read(origin, slot);
    }

    private int slot(Origin origin) {
        return origin.v6() ? v6.get(origin.bits()) : v4.get((int) origin.bits());
    }

    void put(Tally tally) {
        Origin origin = tally.origin();
        int slot = slot(origin);
        if (slot == NONE) {
            slot = slots.take();
            if (origin.v6()) {
                v6.put(origin.bits(), slot);
            } else {
                v4.put((int) origin.bits(), slot);
            }
        }
        slots.write(slot, tally);
    }

    void remove(Origin origin) {
        int slot = origin.v6() ? v6.remove(origin.bits()) : v4.remove((int) origin.bits());
        if (slot != NONE) {
            slots.giveBack(slot);
        }
    }

    /** Chooses tallies by their times, so that nothing need be made of the others: there may be millions. */
    interface Choice {
        /**
         * Whether a tally is wanted.
         *
         * @param lastSeen second since 1970
         * @param listedUntil second since 1970, 0 for never
         */
        boolean of(long lastSeen, long listedUntil);
    }

    /** Hands over the tallies that are chosen, in no order; these tallies must not be changed meanwhile. */
    void select(Choice choice, Consumer<Tally> chosen) {
        Int2IntMaps.fastForEach(v4, entry -> {
            if (isChosen(choice, entry.getIntValue())) {
                chosen.accept(read(v4Origin(entry.getIntKey()), entry.getIntValue()));
            }
        });
        Long2IntMaps.fastForEach(v6, entry -> {
            if (isChosen(choice, entry.getIntValue())) {
                chosen.accept(read(new Origin(true, entry.getLongKey()), entry.getIntValue()));
            }
        });
    }

    private boolean isChosen(Choice choice, int slot) {
        return choice.of(slots.lastSeen(slot), slots.listedUntil(slot));
    }

    private static Origin v4Origin(int key) {
        return new Origin(false, Integer.toUnsignedLong(key));
    }

    /** Every tally, in no order; these tallies must not be changed meanwhile. */
    Stream<Tally> stream() {
        return Stream.concat(
                v4.int2IntEntrySet().stream().map(e -> read(v4Origin(e.getIntKey()), e.getIntValue())),
                v6.long2IntEntrySet().stream().map(e -> read(new Origin(true, e.getLongKey()), e.getIntValue())));
    }

    private Tally read(Origin origin, int slot) {
        return slots.read(slot, node, origin);
    }
}
