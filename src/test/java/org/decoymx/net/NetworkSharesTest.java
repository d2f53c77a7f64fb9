package org.decoymx.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworkSharesTest {
    private final NetworkShares shares = new NetworkShares(16);

    private static IpPrefix address(String text) {
        return IpText.parseAddress(text).orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.3.1, 192.0.255.255, 192.1.2.1",
        "2001:db8:0:1::1, 2001:db8:0:2::1, 2001:db8:0:ffff::1, 2001:db8:1:1::1"
    })
    void network_hasAnEighthOfTheTable(String one, String two, String three, String elsewhere) {
        shares.add(address(one));
        assertThat(shares.isFull(address(three))).isFalse();
        shares.add(address(two));
        assertThat(shares.isFull(address(three))).isTrue();
        assertThat(shares.isFull(address(elsewhere))).isFalse();
        shares.remove(address(one));
        assertThat(shares.isFull(address(three))).isFalse();
        shares.add(address(three));
        assertThat(shares.isFull(address(one))).as("one was left").isTrue();
    }
}
