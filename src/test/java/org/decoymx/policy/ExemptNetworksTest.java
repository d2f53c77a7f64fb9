package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.decoymx.ledger.Origin;
import org.junit.jupiter.api.Test;

class ExemptNetworksTest {
    private final ExemptNetworks exempt = new ExemptNetworks();

    private static Exemption in(String cidr, String name) {
        return Exemption.of(IpNetwork.parse(cidr), name);
    }

    private static Exemption out(String cidr) {
        return new Exemption(IpNetwork.parse(cidr), false, "out");
    }

    private String why(String address) {
        return exempt.findReason(Origin.parse(address).orElseThrow()).orElse("not exempt");
    }

    @Test
    void smallestNetwork_decides_whateverItsSource() {
        exempt.replaceSource("a", List.of(in("10.0.0.0/8", "large"), in("10.1.2.3/32", "host")));
        exempt.replaceSource("b", List.of(out("10.1.0.0/16"), in("10.1.2.0/24", "small")));

        assertThat(why("10.2.0.1")).isEqualTo("large");
        assertThat(why("10.1.0.1")).isEqualTo("not exempt");
        assertThat(why("10.1.2.1")).isEqualTo("small");
        assertThat(why("10.1.2.3")).isEqualTo("host");
        assertThat(why("11.0.0.1")).isEqualTo("not exempt");
        assertThat(exempt.size()).isEqualTo(4);
    }

    @Test
    void ofEqualNetworks_theOneTakenOut_decides() {
        for (List<String> order : List.of(List.of("a", "b"), List.of("b", "a"))) {
            exempt.replaceSource(order.get(0), List.of(in("192.0.2.0/24", "in")));
            exempt.replaceSource(order.get(1), List.of(out("192.0.2.0/24")));
            assertThat(why("192.0.2.1")).isEqualTo("not exempt");
            assertThat(exempt.size()).isEqualTo(1);
        }
        exempt.replaceSource("a", List.of(out("192.0.2.0/24"), in("192.0.2.0/24", "in")));
        assertThat(why("192.0.2.1")).isEqualTo("not exempt");
    }

    @Test
    void put_saysWhetherAnythingChanged() {
        assertThat(exempt.replaceSource("a", List.of())).isFalse();
        assertThat(exempt.replaceSource("a", List.of(in("192.0.2.0/24", "x")))).isTrue();
        assertThat(exempt.replaceSource("a", List.of(in("192.0.2.0/24", "x")))).isFalse();
        assertThat(exempt.replaceSource("a", List.of(in("192.0.2.0/24", "y")))).isTrue();
        assertThat(why("192.0.2.1")).isEqualTo("y");
        assertThat(exempt.sources()).containsOnlyKeys("a");
        assertThat(exempt.replaceSource("a", List.of())).isTrue();
        assertThat(exempt.sources()).isEmpty();
        assertThat(why("192.0.2.1")).isEqualTo("not exempt");
    }

    @Test
    void allowlist_isAsked_onlyWhenNoNetworkDecides() {
        exempt.replaceSource("a", List.of(in("192.0.2.0/24", "network"), out("198.51.100.0/24")));
        exempt.setAllowlist(origin -> "allowlist");

        assertThat(why("192.0.2.1")).isEqualTo("network");
        assertThat(why("198.51.100.1")).isEqualTo("not exempt");
        assertThat(why("203.0.113.1")).isEqualTo("allowlist");
        assertThat(why("2001:db8::1")).isEqualTo("allowlist");
    }
}
