package org.decoymx.ledger;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.util.ArrayList;
import java.util.List;

/**
 * The numbers of tallies, 44 octets each, of all nodes: what one gives back another may use. Times and counts are unsigned.
 */
final class PackedCountsArray {
    private static final int FIELDS_PER_SLOT = 11;
    private static final int TRAIT_BITS = 24;
    private static final int TRAIT_MASK = (1 << TRAIT_BITS) - 1;
    private static final int SLOTS_PER_PAGE = 1 << 12;
    private static final long MAX_UNSIGNED = 0xffff_ffffL;

    private final List<int[]> pages = new ArrayList<>();
    private final IntArrayList free = new IntArrayList();
    private int used;

    /** A slot that nobody has. */
    int allocate() {
        return free.isEmpty() ? used++ : free.popInt();
    }

    void release(int slot) {
        free.push(slot);
    }

    long lastSeen(int slot) {
        return readUnsigned(slot, 1);
    }

    long listedUntil(int slot) {
        return readUnsigned(slot, 9);
    }

    private long readUnsigned(int slot, int field) {
        return Integer.toUnsignedLong(
                pages.get(slot / SLOTS_PER_PAGE)[slot % SLOTS_PER_PAGE * FIELDS_PER_SLOT + field]);
    }

    SenderCounts read(int slot, Node node, Origin origin) {
        int[] page = pages.get(slot / SLOTS_PER_PAGE);
        int at = slot % SLOTS_PER_PAGE * FIELDS_PER_SLOT;
        SenderScore score = new SenderScore(
                Float.intBitsToFloat(page[at + 5]),
                readUnsigned(slot, 6),
                page[at + 7],
                readUnsigned(slot, 8),
                listedUntil(slot),
                page[at + 10]);
        return new SenderCounts(
                node,
                origin,
                readUnsigned(slot, 0),
                lastSeen(slot),
                readUnsigned(slot, 2),
                readUnsigned(slot, 3),
                page[at + 4] & TRAIT_MASK,
                page[at + 4] >>> TRAIT_BITS,
                score);
    }

    void write(int slot, SenderCounts tally) {
        while (pages.size() <= slot / SLOTS_PER_PAGE) {
            pages.add(new int[SLOTS_PER_PAGE * FIELDS_PER_SLOT]);
        }
        int[] page = pages.get(slot / SLOTS_PER_PAGE);
        int at = slot % SLOTS_PER_PAGE * FIELDS_PER_SLOT;
        SenderScore score = tally.score();
        page[at] = clampToUnsigned(tally.firstSeen());
        page[at + 1] = clampToUnsigned(tally.lastSeen());
        page[at + 2] = clampToUnsigned(tally.sessions());
        page[at + 3] = clampToUnsigned(tally.conversations());
        page[at + 4] = tally.traits() & TRAIT_MASK | tally.skipReasons() << TRAIT_BITS;
        page[at + 5] = Float.floatToRawIntBits((float) score.points());
        page[at + 6] = clampToUnsigned(score.scoredAt());
        page[at + 7] = score.offences();
        page[at + 8] = clampToUnsigned(score.listedSince());
        page[at + 9] = clampToUnsigned(score.listedUntil());
        page[at + 10] = score.peaks();
    }

    private static int clampToUnsigned(long value) {
        return (int) Math.max(0, Math.min(value, MAX_UNSIGNED));
    }
}
