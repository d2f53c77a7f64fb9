package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.decoymx.ledger.Origin;

/** Networks overlap when one has the other's first origin. */
class SpansProperties {

    private static boolean overlap(Network one, Network other) {
        return one.contains(other.base()) || other.contains(one.base());
    }

    @Property
    void overlaps_v4(@ForAll("v4s") List<Network> networks, @ForAll("v4") Network network) {
        assertThat(Spans.of(networks.stream()).overlaps(network))
                .isEqualTo(networks.stream().anyMatch(one -> overlap(one, network)));
    }

    @Property
    void overlaps_v6(@ForAll("v6s") List<Network> networks, @ForAll("v6") Network network) {
        assertThat(Spans.of(networks.stream()).overlaps(network))
                .isEqualTo(networks.stream().anyMatch(one -> overlap(one, network)));
    }

    @Provide
    Arbitrary<List<Network>> v4s() {
        return v4().list().ofMaxSize(8);
    }

    @Provide
    Arbitrary<List<Network>> v6s() {
        return v6().list().ofMaxSize(8);
    }

    @Provide
    Arbitrary<Network> v4() {
        Arbitrary<Long> bits = Combinators.combine(
                        Arbitraries.of(0L, 0x7fff_ff00L, 0x8000_0000L, 0xc000_0200L, 0xffff_ff00L),
                        Arbitraries.longs().between(0, 255))
                .as(Long::sum);
        return Combinators.combine(bits, Arbitraries.integers().between(0, 32))
                .as((one, prefix) -> new Network(new Origin(false, one), prefix));
    }

    @Provide
    Arbitrary<Network> v6() {
        Arbitrary<Long> bits = Combinators.combine(
                        Arbitraries.of(0L, 0x7fff_ffff_ffff_ff00L, Long.MIN_VALUE, 0x2001_0db8_0000_0000L, -256L),
                        Arbitraries.longs().between(0, 255))
                .as(Long::sum);
        return Combinators.combine(bits, Arbitraries.integers().between(0, 64))
                .as((one, prefix) -> new Network(new Origin(true, one), prefix));
    }
}
