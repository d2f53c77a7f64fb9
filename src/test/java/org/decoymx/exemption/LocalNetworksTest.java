package org.decoymx.exemption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Objects;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.Exemption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalNetworksTest {
    private final ExemptNetworks exempt = new ExemptNetworks();

    private static InetAddress address(String text) {
        return Objects.requireNonNull(NetUtil.createInetAddressFromIpAddressString(text));
    }

    private List<Exemption> exemptionsContaining(String address) {
        IpPrefix origin = IpText.parseHostNetwork(address).orElseThrow();
        return exempt.sources().values().stream()
                .flatMap(List::stream)
                .filter(exemption -> exemption.exempt() && exemption.network().contains(origin))
                .toList();
    }

    @Test
    void specialPurposeNetworks_areExempt_andAdjacentAddressesAreNot() {
        new LocalNetworks(exempt).publishAll();
        for (String special : List.of(
                "0.0.0.1",
                "10.255.255.255",
                "100.64.0.1",
                "127.0.0.1",
                "169.254.1.1",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.0.1",
                "224.0.0.1",
                "255.255.255.255",
                "::1",
                "64:ff9b::1",
                "64:ff9b:1::1",
                "fc00::1",
                "fdff::1",
                "fe80::1",
                "febf::1",
                "ff02::1",
                "::ffff:10.0.0.1")) {
            assertThat(exemptionsContaining(special)).as(special).isNotEmpty();
        }
        for (String adjacent : List.of(
                "11.0.0.0",
                "9.255.255.255",
                "100.63.255.255",
                "100.128.0.0",
                "128.0.0.1",
                "172.15.255.255",
                "172.32.0.0",
                "192.0.1.0",
                "192.88.98.255",
                "192.88.100.0",
                "192.169.0.0",
                "198.17.255.255",
                "198.20.0.0",
                "223.255.255.255",
                "0:0:0:1::",
                "64:ff9b:2::1",
                "100:0:0:2::1",
                "2001:200::1",
                "2003::1",
                "5f01::1",
                "fbff::1")) {
            assertThat(exemptionsContaining(adjacent)).as(adjacent).isEmpty();
        }
    }

    /** All rows of iana-ipv4-special-registry (2025-10-09), and multicast; those for documentation are below. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0/8",
                "0.0.0.0/32",
                "10.0.0.0/8",
                "100.64.0.0/10",
                "127.0.0.0/8",
                "169.254.0.0/16",
                "172.16.0.0/12",
                "192.0.0.0/24",
                "192.0.0.0/29",
                "192.0.0.8/32",
                "192.0.0.9/32",
                "192.0.0.10/32",
                "192.0.0.170/32",
                "192.0.0.171/32",
                "192.31.196.0/24",
                "192.52.193.0/24",
                "192.88.99.0/24",
                "192.88.99.2/32",
                "192.168.0.0/16",
                "192.175.48.0/24",
                "198.18.0.0/15",
                "224.0.0.0/4",
                "240.0.0.0/4",
                "255.255.255.255/32"
            })
    void ipv4SpecialPurposeRow_isExempt_fromItsFirstToItsLastAddress(String row) {
        assertExempt(row);
    }

    /** All rows of iana-ipv6-special-registry (2025-10-09), site-local and multicast addresses. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "::1/128",
                "::/128",
                "64:ff9b::/96",
                "64:ff9b:1::/48",
                "100::/64",
                "100:0:0:1::/64",
                "2001::/23",
                "2001::/32",
                "2001:1::1/128",
                "2001:1::2/128",
                "2001:1::3/128",
                "2001:2::/48",
                "2001:3::/32",
                "2001:4:112::/48",
                "2001:10::/28",
                "2001:20::/28",
                "2001:30::/28",
                "2002::/16",
                "2620:4f:8000::/48",
                "5f00::/16",
                "fc00::/7",
                "fe80::/10",
                "fec0::/10",
                "ff00::/8"
            })
    void ipv6SpecialPurposeRow_isExempt_fromItsFirstToItsLastAddress(String row) {
        assertExempt(row);
    }

    /** Also as the sender that stands for the /64 of an IPv6 address. */
    private void assertExempt(String row) {
        new LocalNetworks(exempt).publishAll();
        IpPrefix network = IpText.parseNetwork(row);
        IpPrefix last = network.lastAddress();
        assertThat(exemptionsContaining(IpText.print(network))).isNotEmpty();
        assertThat(exemptionsContaining(IpText.print(last))).isNotEmpty();
        assertThat(exempt.isDecidedByNetwork(last.hostRange())).isTrue();
    }

    /** Rows of the registry that stay listable, because examples and tests use them as addresses of strangers. */
    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20"})
    void documentationRow_isNotExempt(String row) {
        new LocalNetworks(exempt).publishAll();
        assertThat(exempt.sources().get("special"))
                .noneMatch(exemption -> exemption.network().contains(IpText.parseNetwork(row)));
    }

    @Test
    void mappedAddress_isItsIpv4Address() {
        new LocalNetworks(exempt).publishAll();
        assertThat(exemptionsContaining("::ffff:198.18.0.1")).isNotEmpty();
        assertThat(exemptionsContaining("::ffff:198.20.0.1")).isEmpty();
    }

    @Test
    void localAddresses_loseTheirScope_andSpecialPurposeOnesAreSkipped() throws UnknownHostException {
        InetAddress scoped =
                Inet6Address.getByAddress("own", address("2001:db8::7").getAddress(), 3);
        List<InetAddress> own = List.of(
                scoped,
                Inet6Address.getByAddress("own", address("fe80::7").getAddress(), 3),
                address("2001:db8::8"),
                address("198.51.100.7"),
                address("127.0.0.1"),
                address("169.254.0.1"),
                address("::1"));
        assertThat(LocalNetworks.toExemptions(own, "own"))
                .extracting(e -> e.network().cidr())
                .containsExactly("2001:db8::/64", "198.51.100.7/32");
    }

    @Test
    void refresh_withoutChange_changesNothing() {
        LocalNetworks networks = new LocalNetworks(exempt);
        networks.publishAll();
        exempt.onChange(() -> fail("changed"));
        networks.refresh();
    }
}
