package org.decoymx.ledger;

import it.unimi.dsi.fastutil.ints.Int2IntMaps;
import it.unimi.dsi.fastutil.ints.Int2IntOpenHashMap;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.longs.Long2IntMaps;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The tallies of one node, as numbers: 40 octets each, and 11 to 21 for the way to an IPv4 address, 16 to 32 to an IPv6
 * network. One thread at a time.
 */
final class Tallies {
    private static final int NONE = -1;
    private static final int FIELDS = 10;
    private static final int PAGE = 1 << 12;
    private static final long MAX_SECOND = 0xffff_ffffL;

    private final Node node;
    private final Int2IntOpenHashMap v4 = new Int2IntOpenHashMap();
    private final Long2IntOpenHashMap v6 = new Long2IntOpenHashMap();

    /** Each holds as many tallies as a page has, {@link #FIELDS} numbers a tally; times and counts are unsigned. */
    private final List<int[]> pages = new ArrayList<>();

    private final IntArrayList free = new IntArrayList();
    private int used;

    Tallies(Node node) {
        this.node = node;
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
            slot = free.isEmpty() ? used++ : free.popInt();
            if (origin.v6()) {
                v6.put(origin.bits(), slot);
            } else {
                v4.put((int) origin.bits(), slot);
            }
        }
        write(tally, slot);
    }

    void remove(Origin origin) {
        int slot = origin.v6() ? v6.remove(origin.bits()) : v4.remove((int) origin.bits());
        if (slot != NONE) {
            free.push(slot);
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
        int[] page = pages.get(slot / PAGE);
        int at = slot % PAGE * FIELDS;
        return choice.of(Integer.toUnsignedLong(page[at + 1]), Integer.toUnsignedLong(page[at + 9]));
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
        int[] page = pages.get(slot / PAGE);
        int at = slot % PAGE * FIELDS;
        Score score = new Score(
                Float.intBitsToFloat(page[at + 5]),
                Integer.toUnsignedLong(page[at + 6]),
                page[at + 7],
                Integer.toUnsignedLong(page[at + 8]),
                Integer.toUnsignedLong(page[at + 9]));
        return new Tally(
                node,
                origin,
                Integer.toUnsignedLong(page[at]),
                Integer.toUnsignedLong(page[at + 1]),
                Integer.toUnsignedLong(page[at + 2]),
                Integer.toUnsignedLong(page[at + 3]),
                page[at + 4],
                score);
    }

    private void write(Tally tally, int slot) {
        while (pages.size() <= slot / PAGE) {
            pages.add(new int[PAGE * FIELDS]);
        }
        int[] page = pages.get(slot / PAGE);
        int at = slot % PAGE * FIELDS;
        Score score = tally.score();
        page[at] = unsigned(tally.firstSeen());
        page[at + 1] = unsigned(tally.lastSeen());
        page[at + 2] = unsigned(tally.sessions());
        page[at + 3] = unsigned(tally.conversations());
        page[at + 4] = tally.traits();
        page[at + 5] = Float.floatToRawIntBits((float) score.points());
        page[at + 6] = unsigned(score.scoredAt());
        page[at + 7] = score.offences();
        page[at + 8] = unsigned(score.listedSince());
        page[at + 9] = unsigned(score.listedUntil());
    }

    private static int unsigned(long value) {
        return (int) Math.max(0, Math.min(value, MAX_SECOND));
    }
}
