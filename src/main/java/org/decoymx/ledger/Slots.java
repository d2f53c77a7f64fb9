package org.decoymx.ledger;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.util.ArrayList;
import java.util.List;

/**
 * The numbers of tallies, 44 octets each, of all nodes: what one gives back another may use. Times and counts are unsigned.
 */
final class Slots {
    private static final int FIELDS = 11;
    private static final int TRAIT_BITS = 24;
    private static final int TRAITS = (1 << TRAIT_BITS) - 1;
    private static final int PAGE = 1 << 12;
    private static final long MAX = 0xffff_ffffL;

    private final List<int[]> pages = new ArrayList<>();
    private final IntArrayList free = new IntArrayList();
    private int used;

    /** A slot that nobody has. */
    int take() {
        return free.isEmpty() ? used++ : free.popInt();
    }

    void giveBack(int slot) {
        free.push(slot);
    }

    long lastSeen(int slot) {
        return number(slot, 1);
    }

    long listedUntil(int slot) {
        return number(slot, 9);
    }

    private long number(int slot, int field) {
        return Integer.toUnsignedLong(pages.get(slot / PAGE)[slot % PAGE * FIELDS + field]);
    }

    Tally read(int slot, Node node, Origin origin) {
        int[] page = pages.get(slot / PAGE);
        int at = slot % PAGE * FIELDS;
        Score score = new Score(
                Float.intBitsToFloat(page[at + 5]),
                number(slot, 6),
                page[at + 7],
                number(slot, 8),
                listedUntil(slot),
                page[at + 10]);
        return new Tally(
                node,
                origin,
                number(slot, 0),
                lastSeen(slot),
                number(slot, 2),
                number(slot, 3),
                page[at + 4] & TRAITS,
                page[at + 4] >>> TRAIT_BITS,
                score);
    }

    void write(int slot, Tally tally) {
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
        page[at + 4] = tally.traits() & TRAITS | tally.waivers() << TRAIT_BITS;
        page[at + 5] = Float.floatToRawIntBits((float) score.points());
        page[at + 6] = unsigned(score.scoredAt());
        page[at + 7] = score.offences();
        page[at + 8] = unsigned(score.listedSince());
        page[at + 9] = unsigned(score.listedUntil());
        page[at + 10] = score.peaks();
    }

    private static int unsigned(long value) {
        return (int) Math.max(0, Math.min(value, MAX));
    }
}
