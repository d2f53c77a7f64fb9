package org.decoymx.ledger;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.Optional;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;

/**
 * Identifies a sender: an IPv4 address, or the /64 network of an IPv6 address, because a host can choose any address in
 * its /64.
 *
 * @param v6 whether this is an IPv6 network
 * @param bits the IPv4 address in the low 32 bits, or the high 64 bits of the IPv6 network
 */
public record Origin(boolean v6, long bits) implements Comparable<Origin> {
    private static final int V6_OCTETS = 16;

    private static final Comparator<Origin> ORDER =
            Comparator.comparing(Origin::v6).thenComparing(Origin::bits, Long::compareUnsigned);

    /** The origin of an address. Java represents an IPv4-mapped IPv6 address as IPv4. */
    public static Origin of(InetAddress address) {
        byte[] octets = address.getAddress();
        ByteBuffer buffer = ByteBuffer.wrap(octets);
        return octets.length == V6_OCTETS
                ? new Origin(true, buffer.getLong())
                : new Origin(false, Integer.toUnsignedLong(buffer.getInt()));
    }

    /**
     * Parses an address. Returns empty for anything else: a host name, an octet with a leading zero (some programs read
     * it as octal), an address with a zone or in brackets.
     */
    public static Optional<Origin> parse(String address) {
        return IpText.parseAddress(address).map(Origin::of);
    }

    /** Parses the result of {@link #toString}; empty for any other text. Fast, because the start parses a million. */
    public static Optional<Origin> parseCanonical(String text) {
        return IpText.parsePrintedHostNetwork(text).map(Origin::of);
    }

    private static Origin of(IpPrefix network) {
        return new Origin(network.v6(), network.bits());
    }

    @Override
    public int compareTo(Origin other) {
        return ORDER.compare(this, other);
    }

    /** {@code 192.0.2.1} or {@code 2001:db8::/64}, see RFC 5952. */
    @Override
    public String toString() {
        return IpPrefix.ofBits(v6, bits).toString();
    }
}
