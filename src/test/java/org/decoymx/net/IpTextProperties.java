package org.decoymx.net;

import static org.assertj.core.api.Assertions.assertThat;

import inet.ipaddr.IPAddress;
import inet.ipaddr.ipv4.IPv4Address;
import inet.ipaddr.ipv6.IPv6Address;
import java.util.List;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;

/** Compares text forms and networks with the library IPAddress. */
class IpTextProperties {

    /** Zeros are frequent, because RFC 5952 shortens them. */
    @Provide
    Arbitrary<IPAddress> addresses() {
        Arbitrary<byte[]> v6 = Arbitraries.frequency(Tuple.of(3, 0), Tuple.of(1, 1))
                .flatMap(kind ->
                        kind == 0 ? Arbitraries.just(0) : Arbitraries.integers().between(0, 0xffff))
                .list()
                .ofSize(8)
                .map(IpTextProperties::octets);
        return Arbitraries.oneOf(
                Arbitraries.integers().map(IPv4Address::new),
                v6.map(IPv6Address::new)
                        .map(address -> address.isIPv4Mapped() ? address.getEmbeddedIPv4Address() : address));
    }

    private static byte[] octets(List<Integer> groups) {
        byte[] octets = new byte[16];
        for (int i = 0; i < groups.size(); i++) {
            octets[2 * i] = (byte) (groups.get(i) >>> 8);
            octets[2 * i + 1] = (byte) (int) groups.get(i);
        }
        return octets;
    }

    @Property
    void text_ofAnyAddress_isThatOfTheLibrary(@ForAll("addresses") IPAddress expected) {
        IpPrefix address = IpPrefix.of(expected.toInetAddress());
        assertThat(address).hasToString(expected.toCanonicalString());
        assertThat(IpText.print(expected.toInetAddress())).isEqualTo(expected.toCanonicalString());
        assertThat(IpText.reverse(address) + (address.v6() ? ".ip6.arpa" : ".in-addr.arpa"))
                .isEqualTo(expected.toReverseDNSLookupString());
    }

    @Property
    void parse_anyTextOfAnAddress_isThatAddress(@ForAll("addresses") IPAddress expected) {
        IpPrefix address = IpPrefix.of(expected.toInetAddress());
        assertThat(address.toInetAddress()).isEqualTo(expected.toInetAddress());
        assertThat(IpText.parseAddress(expected.toCanonicalString())).contains(address);
        if (address.v6()) {
            assertThat(IpText.parseAddress(expected.toFullString())).contains(address);
            assertThat(IpText.parseAddress(expected.toNormalizedString().toUpperCase(Locale.ROOT)))
                    .contains(address);
            assertThat(IpText.parseAddress(expected.toCompressedString())).contains(address);
        }
    }

    @Property
    void network_aroundAnyAddress_isThatOfTheLibrary(
            @ForAll("addresses") IPAddress expected,
            @ForAll("addresses") IPAddress other,
            @ForAll @IntRange(max = 128) int bits) {
        int length = Math.min(bits, expected.getBitCount());
        IPAddress block = expected.toPrefixBlock(length);
        IpPrefix network = IpPrefix.of(expected.toInetAddress()).around(length);
        assertThat(network.cidr()).isEqualTo(block.toCanonicalString());
        assertThat(IpText.parseNetwork(expected.toCanonicalString() + "/" + length))
                .isEqualTo(network);
        assertThat(network.contains(IpPrefix.of(other.toInetAddress()))).isEqualTo(block.contains(other));
        assertThat(network.contains(IpPrefix.of(expected.toInetAddress()))).isTrue();
    }
}
