package org.decoymx.dnsbl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.decoymx.dnsbl.DnsblClients.ClientAccess.ALLOWED;
import static org.decoymx.dnsbl.DnsblClients.ClientAccess.LIMITED;
import static org.decoymx.dnsbl.DnsblClients.ClientAccess.REFUSED;

import io.netty.util.NetUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.decoymx.dnsbl.DnsblClients.ClientAccess;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.net.ListenAddresses;
import org.decoymx.net.PrefixMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which clients may query the DNSBL. */
class DnsblClientsTest {
    private final List<IpPrefix> own =
            new ArrayList<>(List.of(IpText.parseNetwork("198.51.100.0/24"), IpText.parseNetwork("2001:db8:1::/64")));

    private DnsblClients clients(boolean limitsAll, String... networks) {
        return new DnsblClients(PrefixMap.parse(List.of(networks)), limitsAll, own::stream);
    }

    private static ClientAccess check(DnsblClients clients, String address) {
        return clients.check(Objects.requireNonNull(NetUtil.createInetAddressFromIpAddressString(address)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.9.8.7",
                "10.1.2.3",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "169.254.1.1",
                "198.51.100.7",
                "::1",
                "fd00::1",
                "fe80::1",
                "2001:db8:1::7",
                "::ffff:10.1.2.3"
            })
    void localClient_isAllowedByDefault(String address) {
        assertThat(check(clients(false), address)).isEqualTo(ALLOWED);
        assertThat(check(clients(true), address)).isEqualTo(LIMITED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "203.0.113.9",
                "198.51.101.1",
                "172.32.0.1",
                "100.64.0.1",
                "128.0.0.1",
                "2001:db8:2::1",
                "fec0::1",
                "::2",
                "::ffff:203.0.113.9"
            })
    void stranger_isRefusedByDefault_andLimitedIfAllMayQuery(String address) {
        assertThat(check(clients(false), address)).isEqualTo(REFUSED);
        assertThat(check(clients(false, "0.0.0.0/0", "::/0"), address)).isEqualTo(LIMITED);
        assertThat(check(clients(false, "0.0.0.0/1", "128.0.0.0/1", "::/1", "8000::/1"), address))
                .isEqualTo(LIMITED);
        assertThat(check(clients(false, "0.0.0.0/0", "::/0", address), address)).isEqualTo(ALLOWED);
    }

    @Test
    void configuredNetworks_replaceTheDefault_andHaveNoLimit() {
        DnsblClients named = clients(false, "203.0.113.0/24", "2001:db8:2::/48");
        assertThat(check(named, "203.0.113.9")).isEqualTo(ALLOWED);
        assertThat(check(named, "2001:db8:2::1")).isEqualTo(ALLOWED);
        assertThat(check(named, "127.0.0.1")).isEqualTo(REFUSED);
        assertThat(check(clients(true, "203.0.113.0/24"), "203.0.113.9")).isEqualTo(LIMITED);
        assertThat(check(clients(false, "0.0.0.0/0"), "127.0.0.1")).isEqualTo(ALLOWED);
        assertThat(check(clients(false, "0.0.0.0/0"), "2001:db8:2::1")).isEqualTo(REFUSED);
    }

    @Test
    void ownNetworks_areReadAgain() {
        DnsblClients clients = clients(false);
        own.set(0, IpText.parseNetwork("203.0.113.0/28"));
        assertThat(check(clients, "203.0.113.9")).isEqualTo(REFUSED);
        clients.refresh();
        assertThat(check(clients, "203.0.113.9")).isEqualTo(ALLOWED);
        assertThat(check(clients, "198.51.100.7")).isEqualTo(REFUSED);
    }

    @Test
    void networksOfThisMachine_includeLoopback_andNoLargeOnes() {
        assertThat(ListenAddresses.localNetworks())
                .contains(IpText.parseNetwork("127.0.0.0/8"))
                .noneMatch(network -> network.prefixLength() < 8);
    }
}
