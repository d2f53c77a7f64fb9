package org.decoymx.blocklist;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.Exemption;
import org.decoymx.policy.PolicyMode;

/** Each listed address is covered by exactly one entry, and no entry covers an exempt address. */
class NetworkAggregationProperties {
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");
    private static final long NOW = T.getEpochSecond();
    private static final List<Long> NETWORKS =
            List.of(0L, 0x7fff_ff00L, 0x8000_0000L, 0xc000_0100L, 0xc000_0200L, 0xffff_ff00L);

    private static IpPrefix covered(BlocklistEntry entry) {
        return entry.network();
    }

    private static LongStream addresses(BlocklistEntry entry) {
        return LongStream.rangeClosed(
                entry.network().bits(), entry.network().lastAddress().bits());
    }

    private static Blocklist blocklist(Map<IpPrefix, Long> hosts, int widenAt, ExemptNetworks exempt) {
        BlocklistPublisher publisher = BlocklistPublishers.of(PolicyMode.ENFORCE, widenAt, exempt, T);
        publisher.evaluate(
                hosts.entrySet().stream()
                        .map(host -> BlocklistPublishers.sender(host.getKey(), NOW, NOW + host.getValue()))
                        .toList(),
                T);
        publisher.publish(T.plusSeconds(1));
        return publisher.servedBlocklist();
    }

    private static ExemptNetworks exempt(List<Exemption> exemptions) {
        ExemptNetworks exempt = new ExemptNetworks();
        exempt.replaceSource("test", exemptions);
        return exempt;
    }

    @Property
    void listedAddresses_areCoveredByOneEntry_andExemptOnesByNone(
            @ForAll("hosts") Map<IpPrefix, Long> hosts,
            @ForAll("exemptions") List<Exemption> exemptions,
            @ForAll @IntRange(max = 4) int widenAt) {
        Blocklist unaggregated = blocklist(hosts, 0, exempt(exemptions));
        Blocklist blocklist = blocklist(hosts, widenAt, exempt(exemptions));
        List<IpPrefix> covered = new ArrayList<>();
        blocklist.forEach(entry -> covered.add(covered(entry)));
        for (BlocklistEntry host : unaggregated) {
            assertThat(covered)
                    .filteredOn(network -> network.contains(host.network()))
                    .hasSize(1);
            assertThat(blocklist.findEntry(host.network()).map(NetworkAggregationProperties::covered))
                    .hasValueSatisfying(network -> assertThat(covered).contains(network));
        }
        Set<Long> seen = new TreeSet<>();
        for (BlocklistEntry entry : blocklist) {
            assertThat(addresses(entry).allMatch(seen::add)).as("no overlap").isTrue();
            assertThat(addresses(entry).mapToObj(bits -> IpPrefix.ofBits(false, bits)))
                    .noneMatch(origin -> isExempt(exemptions, origin));
        }
    }

    private static boolean isExempt(List<Exemption> exemptions, IpPrefix origin) {
        BlocklistPublisher publisher = BlocklistPublishers.of(PolicyMode.ENFORCE, 0, exempt(exemptions), T);
        publisher.evaluate(List.of(BlocklistPublishers.sender(origin, NOW, NOW + 10)), T);
        publisher.publish(T.plusSeconds(1));
        return publisher.servedBlocklist().size() == 0;
    }

    @Property
    void networks_atTheThreshold_areListedWhileEnoughAddressesAre(
            @ForAll("hosts") Map<IpPrefix, Long> hosts, @ForAll @IntRange(min = 1, max = 4) int widenAt) {
        Map<Long, List<Long>> ends = hosts.entrySet().stream()
                .collect(Collectors.groupingBy(
                        host -> host.getKey().bits() >> 8,
                        TreeMap::new,
                        Collectors.mapping(Map.Entry::getValue, Collectors.toList())));
        List<String> expected = new ArrayList<>();
        ends.forEach((network, hostEnds) -> {
            if (hostEnds.size() >= widenAt) {
                long until = hostEnds.stream()
                        .sorted()
                        .skip(hostEnds.size() - widenAt)
                        .findFirst()
                        .orElseThrow();
                expected.add(IpPrefix.ofBits(false, network << 8) + "/24 " + until);
            } else {
                hosts.forEach((host, until) -> {
                    if (host.bits() >> 8 == network) {
                        expected.add(host + " " + until);
                    }
                });
            }
        });
        List<String> listed = new ArrayList<>();
        blocklist(hosts, widenAt, new ExemptNetworks())
                .forEach(entry -> listed.add(entry.text() + " " + (entry.until() - NOW)));
        assertThat(listed).isEqualTo(expected);
    }

    @Property
    void ipv6Networks_areListed_fromTwoAddressesOn_orByThemselves(@ForAll("v6Senders") Map<IpPrefix, Long> senders) {
        Map<IpPrefix, Map<IpPrefix, Long>> networks = new TreeMap<>();
        senders.forEach((sender, until) -> networks.computeIfAbsent(sender.neighborhood(), key -> new TreeMap<>())
                .put(sender, until));
        List<String> expected = new ArrayList<>();
        networks.forEach((network, members) -> {
            Long own = members.get(network);
            List<Long> ends = members.values().stream().sorted().toList();
            if (own == null && ends.size() < 2) {
                members.forEach((member, until) -> expected.add(member + " " + until));
            } else {
                expected.add(network + " " + (own == null ? ends.get(ends.size() - 2) : own));
            }
        });
        List<String> listed = new ArrayList<>();
        blocklist(senders, 0, new ExemptNetworks())
                .forEach(entry -> listed.add(entry.text() + " " + (entry.until() - NOW)));
        assertThat(listed).isEqualTo(expected);
    }

    @Provide
    Arbitrary<Map<IpPrefix, Long>> v6Senders() {
        Arbitrary<IpPrefix> sender = Combinators.combine(
                        Arbitraries.of(1L, 2L, -1L, Long.MIN_VALUE), Arbitraries.of(0L, 1L, 2L, -1L, Long.MIN_VALUE))
                .as((high, low) -> new IpPrefix(high, low, 128).hostNetwork());
        return Arbitraries.maps(sender, Arbitraries.longs().between(2, 100))
                .ofMaxSize(15)
                .map(TreeMap::new);
    }

    @Provide
    Arbitrary<Map<IpPrefix, Long>> hosts() {
        return Arbitraries.maps(addresses(), Arbitraries.longs().between(2, 100))
                .ofMaxSize(25)
                .map(TreeMap::new);
    }

    private static Arbitrary<IpPrefix> addresses() {
        return Combinators.combine(Arbitraries.of(NETWORKS), Arbitraries.of(0L, 1L, 2L, 127L, 128L, 254L, 255L))
                .as((network, host) -> IpPrefix.ofBits(false, network + host));
    }

    @Provide
    Arbitrary<List<Exemption>> exemptions() {
        Arbitrary<Integer> prefixes =
                Arbitraries.of(IntStream.rangeClosed(20, 32).boxed().toList());
        return Combinators.combine(addresses(), prefixes, Arbitraries.of(true, true, false))
                .as((base, prefix, exempt) -> new Exemption(base.around(prefix), exempt, "exempt"))
                .list()
                .ofMaxSize(4);
    }
}
