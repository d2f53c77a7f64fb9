package org.decoymx.ledger;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.util.ArrayList;
import java.util.List;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.SenderScore;

/**
 * Stores the counts of all nodes about the senders of one address family in slots, without an object for each: 60
 * octets for IPv4, 80 for IPv6. A slot also has the links that {@link OriginSlotMap} needs. Released slots are reused.
 * Times and counts are unsigned; points are multiples of 1/256.
 */
final class PackedCountsArray {
    static final int NO_SLOT = -1;

    private static final int TRAIT_BITS = 24;
    private static final int TRAIT_MASK = (1 << TRAIT_BITS) - 1;
    private static final int SLOTS_PER_PAGE = 1 << 12;
    private static final long MAX_UNSIGNED = 0xffff_ffffL;
    private static final int VERSION_BITS = 48;
    private static final long VERSION_MASK = (1L << VERSION_BITS) - 1;
    private static final int ADDRESS_BITS = 128;

    /** The fields after those of the counts; the number of the node is the high 16 bits of the first one. */
    private static final int VERSION = 11;

    private static final int NEXT = 13;
    private static final int BITS = 14;
    private static final int SLOT_SIZE_V4 = 15;
    private static final int LOW = 16;
    private static final int CHILDREN = 18;
    private static final int SLOT_SIZE_V6 = 20;

    private final boolean v6;
    private final int slotSize;
    private final List<int[]> pages = new ArrayList<>();
    private final IntArrayList free = new IntArrayList();
    private int used;

    PackedCountsArray(boolean v6) {
        this.v6 = v6;
        slotSize = v6 ? SLOT_SIZE_V6 : SLOT_SIZE_V4;
    }

    /** Returns a free slot, which gets the origin and no links. */
    int allocate(IpPrefix origin) {
        int slot = free.isEmpty() ? used++ : free.popInt();
        if (v6) {
            writeLong(slot, BITS, origin.high());
            writeLong(slot, LOW, origin.low());
            setChild(slot, false, NO_SLOT);
            setChild(slot, true, NO_SLOT);
        } else {
            write(slot, BITS, (int) origin.bits());
        }
        setNext(slot, NO_SLOT);
        return slot;
    }

    void release(int slot) {
        writeLong(slot, VERSION, 0);
        free.push(slot);
    }

    /** The number of slots, of which some may be free. */
    int size() {
        return used;
    }

    /** The number of the node; 0 if the slot is free. */
    int nodeNumber(int slot) {
        return read(slot, VERSION) >>> Short.SIZE;
    }

    long lastSeen(int slot) {
        return readUnsigned(slot, 1);
    }

    long listedUntil(int slot) {
        return readUnsigned(slot, 9);
    }

    /** As in {@link IpPrefix#bits}. */
    long bits(int slot) {
        return v6 ? readLong(slot, BITS) : readUnsigned(slot, BITS);
    }

    /** The last 64 bits of an IPv6 address; 0 for IPv4. */
    long low(int slot) {
        return v6 ? readLong(slot, LOW) : 0;
    }

    IpPrefix origin(int slot) {
        return v6
                ? new IpPrefix(bits(slot), low(slot), ADDRESS_BITS).hostNetwork()
                : IpPrefix.ofBits(false, bits(slot));
    }

    /** The next slot of the same sender. */
    int next(int slot) {
        return read(slot, NEXT);
    }

    /** Sets {@link #next}. */
    void setNext(int slot, int next) {
        write(slot, NEXT, next);
    }

    /** One of the two other senders of an IPv6 /64 that a slot links to. */
    int child(int slot, boolean right) {
        return v6 ? read(slot, right ? CHILDREN + 1 : CHILDREN) : NO_SLOT;
    }

    /** Sets {@link #child}; only for IPv6. */
    void setChild(int slot, boolean right, int child) {
        write(slot, right ? CHILDREN + 1 : CHILDREN, child);
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

    private int read(int slot, int field) {
        return page(slot)[offset(slot) + field];
    }

    private void write(int slot, int field, int value) {
        page(slot)[offset(slot) + field] = value;
    }

    private long readUnsigned(int slot, int field) {
        return Integer.toUnsignedLong(read(slot, field));
    }

    private long readLong(int slot, int field) {
        return (long) read(slot, field) << Integer.SIZE | readUnsigned(slot, field + 1);
    }

    private void writeLong(int slot, int field, long value) {
        write(slot, field, (int) (value >>> Integer.SIZE));
        write(slot, field + 1, (int) value);
    }

    SenderCounts read(int slot, Node node) {
        int[] page = page(slot);
        int offset = offset(slot);
        SenderScore score = new SenderScore(
                page[offset + 5] / SenderScore.POINT_STEPS,
                readUnsigned(slot, 6),
                page[offset + 7],
                readUnsigned(slot, 8),
                listedUntil(slot),
                page[offset + 10]);
        return new SenderCounts(
                node,
                origin(slot),
                readUnsigned(slot, 0),
                lastSeen(slot),
                readUnsigned(slot, 2),
                readUnsigned(slot, 3),
                page[offset + 4] & TRAIT_MASK,
                page[offset + 4] >>> TRAIT_BITS,
                score,
                readLong(slot, VERSION) & VERSION_MASK);
    }

    void write(int slot, int nodeNumber, SenderCounts counts) {
        int[] page = page(slot);
        int offset = offset(slot);
        SenderScore score = counts.score();
        page[offset] = clampToUnsigned(counts.firstSeen());
        page[offset + 1] = clampToUnsigned(counts.lastSeen());
        page[offset + 2] = clampToUnsigned(counts.sessions());
        page[offset + 3] = clampToUnsigned(counts.conversations());
        page[offset + 4] = counts.traits() & TRAIT_MASK | counts.skipReasons() << TRAIT_BITS;
        page[offset + 5] = (int) (score.points() * SenderScore.POINT_STEPS);
        page[offset + 6] = clampToUnsigned(score.scoredAt());
        page[offset + 7] = score.offences();
        page[offset + 8] = clampToUnsigned(score.listedSince());
        page[offset + 9] = clampToUnsigned(score.listedUntil());
        page[offset + 10] = score.peaks();
        writeLong(slot, VERSION, (long) nodeNumber << VERSION_BITS | counts.version() & VERSION_MASK);
    }

    private static int clampToUnsigned(long value) {
        return (int) Math.max(0, Math.min(value, MAX_UNSIGNED));
    }
}
