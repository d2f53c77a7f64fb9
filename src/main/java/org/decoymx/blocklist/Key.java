package org.decoymx.blocklist;

import org.decoymx.ledger.Origin;

/**
 * What the listed of one family are sorted by: a number, in whose signed order they stand as their addresses do. An IPv6
 * network is its bits with the highest one flipped. An IPv4 address is its bits and a 1; a /24 is the bits of its first
 * address and a 0, and so stands before all of its addresses.
 */
final class Key {
    /** Prefix lengths of what is listed. */
    static final int HOST = 32;

    static final int WIDENED = 24;
    static final int V6 = 64;

    /** What marks an IPv4 address. */
    static final long ADDRESS = 1;

    private static final long IN_THE_24 = 0x1ff;

    private Key() {}

    static long of(Origin origin) {
        return origin.v6() ? origin.bits() ^ Long.MIN_VALUE : origin.bits() << 1 | ADDRESS;
    }

    /** The key of the /24 that the key of an IPv4 address lies in. */
    static long widened(long v4) {
        return v4 & ~IN_THE_24;
    }

    /** The bits of the first origin of a key. */
    static long bits(boolean v6, long key) {
        return v6 ? key ^ Long.MIN_VALUE : key >> 1;
    }

    static int prefix(boolean v6, long key) {
        int v4 = (key & ADDRESS) == ADDRESS ? HOST : WIDENED;
        return v6 ? V6 : v4;
    }
}
