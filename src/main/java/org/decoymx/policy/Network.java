package org.decoymx.policy;

import java.util.List;
import org.decoymx.ledger.Origin;

/**
 * A network that is never listed.
 *
 * @param base its first address, as an origin
 * @param prefix its prefix length: 0 to 32, or for IPv6 0 to 64
 * @param name what it is, as the end of a sentence: "a private network"
 */
public record Network(Origin base, int prefix, String name) {
    private static final int V4_BITS = 32;
    private static final int V6_BITS = 64;

    /** Networks whose addresses say nothing of the sender: RFC 6890 and, for IPv6, RFC 4291, 4193, 6052 and 8215. */
    public static final List<Network> SPECIAL = List.of(
            of("0.0.0.0/8", "no address at all"),
            of("10.0.0.0/8", "a private network"),
            of("100.64.0.0/10", "a carrier's shared network"),
            of("127.0.0.0/8", "loopback"),
            of("169.254.0.0/16", "link-local"),
            of("172.16.0.0/12", "a private network"),
            of("192.168.0.0/16", "a private network"),
            of("224.0.0.0/3", "multicast or reserved"),
            of("::/64", "loopback"),
            of("64:ff9b::/64", "all of IPv4 behind NAT64"),
            of("64:ff9b:1::/48", "all of IPv4 behind NAT64"),
            of("fc00::/7", "a private network"),
            of("fe80::/10", "link-local"),
            of("ff00::/8", "multicast"));

    /**
     * @param cidr an address with a prefix length
     * @throws IllegalArgumentException when it is none
     */
    static Network of(String cidr, String name) {
        int slash = cidr.indexOf('/');
        Origin base = Origin.parse(cidr.substring(0, slash))
                .orElseThrow(() -> new IllegalArgumentException("'" + cidr + "' is no network"));
        return new Network(base, Integer.parseInt(cidr.substring(slash + 1)), name);
    }

    /** The network of a single origin. */
    public static Network of(Origin origin, String name) {
        return new Network(origin, origin.v6() ? V6_BITS : V4_BITS, name);
    }

    boolean contains(Origin origin) {
        int width = base.v6() ? V6_BITS : V4_BITS;
        return origin.v6() == base.v6() && (prefix == 0 || (origin.bits() ^ base.bits()) >>> (width - prefix) == 0);
    }
}
