package org.decoymx.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.decoymx.ledger.LedgerFixtures.HERE;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.SenderScore;
import org.jspecify.annotations.Nullable;

class FamilyIndexProperties {
    private static final List<Node> NODES = List.of(HERE, LedgerFixtures.THERE, new Node("a@b"));

    /** Adds or replaces counts, or removes them. */
    record Step(SenderCounts counts, boolean remove) {}

    /** Two families with the same nodes. */
    private static final class Index {
        private final NodeNumbers numbers = new NodeNumbers();
        private final FamilyIndex v4 = new FamilyIndex(false, numbers);
        private final FamilyIndex v6 = new FamilyIndex(true, numbers);

        private FamilyIndex of(IpPrefix origin) {
            return origin.v6() ? v6 : v4;
        }

        private void apply(Step step) {
            IpPrefix origin = step.counts.origin();
            if (step.remove) {
                of(origin).remove(step.counts.node(), origin);
            } else {
                of(origin).put(step.counts);
            }
        }

        private @Nullable SenderCounts find(SenderCounts counts) {
            return of(counts.origin()).find(counts.node(), counts.origin());
        }

        private Stream<SenderCounts> stream() {
            return Stream.concat(v4.stream(), v6.stream());
        }
    }

    /** What the index replaces. */
    private static final class Model {
        private final Map<IpPrefix, Map<Node, SenderCounts>> counts = new HashMap<>();

        private void apply(Step step) {
            Map<Node, SenderCounts> ofOrigin = counts.computeIfAbsent(step.counts.origin(), origin -> new HashMap<>());
            if (step.remove) {
                ofOrigin.remove(step.counts.node());
            } else {
                ofOrigin.put(step.counts.node(), step.counts);
            }
            counts.values().removeIf(Map::isEmpty);
        }

        private Collection<SenderCounts> of(IpPrefix origin) {
            return counts.getOrDefault(origin, Map.of()).values();
        }

        private int countAddressesAround(IpPrefix origin) {
            return (int) counts.keySet().stream()
                    .filter(other -> other.v6() && other.isAddress() && other.high() == origin.high())
                    .count();
        }

        private List<SenderCounts> all() {
            return counts.values().stream()
                    .flatMap(ofOrigin -> ofOrigin.values().stream())
                    .toList();
        }
    }

    @Property
    void index_afterAnySteps_equalsMap(@ForAll("steps") @Size(max = 300) List<Step> steps) {
        Index index = new Index();
        Model model = new Model();
        for (Step step : steps) {
            index.apply(step);
            model.apply(step);
            IpPrefix origin = step.counts.origin();
            FamilyIndex family = index.of(origin);
            assertThat(index.find(step.counts)).isEqualTo(step.remove ? null : step.counts);
            assertThat(family.findAll(origin)).containsExactlyInAnyOrderElementsOf(model.of(origin));
            assertThat(family.contains(origin)).isEqualTo(!model.of(origin).isEmpty());
            if (origin.v6()) {
                int addresses = model.countAddressesAround(origin);
                assertThat(family.countAddressesAround(origin, 99)).isEqualTo(addresses);
                assertThat(family.countAddressesAround(origin, 2)).isEqualTo(Math.min(2, addresses));
            }
        }
        assertThat(index.stream()).containsExactlyInAnyOrderElementsOf(model.all());
        assertThat(index.v4.size() + index.v6.size()).isEqualTo(model.all().size());
        Map<Node, Integer> records = new HashMap<>();
        model.all().forEach(counts -> records.merge(counts.node(), 1, Integer::sum));
        assertThat(index.numbers.countRecords()).isEqualTo(records);
    }

    @Property
    void senders_withAnyMatchingCounts_areFoundOnce(@ForAll("steps") @Size(max = 100) List<Step> steps) {
        Index index = new Index();
        Model model = new Model();
        steps.forEach(index::apply);
        steps.forEach(model::apply);
        List<IpPrefix> found = new ArrayList<>();
        for (FamilyIndex family : List.of(index.v4, index.v6)) {
            family.forEachOrigin((node, v6, bits, lastSeen, listedUntil) -> lastSeen % 2 == 0, found::add);
        }
        assertThat(found)
                .containsExactlyInAnyOrderElementsOf(model.all().stream()
                        .filter(counts -> counts.lastSeen() % 2 == 0)
                        .map(SenderCounts::origin)
                        .collect(Collectors.toSet()));
    }

    @Property
    void counts_ofAnySize_areStored(@ForAll("counts") SenderCounts counts) {
        Index index = new Index();
        index.apply(new Step(counts, false));
        assertThat(index.find(counts)).isEqualTo(counts);
    }

    @Property
    void slots_releasedByOneNode_areReusedByAnother(@ForAll("steps") @Size(max = 50) List<Step> steps) {
        Index index = new Index();
        steps.forEach(step -> index.apply(new Step(step.counts.withNode(HERE), false)));
        int before = index.v4.size() + index.v6.size();
        assertThat(index.v4.slots() + index.v6.slots()).isEqualTo(before);
        steps.forEach(step -> index.apply(new Step(step.counts.withNode(HERE), true)));
        assertThat(index.stream()).isEmpty();
        steps.forEach(step -> index.apply(new Step(step.counts.withNode(LedgerFixtures.THERE), false)));
        assertThat(index.v4.slots() + index.v6.slots()).isEqualTo(before);
        assertThat(index.stream()).hasSize(before);
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
                                Arbitraries.longs().between(-15, 15))
                        .as((high, low) -> new IpPrefix(high, low, 128).hostNetwork()));
        Arbitrary<Long> number = Arbitraries.longs().between(0, 0xffff_ffffL);
        Arbitrary<SenderScore> score = Combinators.combine(
                        Arbitraries.integers().greaterOrEqual(0).map(steps -> steps / SenderScore.POINT_STEPS),
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
                        score,
                        Arbitraries.of(NODES))
                .as((sender, first, last, sessions, conversations, traits, senderScore, node) -> new SenderCounts(
                        node,
                        sender,
                        first,
                        last,
                        sessions,
                        conversations,
                        traits,
                        traits & 7,
                        senderScore,
                        first * last & 0xffff_ffff_ffffL));
    }
}
