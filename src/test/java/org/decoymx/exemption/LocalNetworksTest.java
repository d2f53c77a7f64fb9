package org.decoymx.exemption;

import static org.assertj.core.api.Assertions.assertThat;

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
                "192.169.0.0",
                "223.255.255.255",
                "0:0:0:1::",
                "64:ff9b:2::1",
                "fbff::1",
                "fec0::1")) {
            assertThat(exemptionsContaining(adjacent)).as(adjacent).isEmpty();
        }
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
    void refresh_withoutChange_returnsFalse() {
        LocalNetworks networks = new LocalNetworks(exempt);
        networks.publishAll();
        assertThat(networks.refresh()).isFalse();
    }
}
