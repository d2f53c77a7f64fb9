package org.decoymx.policy;

import java.util.Optional;
import java.util.regex.Pattern;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;

/**
 * An IP network of at least one {@link IpPrefix}: an IPv6 network is never smaller than a /64.
 *
 * @param base the first origin of the network
 * @param prefixLength 0 to 32, or for IPv6 0 to 64
 */
public record IpNetwork(IpPrefix base, int prefixLength) {
    private static final int V4_BITS = 32;
    private static final int V6_BITS = 64;
    private static final int V6_ADDRESS_BITS = 128;
    private static final int MAPPED_BITS = 96;
    private static final Pattern PREFIX_LENGTH = Pattern.compile("0|[1-9][0-9]{0,2}");

    /** Clears the bits of the base that are not in the prefix. */
    public IpNetwork {
        int width = maxPrefixLength(base.v6());
        if (prefixLength < 0 || prefixLength > width) {
            throw new IllegalArgumentException("prefix length must be 0 to " + width);
        }
        base = IpPrefix.ofBits(base.v6(), prefixLength == 0 ? 0 : base.bits() & (-1L << (width - prefixLength)));
    }

    private static int maxPrefixLength(boolean v6) {
        return v6 ? V6_BITS : V4_BITS;
    }

    /** The network of a single origin. */
    public static IpNetwork ofSingle(IpPrefix origin) {
        return new IpNetwork(origin, maxPrefixLength(origin.v6()));
    }

    /**
     * Parses a network: {@code 192.0.2.0/24}, {@code 2001:db8::/32}, or an address. Bits beyond the prefix are cleared.
     * An IPv6 network smaller than a /64 becomes the /64 around it. An IPv4-mapped network (RFC 4291 section 2.5.5.2)
     * becomes the IPv4 network.
     *
     * @throws IllegalArgumentException for anything else; the message quotes the text and says what is allowed
     */
    public static IpNetwork parse(String cidr) {
        int slash = cidr.indexOf('/');
        String address = slash < 0 ? cidr : cidr.substring(0, slash);
        Optional<IpPrefix> base = IpText.parseHostNetwork(address);
        String prefix = cidr.substring(slash + 1);
        if (base.isEmpty() || slash >= 0 && !PREFIX_LENGTH.matcher(prefix).matches()) {
            throw new IllegalArgumentException(
                    "'" + cidr + "' is not a valid network (examples: 192.0.2.0/24, 2001:db8::/32, 192.0.2.1)");
        }
        boolean v6 = base.get().v6();
        int minLength = !v6 && address.indexOf(':') >= 0 ? MAPPED_BITS : 0;
        int maxLength = v6 ? V6_ADDRESS_BITS : minLength + V4_BITS;
        int length = slash < 0 ? maxLength : Integer.parseInt(prefix);
        if (length < minLength || length > maxLength) {
            throw new IllegalArgumentException("'" + cidr + "' is not a valid network (prefix length must be "
                    + minLength + " to " + maxLength + ")");
        }
        return new IpNetwork(base.get(), Math.min(length - minLength, maxPrefixLength(v6)));
    }

    /** Whether this network contains an origin. */
    public boolean contains(IpPrefix origin) {
        return origin.v6() == base.v6()
                && (prefixLength == 0
                        || (origin.bits() ^ base.bits()) >>> (maxPrefixLength(base.v6()) - prefixLength) == 0);
    }

    /** Whether this network contains all of another one. */
    public boolean contains(IpNetwork other) {
        return prefixLength <= other.prefixLength && contains(other.base);
    }

    /** {@code 192.0.2.0/24} or {@code 2001:db8::/32}, see RFC 5952. */
    @Override
    public String toString() {
        String text = base.toString();
        return (base.v6() ? text.substring(0, text.indexOf('/')) : text) + "/" + prefixLength;
    }
}
