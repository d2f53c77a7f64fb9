package org.decoymx.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.decoymx.ledger.LedgerFixtures.HERE;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

class NodeIndexProperties {

    /** A step: a tally is put, or its origin removed. */
    record Step(SenderCounts tally, boolean remove) {}

    @Property
    void tallies_afterAnySteps_areAsInAMap(@ForAll("steps") @Size(max = 300) List<Step> steps) {
        NodeIndex tallies = new NodeIndex(HERE, new PackedCountsArray());
        Map<Origin, SenderCounts> model = new HashMap<>();
        for (Step step : steps) {
            if (step.remove) {
                tallies.remove(step.tally.origin());
                model.remove(step.tally.origin());
            } else {
                tallies.put(step.tally);
                model.put(step.tally.origin(), step.tally);
            }
            assertThat(tallies.find(step.tally.origin())).isEqualTo(model.get(step.tally.origin()));
        }
        assertThat(tallies.size()).isEqualTo(model.size());
        assertThat(tallies.stream()).containsExactlyInAnyOrderElementsOf(model.values());
    }

    @Property
    void numbers_ofEverySize_areKept(@ForAll("tally") SenderCounts tally) {
        NodeIndex tallies = new NodeIndex(HERE, new PackedCountsArray());
        tallies.put(tally);
        assertThat(tallies.find(tally.origin())).isEqualTo(tally);
    }

    @Property
    void slots_givenBackByOneNode_areTakenByAnother(@ForAll("steps") @Size(max = 50) List<Step> steps) {
        PackedCountsArray slots = new PackedCountsArray();
        NodeIndex one = new NodeIndex(HERE, slots);
        NodeIndex other = new NodeIndex(LedgerFixtures.THERE, slots);
        steps.forEach(step -> one.put(step.tally));
        int before = one.size();
        steps.forEach(step -> one.remove(step.tally.origin()));
        steps.forEach(step -> other.put(step.tally.withNode(LedgerFixtures.THERE)));
        assertThat(slots.allocate()).isEqualTo(before);
        assertThat(one.size()).isZero();
        assertThat(other.stream()).hasSize(before);
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return Combinators.combine(tally(), Arbitraries.of(true, false, false))
                .as(Step::new)
                .list();
    }

    @Provide
    Arbitrary<SenderCounts> tally() {
        Arbitrary<Origin> origin = Arbitraries.oneOf(
                Arbitraries.longs().between(0, 20).map(bits -> new Origin(false, 0xffff_fff0L + bits & 0xffff_ffffL)),
                Arbitraries.longs().between(-10, 10).map(bits -> new Origin(true, bits)));
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
                .as((who, first, last, sessions, conversations, traits, made) ->
                        new SenderCounts(HERE, who, first, last, sessions, conversations, traits, traits & 7, made));
    }
}
