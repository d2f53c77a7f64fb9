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
import org.decoymx.blocklist.Listing.Entry;
import org.decoymx.ledger.Origin;
import org.decoymx.policy.Exempt;
import org.decoymx.policy.Exemption;
import org.decoymx.policy.Mode;
import org.decoymx.policy.Network;

/** Whoever is listed and exempt: each listed address is covered by one entry, and no exempt one by any. */
class WideningProperties {
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");
    private static final long NOW = T.getEpochSecond();
    private static final List<Long> NETWORKS =
            List.of(0L, 0x7fff_ff00L, 0x8000_0000L, 0xc000_0100L, 0xc000_0200L, 0xffff_ff00L);

    private static Network covered(Entry entry) {
        return new Network(entry.origin(), entry.prefix());
    }

    private static LongStream addresses(Entry entry) {
        return LongStream.range(entry.bits(), entry.bits() + (1L << (32 - entry.prefix())));
    }

    private static Listing listing(Map<Origin, Long> hosts, int widenAt, Exempt exempt) {
        Publisher publisher = Publishers.of(Mode.ENFORCE, widenAt, exempt, T);
        publisher.judge(
                hosts.entrySet().stream()
                        .map(host -> Publishers.sender(host.getKey(), NOW, NOW + host.getValue()))
                        .toList(),
                T);
        publisher.publish(T.plusSeconds(1));
        return publisher.current();
    }

    private static Exempt exempt(List<Exemption> exemptions) {
        Exempt exempt = new Exempt();
        exempt.put("test", exemptions);
        return exempt;
    }

    @Property
    void listed_areCoveredOnce_andTheExemptNever(
            @ForAll("hosts") Map<Origin, Long> hosts,
            @ForAll("exemptions") List<Exemption> exemptions,
            @ForAll @IntRange(max = 4) int widenAt) {
        Listing alone = listing(hosts, 0, exempt(exemptions));
        Listing listing = listing(hosts, widenAt, exempt(exemptions));
        List<Network> covered = new ArrayList<>();
        listing.forEach(entry -> covered.add(covered(entry)));
        for (Entry host : alone) {
            assertThat(covered)
                    .filteredOn(network -> network.contains(host.origin()))
                    .hasSize(1);
            assertThat(listing.find(host.origin()).map(WideningProperties::covered))
                    .hasValueSatisfying(network -> assertThat(covered).contains(network));
        }
        Set<Long> seen = new TreeSet<>();
        for (Entry entry : listing) {
            assertThat(addresses(entry).allMatch(seen::add)).as("no overlap").isTrue();
            assertThat(addresses(entry).mapToObj(bits -> new Origin(false, bits)))
                    .noneMatch(origin -> isExempt(exemptions, origin));
        }
    }

    private static boolean isExempt(List<Exemption> exemptions, Origin origin) {
        Publisher asked = Publishers.of(Mode.ENFORCE, 0, exempt(exemptions), T);
        asked.judge(List.of(Publishers.sender(origin, NOW, NOW + 10)), T);
        asked.publish(T.plusSeconds(1));
        return asked.current().size() == 0;
    }

    @Property
    void networks_thatMayBe_areListedFromTheFirstMoment_toTheLast_thatEnoughWere(
            @ForAll("hosts") Map<Origin, Long> hosts, @ForAll @IntRange(min = 1, max = 4) int widenAt) {
        Map<Long, List<Long>> ends = hosts.entrySet().stream()
                .collect(Collectors.groupingBy(
                        host -> host.getKey().bits() >> 8,
                        TreeMap::new,
                        Collectors.mapping(Map.Entry::getValue, Collectors.toList())));
        List<String> expected = new ArrayList<>();
        ends.forEach((network, untils) -> {
            if (untils.size() >= widenAt) {
                long until = untils.stream()
                        .sorted()
                        .skip(untils.size() - widenAt)
                        .findFirst()
                        .orElseThrow();
                expected.add(new Origin(false, network << 8) + "/24 " + until);
            } else {
                hosts.forEach((host, until) -> {
                    if (host.bits() >> 8 == network) {
                        expected.add(host + " " + until);
                    }
                });
            }
        });
        List<String> listed = new ArrayList<>();
        listing(hosts, widenAt, new Exempt()).forEach(entry -> listed.add(entry.text() + " " + (entry.until() - NOW)));
        assertThat(listed).isEqualTo(expected);
    }

    @Provide
    Arbitrary<Map<Origin, Long>> hosts() {
        return Arbitraries.maps(addresses(), Arbitraries.longs().between(2, 100))
                .ofMaxSize(25)
                .map(TreeMap::new);
    }

    private static Arbitrary<Origin> addresses() {
        return Combinators.combine(Arbitraries.of(NETWORKS), Arbitraries.of(0L, 1L, 2L, 127L, 128L, 254L, 255L))
                .as((network, host) -> new Origin(false, network + host));
    }

    @Provide
    Arbitrary<List<Exemption>> exemptions() {
        Arbitrary<Integer> prefixes =
                Arbitraries.of(IntStream.rangeClosed(20, 32).boxed().toList());
        return Combinators.combine(addresses(), prefixes, Arbitraries.of(true, true, false))
                .as((base, prefix, exempt) -> new Exemption(new Network(base, prefix), exempt, "exempt"))
                .list()
                .ofMaxSize(4);
    }
}
