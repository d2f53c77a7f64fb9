package org.decoymx.ledger;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.util.ArrayList;
import java.util.List;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.SenderScore;

/**
 * Stores the counts of all nodes in slots of 44 octets, or 64 if they are linked for {@link Ipv6SlotMap}, without an
 * object for each sender. Released slots are reused. Times and counts are unsigned.
 */
final class PackedCountsArray {
    private static final int FIELDS_PER_SLOT = 11;
    private static final int FIELDS_OF_LINK = 5;
    private static final int TRAIT_BITS = 24;
    private static final int TRAIT_MASK = (1 << TRAIT_BITS) - 1;
    private static final int SLOTS_PER_PAGE = 1 << 12;
    private static final long MAX_UNSIGNED = 0xffff_ffffL;

    private final int slotSize;
    private final List<int[]> pages = new ArrayList<>();
    private final IntArrayList free = new IntArrayList();
    private int used;

    /**
     * @param linked whether the slots have {@link #high}, {@link #low} and {@link #next}
     */
    PackedCountsArray(boolean linked) {
        slotSize = linked ? FIELDS_PER_SLOT + FIELDS_OF_LINK : FIELDS_PER_SLOT;
    }

    /** Returns a free slot. */
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
        return Integer.toUnsignedLong(page(slot)[offset(slot) + field]);
    }

    private int[] page(int slot) {
        while (pages.size() <= slot / SLOTS_PER_PAGE) {
            pages.add(new int[SLOTS_PER_PAGE * slotSize]);
        }
        return pages.get(slot / SLOTS_PER_PAGE);
    }

    private int offset(int slot) {
        return slot % SLOTS_PER_PAGE * slotSize;
    }

    /** The first 64 bits of the address in a linked slot. */
    long high(int slot) {
        return readLong(slot, FIELDS_PER_SLOT + 3);
    }

    /** The last 64 bits of the address in a linked slot. */
    long low(int slot) {
        return readLong(slot, FIELDS_PER_SLOT);
    }

    private long readLong(int slot, int field) {
        int[] page = page(slot);
        int at = offset(slot) + field;
        return (long) page[at] << Integer.SIZE | Integer.toUnsignedLong(page[at + 1]);
    }

    /** The slot that a linked slot links to. */
    int next(int slot) {
        return page(slot)[offset(slot) + FIELDS_PER_SLOT + 2];
    }

    /** Sets {@link #high}, {@link #low} and {@link #next}. */
    void link(int slot, long high, long low, int next) {
        int at = offset(slot) + FIELDS_PER_SLOT;
        int[] page = page(slot);
        page[at] = (int) (low >>> Integer.SIZE);
        page[at + 1] = (int) low;
        page[at + 3] = (int) (high >>> Integer.SIZE);
        page[at + 4] = (int) high;
        setNext(slot, next);
    }

    /** Sets {@link #next}. */
    void setNext(int slot, int next) {
        page(slot)[offset(slot) + FIELDS_PER_SLOT + 2] = next;
    }

    SenderCounts read(int slot, Node node, IpPrefix origin) {
        int[] page = page(slot);
        int offset = offset(slot);
        SenderScore score = new SenderScore(
                Float.intBitsToFloat(page[offset + 5]),
                readUnsigned(slot, 6),
                page[offset + 7],
                readUnsigned(slot, 8),
                listedUntil(slot),
                page[offset + 10]);
        return new SenderCounts(
                node,
                origin,
                readUnsigned(slot, 0),
                lastSeen(slot),
                readUnsigned(slot, 2),
                readUnsigned(slot, 3),
                page[offset + 4] & TRAIT_MASK,
                page[offset + 4] >>> TRAIT_BITS,
                score);
    }

    void write(int slot, SenderCounts counts) {
        int[] page = page(slot);
        int offset = offset(slot);
        SenderScore score = counts.score();
        page[offset] = clampToUnsigned(counts.firstSeen());
        page[offset + 1] = clampToUnsigned(counts.lastSeen());
        page[offset + 2] = clampToUnsigned(counts.sessions());
        page[offset + 3] = clampToUnsigned(counts.conversations());
        page[offset + 4] = counts.traits() & TRAIT_MASK | counts.skipReasons() << TRAIT_BITS;
        page[offset + 5] = Float.floatToRawIntBits((float) score.points());
        page[offset + 6] = clampToUnsigned(score.scoredAt());
        page[offset + 7] = score.offences();
        page[offset + 8] = clampToUnsigned(score.listedSince());
        page[offset + 9] = clampToUnsigned(score.listedUntil());
        page[offset + 10] = score.peaks();
    }

    private static int clampToUnsigned(long value) {
        return (int) Math.max(0, Math.min(value, MAX_UNSIGNED));
    }
}
