package org.decoymx.dnsbl;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.decoymx.blocklist.ReturnCode;
import org.decoymx.ledger.Origin;

/**
 * An address that is asked for.
 *
 * @param high the first 64 bits of IPv6
 * @param low the other 64 bits, or the 32 bits of IPv4
 */
record QueriedAddress(boolean v6, long high, long low) {
    private static final int V6_OCTETS = 16;

    /** The one that is always listed; it has to be found on the way to it too. */
    static final QueriedAddress TEST_ENTRY = new QueriedAddress(false, 0, ReturnCode.ALWAYS_LISTED);

    Origin origin() {
        return new Origin(v6, v6 ? high : low);
    }

    /** Whether it is the one that is never listed. */
    boolean isNeverListed() {
        return !v6 && low == ReturnCode.NEVER_LISTED;
    }

    /** As it is written, IPv6 as RFC 5952 says. */
    String text() {
        try {
            return v6
                    ? NetUtil.toAddressString(InetAddress.getByAddress(ByteBuffer.allocate(V6_OCTETS)
                            .putLong(high)
                            .putLong(low)
                            .array()))
                    : NetUtil.intToIpAddress((int) low);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("16 octets are an IPv6 address", e);
        }
    }
}
