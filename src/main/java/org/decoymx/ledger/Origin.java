package org.decoymx.ledger;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Identifies a sender: an IPv4 address, or the /64 network of an IPv6 address, because a host can choose any address in
 * its /64.
 *
 * @param v6 whether this is an IPv6 network
 * @param bits the IPv4 address in the low 32 bits, or the high 64 bits of the IPv6 network
 */
public record Origin(boolean v6, long bits) implements Comparable<Origin> {
    private static final int V6_OCTETS = 16;
    private static final int V4_OCTETS = 4;
    private static final int MAX_OCTET = 255;
    private static final int NO_DIGIT = -1;

    /** RFC 4291 section 2.2, without brackets and zones. An IPv6 address may have dots only if it is IPv4-mapped. */
    private static final Pattern ADDRESS_TEXT =
            Pattern.compile("(?i)[0-9a-f:]*|(?:[0:]*:ffff:)?(?:0|[1-9][0-9]*)(?:\\.(?:0|[1-9][0-9]*)){3}");

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
        if (!ADDRESS_TEXT.matcher(address).matches()) {
            return Optional.empty();
        }
        return Optional.ofNullable(NetUtil.createInetAddressFromIpAddressString(address))
                .map(Origin::of);
    }

    /** Parses the result of {@link #toString}; empty for any other text. Fast, because the start parses a million. */
    public static Optional<Origin> parseCanonical(String text) {
        int slash = text.indexOf('/');
        return slash < 0 ? parseCanonicalV4(text) : parseCanonicalV6(text.substring(0, slash));
    }

    private static Optional<Origin> parseCanonicalV4(String text) {
        long bits = 0;
        int octet = NO_DIGIT;
        int dots = 0;
        for (int i = 0; i <= text.length(); i++) {
            char c = i < text.length() ? text.charAt(i) : '.';
            if (c == '.' && octet != NO_DIGIT) {
                bits = bits << Byte.SIZE | octet;
                octet = NO_DIGIT;
                dots++;
            } else if (c >= '0' && c <= '9' && octet != 0) {
                octet = (octet == NO_DIGIT ? 0 : 10 * octet) + c - '0';
            } else {
                return Optional.empty();
            }
            if (octet > MAX_OCTET) {
                return Optional.empty();
            }
        }
        return dots == V4_OCTETS ? Optional.of(new Origin(false, bits)) : Optional.empty();
    }

    private static Optional<Origin> parseCanonicalV6(String text) {
        byte[] octets = NetUtil.createByteArrayFromIpAddressString(text);
        return octets == null || octets.length != V6_OCTETS
                ? Optional.empty()
                : Optional.of(new Origin(true, ByteBuffer.wrap(octets).getLong()));
    }

    @Override
    public int compareTo(Origin other) {
        return ORDER.compare(this, other);
    }

    /** {@code 192.0.2.1} or {@code 2001:db8::/64}, see RFC 5952. */
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
