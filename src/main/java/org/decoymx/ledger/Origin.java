package org.decoymx.ledger;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a sender is known by: an IPv4 address, or the /64 network of an IPv6 address, as a host chooses freely within it.
 *
 * @param v6 whether this is an IPv6 network
 * @param bits the IPv4 address in the low 32 bits, or the high 64 bits of the IPv6 network
 */
public record Origin(boolean v6, long bits) implements Comparable<Origin> {
    private static final int V6_OCTETS = 16;
    private static final Pattern LEADING_ZERO = Pattern.compile("(?:^|\\.)0\\d+(?=\\.|$)");
    private static final Comparator<Origin> ORDER =
            Comparator.comparing(Origin::v6).thenComparing(Origin::bits, Long::compareUnsigned);

    /** The origin that an address belongs to; an IPv4-mapped IPv6 address counts as IPv4. */
    public static Origin of(InetAddress address) {
        byte[] octets = address.getAddress();
        ByteBuffer buffer = ByteBuffer.wrap(octets);
        return octets.length == V6_OCTETS
                ? new Origin(true, buffer.getLong())
                : new Origin(false, Integer.toUnsignedLong(buffer.getInt()));
    }

    /**
     * The origin of an address in its textual form; empty for anything else: for a host name too, and for an octet with a
     * leading zero, which some read as octal.
     */
    public static Optional<Origin> parse(String address) {
        if (LEADING_ZERO.matcher(address).find()) {
            return Optional.empty();
        }
        return Optional.ofNullable(NetUtil.createInetAddressFromIpAddressString(address))
                .map(Origin::of);
    }

    /** The origin that {@link #toString} wrote; empty for any other text. */
    static Optional<Origin> known(String text) {
        int slash = text.indexOf('/');
        byte[] octets = NetUtil.createByteArrayFromIpAddressString(slash < 0 ? text : text.substring(0, slash));
        if (octets == null || octets.length == V6_OCTETS != slash > 0) {
            return Optional.empty();
        }
        ByteBuffer buffer = ByteBuffer.wrap(octets);
        return Optional.of(
                slash > 0
                        ? new Origin(true, buffer.getLong())
                        : new Origin(false, Integer.toUnsignedLong(buffer.getInt())));
    }

    @Override
    public int compareTo(Origin other) {
        return ORDER.compare(this, other);
    }

    /** {@code 192.0.2.1} or {@code 2001:db8::/64}, in lower case as RFC 5952 says. */
    @Override
    public String toString() {
        try {
            return v6
                    ? NetUtil.toAddressString(InetAddress.getByAddress(
                                    ByteBuffer.allocate(V6_OCTETS).putLong(bits).array()))
                            + "/64"
                    : NetUtil.intToIpAddress((int) bits);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("16 octets are an IPv6 address", e);
        }
    }
}
