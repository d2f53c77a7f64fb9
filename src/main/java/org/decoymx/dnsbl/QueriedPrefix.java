package org.decoymx.dnsbl;

import org.decoymx.net.IpPrefix;

/**
 * The network of an incomplete name: the names of its addresses end in this name.
 *
 * @param bits {@link IpPrefix#bits} of its first address
 * @param length the prefix length; at most 64 for IPv6, as the blocklist has no longer ones
 */
record QueriedPrefix(boolean v6, long bits, int length) {
    private static final int V4_BITS = 32;

    static final QueriedPrefix V4 = new QueriedPrefix(false, 0, 0);

    IpPrefix first() {
        return IpPrefix.ofBits(v6, bits);
    }

    /** Whether the network contains an IPv4 address. */
    boolean contains(QueriedAddress v4) {
        return !v6 && (length == 0 || (v4.low() ^ bits) >>> V4_BITS - length == 0);
    }
}
