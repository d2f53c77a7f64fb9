package org.decoymx.blocklist;

import org.decoymx.ledger.Origin;

/**
 * What the listed of one family are sorted by: a number, in whose signed order they stand as their addresses do. An IPv6
 * network is its bits with the highest one flipped. An IPv4 address is its bits and a 1; a /24 is the bits of its first
 * address and a 0, and so stands before all of its addresses.
 */
final class EntryKey {
    /** Prefix lengths of what is listed. */
    static final int HOST_PREFIX_LENGTH = 32;

    static final int NETWORK_PREFIX_LENGTH = 24;
    static final int V6_PREFIX_LENGTH = 64;

    /** What marks an IPv4 address. */
    static final long ADDRESS_FLAG = 1;

    private static final long LOW_BITS_24 = 0x1ff;

    private EntryKey() {}

    static long of(Origin origin) {
        return origin.v6() ? origin.bits() ^ Long.MIN_VALUE : origin.bits() << 1 | ADDRESS_FLAG;
    }

    /** The key of the /24 that the key of an IPv4 address lies in. */
    static long networkKey(long v4) {
        return v4 & ~LOW_BITS_24;
    }

    /** The bits of the first origin of a key. */
    static long originBits(boolean v6, long key) {
        return v6 ? key ^ Long.MIN_VALUE : key >> 1;
    }

    static int prefixLength(boolean v6, long key) {
        int v4 = (key & ADDRESS_FLAG) == ADDRESS_FLAG ? HOST_PREFIX_LENGTH : NETWORK_PREFIX_LENGTH;
        return v6 ? V6_PREFIX_LENGTH : v4;
    }
}
