package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.jspecify.annotations.Nullable;

/** Compares the prefix map with a linear search: the longest prefix wins, of equal prefixes the negated one. */
class ExemptNetworksProperties {
    private static final int V4 = 32;
    private static final int V6 = 64;

    /** Only a few bits differ, so that networks overlap and contain origins. */
    @Provide
    Arbitrary<IpPrefix> origins() {
        return Combinators.combine(
                        Arbitraries.of(true, false),
                        Arbitraries.integers().between(0, 15),
                        Arbitraries.integers().between(0, 15))
                .as((v6, high, low) -> IpPrefix.ofBits(v6, (long) high << (v6 ? V6 : V4) - 4 | low));
    }

    @Provide
    Arbitrary<Exemption> exemptions() {
        return Combinators.combine(
                        origins(),
                        Arbitraries.frequencyOf(
                                Tuple.of(4, Arbitraries.integers().between(0, V4)),
                                Tuple.of(1, Arbitraries.integers().between(V4, V6))),
                        Arbitraries.of(true, true, false),
                        Arbitraries.of("a", "b", "c"))
                .as((base, prefix, exempt, name) ->
                        new Exemption(base.around(base.v6() ? prefix : Math.min(prefix, V4)), exempt, name));
    }

    @Provide
    Arbitrary<List<List<Exemption>>> sources() {
        return exemptions().list().ofMaxSize(20).list().ofMaxSize(4);
    }

    @Property(tries = 5_000)
    void findLongestMatch_anyNetworks_findsTheLongestPrefix(
            @ForAll("sources") List<List<Exemption>> sources, @ForAll("origins") IpPrefix origin) {
        assertThat(ExemptNetworks.combine(sources).findLongestMatch(origin)).isEqualTo(naive(sources, origin));
    }

    private static @Nullable Exemption naive(List<List<Exemption>> sources, IpPrefix origin) {
        List<Exemption> matches = sources.stream()
                .flatMap(List::stream)
                .filter(exemption -> exemption.network().contains(origin))
                .toList();
        Optional<Exemption> smallest = matches.stream()
                .max(Comparator.<Exemption>comparingInt(e -> e.network().prefixLength())
                        .thenComparing(e -> !e.exempt()));
        return smallest.flatMap(found -> matches.stream()
                        .filter(e -> e.network().equals(found.network()) && e.exempt() == found.exempt())
                        .findFirst())
                .orElse(null);
    }

    @Property
    void size_anyNetworks_countsDistinctNetworks(@ForAll("sources") List<List<Exemption>> sources) {
        assertThat(ExemptNetworks.combine(sources).size()).isEqualTo((int) sources.stream()
                .flatMap(List::stream)
                .map(Exemption::network)
                .distinct()
                .count());
    }

    @Property
    void network_printedAndParsed_isEqual(@ForAll("exemptions") Exemption exemption) {
        assertThat(IpText.parseNetwork(exemption.network().cidr())).isEqualTo(exemption.network());
    }

    /** Compares with the definition, bit by bit. */
    @Property
    void contains_anyOrigin_comparesThePrefixBits(
            @ForAll("exemptions") Exemption exemption, @ForAll("origins") IpPrefix origin) {
        IpPrefix network = exemption.network();
        int width = origin.v6() ? V6 : V4;
        boolean same = network.v6() == origin.v6()
                && IntStream.range(0, network.prefixLength())
                        .allMatch(i -> (network.bits() >>> width - 1 - i & 1) == (origin.bits() >>> width - 1 - i & 1));
        assertThat(network.contains(origin)).isEqualTo(same);
    }
}
