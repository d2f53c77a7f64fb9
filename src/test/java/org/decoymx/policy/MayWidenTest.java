package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.decoymx.ledger.Origin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MayWidenTest {
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");
    private static final Network NETWORK = Network.parse("192.0.2.0/24");

    private final Exempt exempt = new Exempt();
    private final Policy policy = Policies.of(Policies.rules(Mode.ENFORCE, Duration.ofHours(1)), exempt);

    private static Exemption of(String text) {
        return new Exemption(Network.parse(text.replace("!", "")), !text.startsWith("!"), "exempt");
    }

    private boolean mayWiden(String... exemptions) {
        exempt.put("test", Stream.of(exemptions).map(MayWidenTest::of).toList());
        return policy.mayWiden(NETWORK, T);
    }

    @Test
    void nobodyExempt_mayWiden() {
        assertThat(mayWiden()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0/0",
                "192.0.0.0/8",
                "192.0.2.0/23",
                "192.0.2.0/24",
                "192.0.2.0/25",
                "192.0.2.128/25",
                "192.0.2.0",
                "192.0.2.77",
                "192.0.2.255"
            })
    void exemptNetwork_aroundOrInside_isNeverWidened(String network) {
        assertThat(mayWiden(network)).isFalse();
        assertThat(mayWiden("10.0.0.0/8", "192.0.1.255", network, "192.0.3.0", "203.0.113.0/24"))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "192.0.1.255",
                "192.0.3.0",
                "192.0.0.0/23",
                "192.0.4.0/22",
                "193.0.0.0/8",
                "::/0",
                "c000:200::/32"
            })
    void exemptNetwork_elsewhere_isNoMatter(String network) {
        assertThat(mayWiden(network)).isTrue();
    }

    @Test
    void exemptNetwork_aPartOfWhichIsTakenOutAgain_isStillNeverWidened() {
        assertThat(mayWiden("192.0.0.0/16", "!192.0.2.0/24")).isFalse();
        assertThat(mayWiden("192.0.2.0/24", "!192.0.2.0/25")).isFalse();
    }

    @Test
    void exemptNetwork_takenOutItself_isNoMatter() {
        assertThat(mayWiden("192.0.2.0/25", "!192.0.2.0/25")).isTrue();
        assertThat(mayWiden("!192.0.2.7")).isTrue();
    }

    @Test
    void anyAddress_onTheAllowlist_isNeverWidened() {
        Origin allowed = Origin.parse("192.0.2.255").orElseThrow();
        exempt.consult(origin -> origin.equals(allowed) ? "allowed" : null);
        assertThat(mayWiden()).isFalse();
        exempt.consult(origin -> origin.equals(Origin.parse("192.0.3.0").orElseThrow()) ? "allowed" : null);
        assertThat(mayWiden()).isTrue();
    }

    @Test
    void overlaps_ofIpv6_isThatOfIpv6() {
        Networks networks = Networks.of(List.of(List.of(of("2001:db8:5::/48"), of("0.0.0.0/0"))));
        assertThat(networks.overlaps(Network.parse("2001:db8::/32"))).isTrue();
        assertThat(networks.overlaps(Network.parse("2001:db8:5:1::/64"))).isTrue();
        assertThat(networks.overlaps(Network.parse("2001:db8:6::/48"))).isFalse();
    }
}
