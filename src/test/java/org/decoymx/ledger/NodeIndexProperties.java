package org.decoymx.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.decoymx.ledger.LedgerFixtures.HERE;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.SenderScore;

class NodeIndexProperties {

    /** Adds or replaces counts, or removes their origin. */
    record Step(SenderCounts counts, boolean remove) {}

    @Property
    void index_afterAnySteps_equalsMap(@ForAll("steps") @Size(max = 300) List<Step> steps) {
        NodeIndex index = index();
        Map<IpPrefix, SenderCounts> model = new HashMap<>();
        for (Step step : steps) {
            if (step.remove) {
                index.remove(step.counts.origin());
                model.remove(step.counts.origin());
            } else {
                index.put(step.counts);
                model.put(step.counts.origin(), step.counts);
            }
            assertThat(index.find(step.counts.origin())).isEqualTo(model.get(step.counts.origin()));
            assertThat(index.countAddressesAround(step.counts.origin()))
                    .isEqualTo(countAddressesAround(model.keySet(), step.counts.origin()));
        }
        assertThat(index.size()).isEqualTo(model.size());
        assertThat(index.stream()).containsExactlyInAnyOrderElementsOf(model.values());
    }

    private static int countAddressesAround(Set<IpPrefix> origins, IpPrefix origin) {
        return (int) origins.stream()
                .filter(other -> other.v6() && other.isAddress() && other.high() == origin.high())
                .count();
    }

    private static NodeIndex index() {
        return new NodeIndex(HERE, new PackedCountsArray(false), new PackedCountsArray(true));
    }

    @Property
    void counts_ofAnySize_areStored(@ForAll("counts") SenderCounts counts) {
        NodeIndex index = index();
        index.put(counts);
        assertThat(index.find(counts.origin())).isEqualTo(counts);
    }

    @Property
    void slots_releasedByOneNode_areReusedByAnother(@ForAll("steps") @Size(max = 50) List<Step> steps) {
        PackedCountsArray v4Counts = new PackedCountsArray(false);
        PackedCountsArray v6Counts = new PackedCountsArray(true);
        NodeIndex one = new NodeIndex(HERE, v4Counts, v6Counts);
        NodeIndex other = new NodeIndex(LedgerFixtures.THERE, v4Counts, v6Counts);
        steps.forEach(step -> one.put(step.counts));
        int before = one.size();
        steps.forEach(step -> one.remove(step.counts.origin()));
        steps.forEach(step -> other.put(step.counts.withNode(LedgerFixtures.THERE)));
        assertThat(v4Counts.allocate() + v6Counts.allocate()).isEqualTo(before);
        assertThat(one.size()).isZero();
        assertThat(other.stream()).hasSize(before);
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return Combinators.combine(counts(), Arbitraries.of(true, false, false))
                .as(Step::new)
                .list();
    }

    @Provide
    Arbitrary<SenderCounts> counts() {
        Arbitrary<IpPrefix> origin = Arbitraries.oneOf(
                Arbitraries.longs()
                        .between(0, 20)
                        .map(bits -> IpPrefix.ofBits(false, 0xffff_fff0L + bits & 0xffff_ffffL)),
                Arbitraries.longs().between(-2, 2).map(bits -> IpPrefix.ofBits(true, bits)),
                Combinators.combine(
                                Arbitraries.longs().between(-2, 2),
                                Arbitraries.longs().between(-3, 3))
                        .as((high, low) -> new IpPrefix(high, low, 128).hostNetwork()));
        Arbitrary<Long> number = Arbitraries.longs().between(0, 0xffff_ffffL);
        Arbitrary<SenderScore> score = Combinators.combine(
                        Arbitraries.floats().between(0, 1e6f),
                        number,
                        Arbitraries.integers().greaterOrEqual(0),
                        number,
                        number)
                .as((points, at, offences, since, until) ->
                        new SenderScore(points, at, offences, since, until, (int) (until * 31)));
        return Combinators.combine(
                        origin,
                        number,
                        number,
                        number,
                        number,
                        Arbitraries.integers().between(0, 0x1fff),
                        score)
                .as((sender, first, last, sessions, conversations, traits, senderScore) -> new SenderCounts(
                        HERE, sender, first, last, sessions, conversations, traits, traits & 7, senderScore));
    }
}
