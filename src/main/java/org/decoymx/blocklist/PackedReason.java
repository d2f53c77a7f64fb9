package org.decoymx.blocklist;

import org.decoymx.ledger.EnumBitSet;
import org.decoymx.policy.Listing;
import org.decoymx.policy.ListingReason;
import org.decoymx.policy.Tier;

/**
 * A {@link ListingReason} as one number, because there may be a million of them. From the highest bit: points in tenths
 * (20 bits), offences (8), conversations (16), whether it is confirmed (1), whether it was listed by hand (1), and one
 * bit per trait (18). Values that are too large become the maximum.
 */
final class PackedReason {
    private static final int TRAIT_BITS = 20;
    private static final int CONVERSATION_BITS = 16;
    private static final int OFFENCE_BITS = 8;
    private static final int POINT_BITS = 20;
    private static final int OFFENCES_AT = TRAIT_BITS + CONVERSATION_BITS;
    private static final int POINTS_AT = OFFENCES_AT + OFFENCE_BITS;
    private static final long CONFIRMED = 1L << TRAIT_BITS - 1;
    private static final long BY_HAND = 1L << TRAIT_BITS - 2;
    private static final double TENTHS = 10;

    private PackedReason() {}

    static long pack(ListingReason reason) {
        return field(Math.round(reason.points() * TENTHS), POINT_BITS) << POINTS_AT
                | field(reason.offences(), OFFENCE_BITS) << OFFENCES_AT
                | field(reason.conversations(), CONVERSATION_BITS) << TRAIT_BITS
                | EnumBitSet.TRAITS.toBits(reason.traits());
    }

    static long pack(ListingReason reason, Listing listing) {
        return pack(reason) | (listing.tier() == Tier.CONFIRMED ? CONFIRMED : 0) | (listing.byHand() ? BY_HAND : 0);
    }

    static boolean isByHand(long packed) {
        return (packed & BY_HAND) != 0;
    }

    /** The tier of the entry: suspect or confirmed. */
    static Tier tier(long packed) {
        return (packed & CONFIRMED) == 0 ? Tier.SUSPECT : Tier.CONFIRMED;
    }

    /** The same reason for a network: who shares one with confirmed senders is a suspect at most. */
    static long asSuspect(long packed) {
        return packed & ~CONFIRMED;
    }

    private static long field(long value, int bits) {
        return Math.max(0, Math.min(value, (1L << bits) - 1));
    }

    private static long field(long packed, int at, int bits) {
        return packed >>> at & (1L << bits) - 1;
    }

    static double points(long packed) {
        return (packed >>> POINTS_AT) / TENTHS;
    }

    static ListingReason unpack(long packed) {
        return new ListingReason(
                points(packed),
                (int) field(packed, OFFENCES_AT, OFFENCE_BITS),
                field(packed, TRAIT_BITS, CONVERSATION_BITS),
                EnumBitSet.TRAITS.toSet((int) field(packed, 0, TRAIT_BITS)));
    }

    /** The reason of a network: the lower points and offences, the sum of conversations, the common tier and traits. */
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
