package org.decoymx.dnsbl;

import org.decoymx.blocklist.ReturnCode;
import org.decoymx.net.IpPrefix;

/**
 * The address in a query.
 *
 * @param high the first 64 bits of an IPv6 address; 0 for IPv4
 * @param low the other 64 bits, or the 32 bits of an IPv4 address
 */
record QueriedAddress(boolean v6, long high, long low) {
    private static final int V6_BITS = 128;

    /** The address that is always listed (RFC 5782 section 5); the names above it exist too. */
    static final QueriedAddress TEST_ENTRY = new QueriedAddress(false, 0, ReturnCode.ALWAYS_LISTED);

    IpPrefix origin() {
        return IpPrefix.ofBits(v6, v6 ? high : low);
    }

    /** RFC 5782 section 5: 127.0.0.1 is never listed. */
    boolean isNeverListed() {
        return !v6 && low == ReturnCode.NEVER_LISTED;
    }

    /** The text form; IPv6 as in RFC 5952. */
    String text() {
        return (v6 ? new IpPrefix(high, low, V6_BITS) : IpPrefix.ofBits(false, low)).toString();
    }
}
