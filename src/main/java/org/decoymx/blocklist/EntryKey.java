package org.decoymx.blocklist;

import org.decoymx.net.IpPrefix;

/**
 * The sort key of an entry within its address family: a number whose signed order is the order of the addresses. For an
 * IPv6 network it is the bits with the highest bit flipped. For an IPv4 address it is the bits followed by a 1. For a
 * /24 it is the bits of the first address followed by a 0, so that the network sorts before all of its addresses.
 */
final class EntryKey {
    /** The prefix lengths of entries. */
    static final int HOST_PREFIX_LENGTH = 32;

    static final int NETWORK_PREFIX_LENGTH = 24;
    static final int V6_PREFIX_LENGTH = 64;

    /** Set in the key of an IPv4 address. */
    static final long ADDRESS_FLAG = 1;

    private static final long LOW_BITS_24 = 0x1ff;

    private EntryKey() {}

    static long of(IpPrefix origin) {
        return origin.v6() ? origin.bits() ^ Long.MIN_VALUE : origin.bits() << 1 | ADDRESS_FLAG;
    }

    /** The key of the /24 that contains the IPv4 address with this key. */
    static long networkKey(long key) {
        return key & ~LOW_BITS_24;
    }

    /** The bits of the first address of an entry. */
    static long originBits(boolean v6, long key) {
        return v6 ? key ^ Long.MIN_VALUE : key >> 1;
    }

    static int prefixLength(boolean v6, long key) {
        int v4Length = (key & ADDRESS_FLAG) == ADDRESS_FLAG ? HOST_PREFIX_LENGTH : NETWORK_PREFIX_LENGTH;
        return v6 ? V6_PREFIX_LENGTH : v4Length;
    }
}
