package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.decoymx.net.IpText;
import org.junit.jupiter.api.Test;

class ExemptNetworksTest {
    private final ExemptNetworks exempt = new ExemptNetworks();

    private static Exemption exempting(String cidr, String name) {
        return Exemption.of(IpText.parseNetwork(cidr), name);
    }

    private static Exemption negated(String cidr) {
        return new Exemption(IpText.parseNetwork(cidr), false, "negated");
    }

    private String reason(String address) {
        return exempt.findReason(IpText.parseHostNetwork(address).orElseThrow()).orElse("not exempt");
    }

    @Test
    void longestMatch_fromAnySource_decides() {
        exempt.replaceSource("a", List.of(exempting("10.0.0.0/8", "large"), exempting("10.1.2.3/32", "host")));
        exempt.replaceSource("b", List.of(negated("10.1.0.0/16"), exempting("10.1.2.0/24", "small")));

        assertThat(reason("10.2.0.1")).isEqualTo("large");
        assertThat(reason("10.1.0.1")).isEqualTo("not exempt");
        assertThat(reason("10.1.2.1")).isEqualTo("small");
        assertThat(reason("10.1.2.3")).isEqualTo("host");
        assertThat(reason("11.0.0.1")).isEqualTo("not exempt");
        assertThat(exempt.size()).isEqualTo(4);
    }

    @Test
    void equalNetworks_negatedOne_decides() {
        for (List<String> order : List.of(List.of("a", "b"), List.of("b", "a"))) {
            exempt.replaceSource(order.get(0), List.of(exempting("192.0.2.0/24", "exempting")));
            exempt.replaceSource(order.get(1), List.of(negated("192.0.2.0/24")));
            assertThat(reason("192.0.2.1")).isEqualTo("not exempt");
            assertThat(exempt.size()).isEqualTo(1);
        }
        exempt.replaceSource("a", List.of(negated("192.0.2.0/24"), exempting("192.0.2.0/24", "exempting")));
        assertThat(reason("192.0.2.1")).isEqualTo("not exempt");
    }

    @Test
    void replaceSource_returnsWhetherAnythingChanged_andCallsTheListenerThen() {
        List<String> changes = new ArrayList<>();
        exempt.onChange(() -> changes.add("changed"));
        assertThat(exempt.replaceSource("a", List.of())).isFalse();
        assertThat(exempt.replaceSource("a", List.of(exempting("192.0.2.0/24", "x"))))
                .isTrue();
        assertThat(exempt.replaceSource("a", List.of(exempting("192.0.2.0/24", "x"))))
                .isFalse();
        assertThat(exempt.replaceSource("a", List.of(exempting("192.0.2.0/24", "y"))))
                .isTrue();
        assertThat(reason("192.0.2.1")).isEqualTo("y");
        assertThat(exempt.sources()).containsOnlyKeys("a");
        assertThat(exempt.replaceSource("a", List.of())).isTrue();
        assertThat(changes).hasSize(3);
        assertThat(exempt.sources()).isEmpty();
        assertThat(reason("192.0.2.1")).isEqualTo("not exempt");
    }

    @Test
    void allowlist_isUsed_onlyIfNoNetworkMatches() {
        exempt.replaceSource("a", List.of(exempting("192.0.2.0/24", "network"), negated("198.51.100.0/24")));
        exempt.setAllowlist(origin -> "allowlist");

        assertThat(reason("192.0.2.1")).isEqualTo("network");
        assertThat(reason("198.51.100.1")).isEqualTo("not exempt");
        assertThat(reason("203.0.113.1")).isEqualTo("allowlist");
        assertThat(reason("2001:db8::1")).isEqualTo("allowlist");
    }
}
