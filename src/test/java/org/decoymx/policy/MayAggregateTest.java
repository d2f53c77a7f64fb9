package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.net.PrefixMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MayAggregateTest {
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");
    private static final IpPrefix NETWORK = IpText.parseNetwork("192.0.2.0/24");

    private final ExemptNetworks exempt = new ExemptNetworks();
    private final Policy policy =
            PolicyFixtures.of(PolicyFixtures.settings(PolicyMode.ENFORCE, Duration.ofHours(1)), exempt);

    private static Exemption of(String text) {
        return new Exemption(IpText.parseNetwork(text.replace("!", "")), !text.startsWith("!"), "exempt");
    }

    private boolean mayAggregate(String... exemptions) {
        exempt.replaceSource(
                "test", Stream.of(exemptions).map(MayAggregateTest::of).toList());
        return policy.mayAggregate(NETWORK, T);
    }

    /** Policy of a site whose primary MX has seen some addresses. */
    private static boolean mayAggregate(String network, PrimaryVisits visits, TrustIndex trust) {
        Policy policy = PolicyFixtures.of(
                PolicyFixtures.settings(PolicyMode.ENFORCE, Duration.ofHours(1)),
                new ExemptNetworks(),
                visits,
                PolicyFixtures.outages(Duration.ZERO),
                new DeliveryAttempts(0),
                trust);
        return policy.mayAggregate(IpText.parseNetwork(network), T.plus(Duration.ofDays(3)));
    }

    private static TrustIndex trust() {
        return PolicyFixtures.trustIndex();
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.0/24, 192.0.2.9, 192.0.3.9",
        "2001:db8::/64, 2001:db8::9, 2001:db8:0:1::9",
    })
    void visitOfUnlistedAddress_preventsAggregation_whileItIsRemembered(
            String network, String visitor, String elsewhere) {
        PrimaryVisits visits = new PrimaryVisits();
        visits.recordVisit(IpText.parseHostNetwork(elsewhere).orElseThrow(), T, false);
        visits.recordVisit(IpText.parseHostNetwork(visitor).orElseThrow(), T, true);
        assertThat(mayAggregate(network, visits, trust())).isTrue();
        visits.recordVisit(IpText.parseHostNetwork(visitor).orElseThrow(), T, false);
        assertThat(mayAggregate(network, visits, trust())).isFalse();
        visits.removeExpired(T.plus(Duration.ofDays(30)));
        assertThat(mayAggregate(network, visits, trust())).isTrue();
    }

    /** Visits are remembered for 8 days only. */
    @ParameterizedTest
    @CsvSource({
        "192.0.2.0/24, 192.0.2.9, 192.0.3.0/24",
        "2001:db8::/64, 2001:db8::9, 2001:db8:0:1::/64",
    })
    void knownAddress_preventsAggregation_asLongAsItIsKnown(String network, String known, String elsewhere) {
        IpPrefix sender = IpText.parseHostNetwork(known).orElseThrow();
        PrimaryVisits visits = new PrimaryVisits();
        AcceptedDays days = AcceptedDays.NONE;
        for (int day = -31; day < -27; day++) {
            days = days.withDay(T.plus(Duration.ofDays(day)).getEpochSecond());
        }
        visits.loadAccepted(sender, days);
        visits.recordVisit(sender, T.minus(Duration.ofDays(27)), false);
        visits.removeExpired(T);
        assertThat(mayAggregate(network, visits, trust())).isTrue();
        visits.recordAccepted(sender, T.minus(Duration.ofDays(27)));
        assertThat(mayAggregate(network, visits, trust())).isFalse();
        assertThat(mayAggregate(elsewhere, visits, trust())).isTrue();
        visits.removeExpired(T.plus(Duration.ofDays(20)));
        assertThat(mayAggregate(network, visits, trust())).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.0/24, 192.0.2.9, 192.0.3.0/24",
        "2001:db8::/64, 2001:db8::9, 2001:db8:0:1::/64",
    })
    void clearedAddress_preventsAggregation(String network, String cleared, String elsewhere) {
        IpPrefix origin = IpText.parseHostNetwork(cleared).orElseThrow();
        PrimaryVisits visits = new PrimaryVisits();
        TrustIndex trust = trust();
        long until = T.plus(Duration.ofDays(4)).getEpochSecond();
        trust.load(origin, TrustState.UNKNOWN.withProof(new RetryProof(1, 0, 1, until, 1, 1, 0, false)));
        assertThat(mayAggregate(network, visits, trust)).isFalse();
        assertThat(mayAggregate(elsewhere, visits, trust)).isTrue();
        assertThat(trust.hasCleared(IpText.parseNetwork(network), until)).isFalse();
    }

    @Test
    void addressOnAllowlist_preventsAggregationOfItsIpv6Network() {
        IpPrefix network = IpText.parseNetwork("2001:db8::/64");
        exempt.setAllowlist(origin -> origin.equals(network) ? "allowed" : null);
        assertThat(policy.mayAggregate(network, T)).isFalse();
        assertThat(policy.mayAggregate(IpText.parseNetwork("2001:db8:0:1::/64"), T))
                .isTrue();
    }

    @Test
    void network_withoutExemptions_mayBeAggregated() {
        assertThat(mayAggregate()).isTrue();
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
    void exemptNetwork_overlapping_preventsAggregation(String network) {
        assertThat(mayAggregate(network)).isFalse();
        assertThat(mayAggregate("10.0.0.0/8", "192.0.1.255", network, "192.0.3.0", "203.0.113.0/24"))
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
    void exemptNetwork_elsewhere_doesNotPreventAggregation(String network) {
        assertThat(mayAggregate(network)).isTrue();
    }

    @Test
    void exemptNetwork_partlyNegated_preventsAggregation() {
        assertThat(mayAggregate("192.0.0.0/16", "!192.0.2.0/24")).isFalse();
        assertThat(mayAggregate("192.0.2.0/24", "!192.0.2.0/25")).isFalse();
    }

    @Test
    void exemptNetwork_negatedItself_doesNotPreventAggregation() {
        assertThat(mayAggregate("192.0.2.0/25", "!192.0.2.0/25")).isTrue();
        assertThat(mayAggregate("!192.0.2.7")).isTrue();
    }

    @Test
    void anyAddress_onAllowlist_preventsAggregation() {
        IpPrefix allowed = IpText.parseHostNetwork("192.0.2.255").orElseThrow();
        exempt.setAllowlist(origin -> origin.equals(allowed) ? "allowed" : null);
        assertThat(mayAggregate()).isFalse();
        exempt.setAllowlist(
                origin -> origin.equals(IpText.parseHostNetwork("192.0.3.0").orElseThrow()) ? "allowed" : null);
        assertThat(mayAggregate()).isTrue();
    }

    @Test
    void overlaps_ipv6Network_considersOnlyIpv6() {
        PrefixMap<Exemption> networks =
                ExemptNetworks.combine(List.of(List.of(of("2001:db8:5::/48"), of("0.0.0.0/0"))));
        assertThat(networks.anyOverlapMatches(IpText.parseNetwork("2001:db8::/32"), Exemption::exempt))
                .isTrue();
        assertThat(networks.anyOverlapMatches(IpText.parseNetwork("2001:db8:5:1::/64"), Exemption::exempt))
                .isTrue();
        assertThat(networks.anyOverlapMatches(IpText.parseNetwork("2001:db8:6::/48"), Exemption::exempt))
                .isFalse();
    }
}
