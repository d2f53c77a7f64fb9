package org.decoymx.net;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.regex.Pattern;

/** The text forms of addresses and networks. */
public final class IpText {
    private static final int ADDRESS_BITS = 128;
    private static final int MAPPED_BITS = 96;
    private static final int MAX_OCTET = 255;
    private static final int V4_OCTETS = 4;
    private static final int NIBBLE_BITS = 4;
    private static final int NONE = -1;
    private static final String NETWORK_SUFFIX = "/64";

    /** RFC 4291 section 2.2, without brackets and zones. Dots are allowed only in an IPv4-mapped address. */
    private static final Pattern V6_TEXT = Pattern.compile("(?i)[0-9a-f:]*|[0:]*:ffff:[0-9.]*");

    private static final Pattern PREFIX_LENGTH = Pattern.compile("0|[1-9][0-9]{0,2}");

    private IpText() {}

    /**
     * Parses an address; an IPv4-mapped IPv6 address becomes the IPv4 address. Returns empty for anything else: a host
     * name, an octet with a leading zero (some programs read it as octal), an address with a zone or in brackets.
     */
    public static Optional<IpPrefix> parseAddress(String text) {
        return text.indexOf(':') < 0 ? parseV4(text) : parseV6(text);
    }

    /** Parses an address, and returns its {@link IpPrefix#hostNetwork}. */
    public static Optional<IpPrefix> parseHostNetwork(String address) {
        return parseAddress(address).map(IpPrefix::hostNetwork);
    }

    /** Parses the text form of a {@link IpPrefix#hostNetwork}: an address or an IPv6 /64; empty for other text. */
    public static Optional<IpPrefix> parsePrintedHostNetwork(String text) {
        return text.endsWith(NETWORK_SUFFIX)
                ? parseV6(text.substring(0, text.length() - NETWORK_SUFFIX.length()))
                        .filter(IpPrefix::v6)
                        .map(IpPrefix::neighborhood)
                : parseAddress(text).filter(address -> address.hostNetwork().equals(address));
    }

    /**
     * Parses a network: {@code 192.0.2.0/24}, {@code 2001:db8::/32}, or an address. Bits beyond the prefix are cleared.
     * An IPv4-mapped network becomes the IPv4 network.
     *
     * @throws IllegalArgumentException for anything else; the message quotes the text and says what is allowed
     */
    public static IpPrefix parseNetwork(String cidr) {
        int slash = cidr.indexOf('/');
        String address = slash < 0 ? cidr : cidr.substring(0, slash);
        Optional<IpPrefix> base = parseAddress(address);
        String prefix = cidr.substring(slash + 1);
        if (base.isEmpty() || slash >= 0 && !PREFIX_LENGTH.matcher(prefix).matches()) {
            throw new IllegalArgumentException(
                    "'" + cidr + "' is not a valid network (examples: 192.0.2.0/24, 2001:db8::/32, 192.0.2.1)");
        }
        boolean dotted = address.indexOf(':') < 0;
        int minLength = dotted || base.get().v6() ? 0 : MAPPED_BITS;
        int maxLength = dotted ? ADDRESS_BITS - MAPPED_BITS : ADDRESS_BITS;
        int length = slash < 0 ? maxLength : Integer.parseInt(prefix);
        if (length < minLength || length > maxLength) {
            throw new IllegalArgumentException("'" + cidr + "' is not a valid network (prefix length must be "
                    + minLength + " to " + maxLength + ")");
        }
        return base.get().around(length - minLength);
    }

    /** Without a regular expression, because the start parses a million. */
    private static Optional<IpPrefix> parseV4(String text) {
        long bits = 0;
        int octet = NONE;
        int octets = 0;
        for (int i = 0; i <= text.length(); i++) {
            char c = i < text.length() ? text.charAt(i) : '.';
            if (c == '.' && octet != NONE) {
                bits = bits << Byte.SIZE | octet;
                octet = NONE;
                octets++;
            } else if (c >= '0' && c <= '9' && octet != 0) {
                octet = (octet == NONE ? 0 : 10 * octet) + c - '0';
            } else {
                return Optional.empty();
            }
            if (octet > MAX_OCTET) {
                return Optional.empty();
            }
        }
        return octets == V4_OCTETS ? Optional.of(IpPrefix.ofBits(false, bits)) : Optional.empty();
    }

    private static Optional<IpPrefix> parseV6(String text) {
        if (!V6_TEXT.matcher(text).matches()
                || text.indexOf('.') >= 0
                        && parseV4(text.substring(text.lastIndexOf(':') + 1)).isEmpty()) {
            return Optional.empty();
        }
        byte[] octets = NetUtil.createByteArrayFromIpAddressString(text);
        if (octets == null) {
            return Optional.empty();
        }
        ByteBuffer buffer = ByteBuffer.wrap(octets);
        return Optional.of(new IpPrefix(buffer.getLong(), buffer.getLong(), ADDRESS_BITS));
    }

    /** Removes the zone of a link-local address: {@code fe80::1%eth0} becomes {@code fe80::1}. */
    public static String removeZone(String address) {
        int zone = address.indexOf('%');
        return zone < 0 ? address : address.substring(0, zone);
    }

    /** The first address of a network without the prefix length; IPv6 as in RFC 5952. */
    public static String print(IpPrefix network) {
        return network.v6()
                ? NetUtil.toAddressString(network.toInetAddress())
                : NetUtil.intToIpAddress((int) network.bits());
    }

    /** An address without its zone; IPv6 as in RFC 5952. */
    public static String print(InetAddress address) {
        return print(IpPrefix.of(address));
    }

    /** The octets in reverse order: {@code 1.2.0.192}, or the nibbles for IPv6 (RFC 5782 sections 2.1 and 2.4). */
    public static String reverse(IpPrefix address) {
        StringBuilder text = new StringBuilder();
        if (!address.v6()) {
            for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
                text.append(address.bits() >>> shift & MAX_OCTET).append('.');
            }
        } else {
            for (int shift = 0; shift < ADDRESS_BITS; shift += NIBBLE_BITS) {
                long half = shift < Long.SIZE ? address.low() : address.high();
                text.append(Character.forDigit((int) (half >>> shift) & 0xf, 16))
                        .append('.');
            }
        }
        return text.substring(0, text.length() - 1);
    }
}
