package org.decoymx.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpPrefixTest {

    @ParameterizedTest
    @CsvSource({
        "192.0.2.0/24, 192.0.2.0/24",
        "192.0.2.99/24, 192.0.2.0/24",
        "192.0.2.99, 192.0.2.99/32",
        "192.0.2.99/32, 192.0.2.99/32",
        "255.255.255.255/1, 128.0.0.0/1",
        "255.255.255.255/0, 0.0.0.0/0",
        "2001:db8::/32, 2001:db8::/32",
        "2001:DB8:1:2:3:4:5:6/32, 2001:db8::/32",
        "2001:0db8:0001::, 2001:db8:1::/64",
        "2001:db8::5, 2001:db8::5/128",
        "2001:db8::5/128, 2001:db8::5/128",
        "2001:db8::1:0:0:5/96, 2001:db8:0:0:1::/96",
        "2001:db8::5/65, 2001:db8::/64",
        "2001:db8::/128, 2001:db8::/64",
        "2001:db8:0:1::/63, 2001:db8::/63",
        "::/0, ::/0",
        "::1, ::1/128",
        "::ffff:192.0.2.1, 192.0.2.1/32",
        "::ffff:192.0.2.1/120, 192.0.2.0/24",
        "::ffff:c000:201/96, 0.0.0.0/0"
    })
    void validNetwork_isParsed(String text, String canonical) {
        IpPrefix network = IpText.parseNetwork(text).hostNetwork();
        assertThat(network.cidr()).isEqualTo(canonical);
        assertThat(IpText.parseNetwork(canonical)).isEqualTo(network);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/24",
                "192.0.2.0/",
                "192.0.2.0/33",
                "192.0.2.0/-1",
                "192.0.2.0/+1",
                "192.0.2.0/024",
                "192.0.2.0/24/24",
                "192.0.2.0/255.255.255.0",
                "192.0.2.0/٢٤",
                "192.0.2.0 /24",
                " 192.0.2.0/24",
                "192.0.2.0-192.0.2.9",
                "192.0.2.0-9",
                "192.0.2.*",
                "192.0.2",
                "192.0.2.0.0",
                "192.0.2.256",
                "192.0.02.1",
                "010.0.0.0/8",
                "0x0a.0.0.1",
                "3221225985",
                "mail.example.org",
                "localhost",
                "cafe",
                "2001:db8::/129",
                "2001:db8:::/32",
                "2001:db8",
                "[2001:db8::1]",
                "[2001:db8::]/32",
                "fe80::1%eth0",
                "fe80::1%1/64",
                "::ffff:192.0.2.1/95",
                "::ffff:192.0.2.1/129",
                "!192.0.2.0/24"
            })
    void invalidNetwork_isRejected_withItsText(String text) {
        assertThatThrownBy(() -> IpText.parseNetwork(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("'" + text + "' is not a valid network (");
    }

    @Test
    void contains_firstAndLastAddress_notTheNeighbors() {
        IpPrefix network = IpText.parseNetwork("192.0.2.64/26");
        assertThat(network.contains(origin("192.0.2.64"))).isTrue();
        assertThat(network.contains(origin("192.0.2.127"))).isTrue();
        assertThat(network.contains(origin("192.0.2.63"))).isFalse();
        assertThat(network.contains(origin("192.0.2.128"))).isFalse();
        assertThat(network.contains(origin("::c000:240"))).isFalse();
        assertThat(IpText.parseNetwork("0.0.0.0/0").contains(origin("255.255.255.255")))
                .isTrue();
        assertThat(IpText.parseNetwork("::/0").contains(origin("255.255.255.255")))
                .isFalse();
    }

    @Test
    void contains_itselfAndSmallerNetworks() {
        IpPrefix network = IpText.parseNetwork("192.0.2.0/24");
        assertThat(network.contains(network)).isTrue();
        assertThat(network.contains(IpText.parseNetwork("192.0.2.128/25"))).isTrue();
        assertThat(network.contains(IpText.parseNetwork("192.0.2.0/23"))).isFalse();
        assertThat(network.contains(IpText.parseNetwork("192.0.3.0/25"))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.2/32",
        "192.0.2.0/24, 192.0.3.0/24",
        "192.0.2.254/31, 192.0.3.0/31",
        "2001:db8::1, 2001:db8::2/128",
        "2001:db8::ffff:ffff:ffff:ffff, 2001:db8:0:1::/128",
        "2001:db8::/64, 2001:db8:0:1::/64",
        "2001:db8::8000:0:0:0/65, 2001:db8:0:1::/65",
        "2001:db8::/32, 2001:db9::/32"
    })
    void next_isAdjacentNetworkOfTheSameSize(String network, String next) {
        assertThat(IpText.parseNetwork(network).next().cidr()).isEqualTo(next);
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.9, 192.0.2.0/24, 192.0.2.9",
        "192.0.2.0/24, 192.0.2.0/24, 192.0.2.255",
        "2001:db8::9, 2001:db8::/64, 2001:db8::9",
        "2001:db8::/60, 2001:db8::/60, 2001:db8:0:f:ffff:ffff:ffff:ffff",
        "2001:db8::8/126, 2001:db8::/64, 2001:db8::b"
    })
    void network_hasNeighborhoodAndLastAddress(String network, String neighborhood, String last) {
        assertThat(IpText.parseNetwork(network).neighborhood()).hasToString(neighborhood);
        assertThat(IpText.parseNetwork(network).lastAddress()).hasToString(last);
    }

    private static IpPrefix origin(String address) {
        return IpText.parseHostNetwork(address).orElseThrow();
    }
}
