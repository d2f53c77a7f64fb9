package org.decoymx.blocklist;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.Listing;
import org.decoymx.policy.ListingReason;
import org.decoymx.policy.PolicyMode;
import org.decoymx.policy.Tier;
import org.junit.jupiter.api.Test;

class NetworkAggregationTest {
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");
    private static final long SINCE = T.getEpochSecond() - 1_000;
    private static final long UNTIL = T.getEpochSecond() + 1_000;

    private final AddressFamilyTable hosts = new AddressFamilyTable();
    private final Set<String> disallowed = new HashSet<>();
    private final NetworkAggregation threshold3 =
            new NetworkAggregation(false, 3, (network, now) -> !disallowed.contains(network.toString()));

    private static IpPrefix origin(String address) {
        return IpText.parseHostNetwork(address).orElseThrow();
    }

    private void list(String address, long since, long until) {
        hosts.update(origin(address), ListedInterval.pack(SINCE + since, UNTIL + until), 0);
    }

    private void list(String... addresses) {
        for (String address : addresses) {
            list(address, 0, 0);
        }
    }

    private Blocklist aggregate(NetworkAggregation aggregation) {
        hosts.applyChanges(T.getEpochSecond());
        return new Blocklist(T, PolicyMode.ENFORCE, aggregation.aggregate(hosts.table(), T), SortedTable.EMPTY);
    }

    private static List<String> texts(Iterable<Blocklist.BlocklistEntry> blocklist) {
        return texts(blocklist, Blocklist.BlocklistEntry::text);
    }

    private static List<String> texts(
            Iterable<Blocklist.BlocklistEntry> blocklist, Function<Blocklist.BlocklistEntry, String> text) {
        return StreamSupport.stream(blocklist.spliterator(), false).map(text).toList();
    }

    @Test
    void addresses_atTheThreshold_areListedAsANetwork() {
        list("192.0.2.0", "192.0.2.77", "192.0.2.255", "192.0.1.255", "192.0.3.0", "192.0.3.1");
        Blocklist blocklist = aggregate(threshold3);
        assertThat(texts(blocklist)).containsExactly("192.0.1.255", "192.0.2.0/24", "192.0.3.0", "192.0.3.1");
        assertThat(blocklist.size()).isEqualTo(4);
    }

    @Test
    void threshold_zero_neverAggregates() {
        list("192.0.2.1", "192.0.2.2");
        hosts.applyChanges(T.getEpochSecond());
        assertThat(new NetworkAggregation(false, 0, (network, now) -> true).aggregate(hosts.table(), T))
                .isSameAs(hosts.table());
    }

    @Test
    void threshold_one_aggregatesASingleAddress() {
        list("0.0.0.0", "127.255.255.255", "128.0.0.0", "255.255.255.255");
        assertThat(texts(aggregate(new NetworkAggregation(false, 1, (network, now) -> true))))
                .containsExactly("0.0.0.0/24", "127.255.255.0/24", "128.0.0.0/24", "255.255.255.0/24");
    }

    @Test
    void threshold_256_needsAllAddresses() {
        NetworkAggregation threshold256 = new NetworkAggregation(false, 256, (network, now) -> true);
        IntStream.range(0, 255).forEach(i -> list("192.0.2." + i));
        assertThat(aggregate(threshold256).size()).isEqualTo(255);
        list("192.0.2.255");
        assertThat(texts(aggregate(threshold256))).containsExactly("192.0.2.0/24");
    }

    @Test
    void findEntry_addressInANetwork_isTheNetwork_andNoOtherIs() {
        list("192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.3.9");
        Blocklist blocklist = aggregate(threshold3);
        for (String inside : List.of("192.0.2.0", "192.0.2.1", "192.0.2.128", "192.0.2.255")) {
            assertThat(blocklist.findEntry(origin(inside)).orElseThrow().text()).isEqualTo("192.0.2.0/24");
        }
        assertThat(blocklist.findEntry(origin("192.0.3.9")).orElseThrow().text())
                .isEqualTo("192.0.3.9");
        for (String outside : List.of("192.0.1.255", "192.0.3.0", "0.0.0.0", "255.255.255.255", "::", "c000:201::")) {
            assertThat(blocklist.findEntry(origin(outside))).as(outside).isEmpty();
        }
    }

    @Test
    void network_isListed_whileTheThresholdIsReached() {
        list("192.0.2.1", 5, 40);
        list("192.0.2.2", 20, 10);
        list("192.0.2.3", 10, 30);
        list("192.0.2.4", 15, 20);
        assertThat(aggregate(threshold3))
                .containsExactly(
                        new Blocklist.BlocklistEntry(IpText.parseNetwork("192.0.2.0/24"), SINCE + 15, UNTIL + 20, 0));
    }

    /** A sender that shares a network with others is not trusted more because of them. */
    @Test
    void network_isASuspect_andItsConfirmedAddressesStayConfirmed() {
        long confirmed = PackedReason.pack(
                new ListingReason(10, 1, 1, Set.of()), new Listing(Tier.CONFIRMED, SINCE, UNTIL, 0, false));
        list("192.0.2.1", "192.0.2.3");
        hosts.update(origin("192.0.2.2"), ListedInterval.pack(SINCE, UNTIL), confirmed);
        Blocklist blocklist = aggregate(threshold3);
        assertThat(texts(blocklist)).containsExactly("192.0.2.0/24");
        assertThat(texts(blocklist.entries(false, TierFilter.SUSPECT))).containsExactly("192.0.2.0/24");
        assertThat(texts(blocklist.entries(false, TierFilter.CONFIRMED))).containsExactly("192.0.2.2");
        assertThat(blocklist.size(TierFilter.CONFIRMED)).isEqualTo(1);
        assertThat(tier(blocklist, "192.0.2.1")).isEqualTo(Tier.SUSPECT);
        assertThat(tier(blocklist, "192.0.2.2")).isEqualTo(Tier.CONFIRMED);
        assertThat(tier(blocklist, "192.0.2.9")).isEqualTo(Tier.SUSPECT);
    }

    private static Tier tier(Blocklist blocklist, String address) {
        return blocklist.findEntry(origin(address)).orElseThrow().tier();
    }

    @Test
    void disallowedNetwork_keepsItsAddresses() {
        disallowed.add("192.0.2.0/24");
        list("192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.3.1", "192.0.3.2", "192.0.3.3");
        assertThat(texts(aggregate(threshold3))).containsExactly("192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.3.0/24");
        disallowed.add("192.0.3.0/24");
        assertThat(threshold3.recheck(T)).isTrue();
        hosts.applyChanges(T.getEpochSecond());
        assertThat(threshold3.aggregate(hosts.table(), T)).isSameAs(hosts.table());
    }

    private List<String> aggregateV6(String... listed) {
        return aggregateV6(false, listed);
    }

    private List<String> aggregateV6(boolean byHand, String... listed) {
        AddressFamilyTable family = new AddressFamilyTable();
        for (String text : listed) {
            family.update(
                    IpText.parseNetwork(text),
                    ListedInterval.pack(SINCE, UNTIL),
                    PackedReason.pack(
                            new ListingReason(10, 1, 1, Set.of()),
                            new Listing(Tier.CONFIRMED, SINCE, UNTIL, 0, byHand)));
        }
        family.applyChanges(T.getEpochSecond());
        NetworkAggregation v6 = new NetworkAggregation(
                true, NetworkAggregation.V6_THRESHOLD, (network, now) -> !disallowed.contains(network.toString()));
        SortedTable aggregated = v6.aggregate(family.table(), T);
        return texts(
                new Blocklist(T, PolicyMode.ENFORCE, SortedTable.EMPTY, aggregated),
                entry -> entry.text() + " " + entry.tier());
    }

    @Test
    void ipv6Network_isListed_fromTwoAddressesOn_asSuspect() {
        assertThat(aggregateV6("2001:db8::1", "2001:db8:0:1::1", "2001:db8:0:1::2", "2001:db8:0:2::ffff"))
                .containsExactly("2001:db8::1 CONFIRMED", "2001:db8:0:1::/64 SUSPECT", "2001:db8:0:2::ffff CONFIRMED");
        disallowed.add("2001:db8:0:1::/64");
        assertThat(aggregateV6("2001:db8:0:1::1", "2001:db8:0:1::2"))
                .containsExactly("2001:db8:0:1::1 CONFIRMED", "2001:db8:0:1::2 CONFIRMED");
    }

    @Test
    void ipv6Network_listedByHand_staysAsItIs() {
        disallowed.add("2001:db8:0:1::/64");
        assertThat(aggregateV6(true, "2001:db8:0:1::/64", "2001:db8:0:1::1"))
                .containsExactly("2001:db8:0:1::/64 CONFIRMED");
    }

    @Test
    void ipv6Network_listedItself_replacesItsAddresses_unlessDisallowed() {
        assertThat(aggregateV6("2001:db8::/64", "2001:db8:0:1::1", "2001:db8:0:1::/64"))
                .containsExactly("2001:db8::/64 SUSPECT", "2001:db8:0:1::/64 SUSPECT");
        disallowed.add("2001:db8::/64");
        disallowed.add("2001:db8:0:1::/64");
        assertThat(aggregateV6("2001:db8::/64", "2001:db8:0:1::1", "2001:db8:0:1::/64"))
                .containsExactly("2001:db8:0:1::1 CONFIRMED");
    }

    @Test
    void recheck_policyChanged_isTrue() {
        list("192.0.2.1", "192.0.2.2", "192.0.2.3");
        aggregate(threshold3);
        assertThat(threshold3.recheck(T)).isFalse();
        disallowed.add("192.0.2.0/24");
        assertThat(threshold3.recheck(T)).isTrue();
        aggregate(threshold3);
        assertThat(threshold3.recheck(T)).isFalse();
        disallowed.clear();
        assertThat(threshold3.recheck(T)).isTrue();
    }

    @Test
    void recheck_oneOfManyNetworksChanged_isTrueWithinFiveCalls() {
        for (int i = 0; i < 30_000; i++) {
            hosts.update(IpPrefix.ofBits(false, (long) i << 8), ListedInterval.pack(SINCE, UNTIL), 0);
        }
        NetworkAggregation threshold1 =
                new NetworkAggregation(false, 1, (network, now) -> !disallowed.contains(network.toString()));
        assertThat(aggregate(threshold1).size()).isEqualTo(30_000);
        for (int i = 0; i < 10; i++) {
            assertThat(threshold1.recheck(T)).isFalse();
        }
        for (String last : List.of("0.117.47.0/24", "0.0.0.0/24", "0.58.0.0/24")) {
            disallowed.add(last);
            assertThat(IntStream.range(0, 5)
                            .filter(call -> threshold1.recheck(T))
                            .count())
                    .as(last)
                    .isPositive();
            aggregate(threshold1);
        }
    }
}
