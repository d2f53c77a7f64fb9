package org.decoymx.blocklist;

import org.decoymx.net.IpPrefix;

/**
 * The sort key of an entry within its address family: two numbers whose signed order is the order of the addresses, a
 * network before its addresses. For IPv6 they are the halves of the address with the highest bits flipped; a /64 has no
 * second half, and neither has an address in it (see {@link IpPrefix#hostNetwork}). For an IPv4 address the first is
 * the bits followed by a 1, for a /24 the bits of its first address followed by a 0, and the second is not used.
 */
final class EntryKey {
    /** Set in the key of an IPv4 address. */
    static final long ADDRESS_FLAG = 1;

    /** The second number of an IPv6 /64. */
    private static final long V6_NETWORK = Long.MIN_VALUE;

    private static final int ADDRESS_BITS = 128;

    private EntryKey() {}

    static long high(IpPrefix origin) {
        return origin.v6()
                ? origin.high() ^ Long.MIN_VALUE
                : origin.bits() << 1 | (origin.isAddress() ? ADDRESS_FLAG : 0);
    }

    static long low(IpPrefix origin) {
        return origin.v6() ? origin.low() ^ Long.MIN_VALUE : 0;
    }

    /** The second number of a network. */
    static long networkLow(boolean v6) {
        return v6 ? V6_NETWORK : 0;
    }

    /** Whether this is the key of a network. */
    static boolean isNetwork(boolean v6, long high, long low) {
        return v6 ? low == V6_NETWORK : (high & ADDRESS_FLAG) == 0;
    }

    /** The address or network that has this key. */
    static IpPrefix origin(boolean v6, long high, long low) {
        IpPrefix first = v6
                ? new IpPrefix(high ^ Long.MIN_VALUE, low ^ Long.MIN_VALUE, ADDRESS_BITS)
                : IpPrefix.ofBits(false, high >> 1);
        return isNetwork(v6, high, low) ? first.neighborhood() : first;
    }
}
