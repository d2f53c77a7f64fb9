package org.decoymx.blocklist;

import org.decoymx.ledger.EnumBitSet;
import org.decoymx.policy.ListingReason;

/**
 * A {@link ListingReason} as one number, as there may be a million of them: from the highest bit points in tenths (20 bits),
 * offences (8), conversations (16), and a bit for each trait (20). What is too large becomes the largest that there is.
 */
final class PackedReason {
    private static final int TRAIT_BITS = 20;
    private static final int CONVERSATION_BITS = 16;
    private static final int OFFENCE_BITS = 8;
    private static final int POINT_BITS = 20;
    private static final int OFFENCES_AT = TRAIT_BITS + CONVERSATION_BITS;
    private static final int POINTS_AT = OFFENCES_AT + OFFENCE_BITS;
    private static final double TENTHS = 10;

    private PackedReason() {}

    static long pack(ListingReason cause) {
        return field(Math.round(cause.points() * TENTHS), POINT_BITS) << POINTS_AT
                | field(cause.offences(), OFFENCE_BITS) << OFFENCES_AT
                | field(cause.conversations(), CONVERSATION_BITS) << TRAIT_BITS
                | EnumBitSet.TRAITS.toBits(cause.traits());
    }

    private static long field(long value, int bits) {
        return Math.max(0, Math.min(value, (1L << bits) - 1));
    }

    private static long field(long reasons, int at, int bits) {
        return reasons >>> at & (1L << bits) - 1;
    }

    static double points(long reasons) {
        return (reasons >>> POINTS_AT) / TENTHS;
    }

    static ListingReason unpack(long reasons) {
        return new ListingReason(
                points(reasons),
                (int) field(reasons, OFFENCES_AT, OFFENCE_BITS),
                field(reasons, TRAIT_BITS, CONVERSATION_BITS),
                EnumBitSet.TRAITS.toSet((int) field(reasons, 0, TRAIT_BITS)));
    }

    /** Of two senders in one: the fewer points and offences, the conversations of both, and the traits that both have. */
    static long merge(long one, long other) {
        return field(Math.min(one >>> POINTS_AT, other >>> POINTS_AT), POINT_BITS) << POINTS_AT
                | Math.min(field(one, OFFENCES_AT, OFFENCE_BITS), field(other, OFFENCES_AT, OFFENCE_BITS))
                        << OFFENCES_AT
                | field(
                                field(one, TRAIT_BITS, CONVERSATION_BITS) + field(other, TRAIT_BITS, CONVERSATION_BITS),
                                CONVERSATION_BITS)
                        << TRAIT_BITS
                | one & other & (1L << TRAIT_BITS) - 1;
    }
}
