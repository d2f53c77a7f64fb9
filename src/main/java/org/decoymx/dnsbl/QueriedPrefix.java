package org.decoymx.dnsbl;

import org.decoymx.ledger.Origin;

/**
 * A network whose name is that of the addresses in it, but for the first labels.
 *
 * @param bits as {@link Origin#bits} of its first address
 * @param length in bits, of IPv6 64 at most, as that is what is listed
 */
record QueriedPrefix(boolean v6, long bits, int length) {
    private static final int V4_BITS = 32;

    /** All of IPv4. */
    static final QueriedPrefix V4 = new QueriedPrefix(false, 0, 0);

    Origin first() {
        return new Origin(v6, bits);
    }

    /** Whether an IPv4 address lies in it. */
    boolean contains(QueriedAddress v4) {
        return !v6 && (length == 0 || (v4.low() ^ bits) >>> V4_BITS - length == 0);
    }
}
