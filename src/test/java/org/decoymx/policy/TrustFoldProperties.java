package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What several nodes know of one sender, whatever order and delay their states arrive with. */
class TrustFoldProperties {
    private static final long T = 1_767_225_600L;
    private static final TrustSettings SETTINGS = TrustSettings.DEFAULTS;
    private static final int NODES = 3;

    private static final TrustRules RULES = new TrustRules(SETTINGS);

    /** One node, with the latest states of the others that have arrived. */
    private static final class SharingNode {
        private TrustState own = TrustState.UNKNOWN;
        private long version;
        private final Map<Integer, TrustState> others = new HashMap<>();
        private final Map<Integer, Long> versions = new HashMap<>();

        TrustFold fold() {
            return new TrustFold(states(), SETTINGS, null);
        }

        private List<TrustState> states() {
            List<TrustState> states = new ArrayList<>(List.of(own));
            states.addAll(others.values());
            return states;
        }

        /** As if further nodes knew the same. */
        TrustState allTwice() {
            List<TrustState> states = states();
            states.addAll(states());
            return new TrustFold(states, SETTINGS, null).all();
        }

        TrustState all() {
            return fold().all();
        }

        void apply(NodeStep step, long at) {
            TrustState before = all();
            replace(TrustFold.adopt(own, before, step.step().applyTo(RULES, before, at), at, SETTINGS));
        }

        /** Also what takes back. */
        void applyAny(NodeStep step, long at) {
            TrustState before = all();
            switch ((int) Math.floorMod(step.seed(), 12L)) {
                case 0 -> release(at);
                case 1 -> replace(TrustFold.excuse(own, before, before.listing().since(), RULES));
                case 2 -> replace(TrustFold.excuse(own, before, before.firstCaughtAt(), RULES));
                case 3 -> replace(TrustFold.adopt(own, before, RULES.takeBackSince(before, at - 3_600), at, SETTINGS));
                default -> apply(step, at);
            }
        }

        void release(long at) {
            replace(own.released(at));
        }

        private void replace(TrustState changed) {
            if (!changed.equals(own)) {
                own = changed;
                version++;
            }
        }

        void receive(int node, TrustState state, long sentVersion) {
            if (sentVersion > versions.getOrDefault(node, 0L)) {
                versions.put(node, sentVersion);
                others.put(node, state);
                if (!own.isUnknown()) {
                    replace(fold().applyTo(own));
                }
            }
        }
    }

    /** A state on its way. */
    private record Message(int from, int to, TrustState state, long version) {}

    /** A step at one of the nodes, after which some of the messages arrive. */
    record NodeStep(int node, TrustStep step, int arriving, long seed) {}

    private static List<SharingNode> nodes() {
        List<SharingNode> nodes = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            nodes.add(new SharingNode());
        }
        return nodes;
    }

    private static void exchange(List<SharingNode> nodes) {
        boolean changed = true;
        for (int round = 0; changed; round++) {
            assertThat(round).as("rounds until nothing changes").isLessThan(6);
            changed = false;
            for (int from = 0; from < NODES; from++) {
                for (int to = 0; to < NODES; to++) {
                    SharingNode sender = nodes.get(from);
                    if (to != from && nodes.get(to).versions.getOrDefault(from, 0L) < sender.version) {
                        nodes.get(to).receive(from, sender.own, sender.version);
                        changed = true;
                    }
                }
            }
        }
    }

    private static EnvelopeMemory stored(EnvelopeMemory memory) {
        return new EnvelopeMemory(memory.entries().stream()
                .map(envelope -> envelope.without(RememberedEnvelope.ELSEWHERE))
                .toList());
    }

    /** Without what depends on which node looks. */
    private static TrustState stored(TrustState state) {
        return state.withCaught(stored(state.caught())).withDeferred(stored(state.deferred()));
    }

    @Property
    void states_anyOrderAndDelay_endInOne(@ForAll("nodeSteps") List<NodeStep> steps) {
        List<SharingNode> nodes = nodes();
        List<Message> open = new ArrayList<>();
        List<Message> sent = new ArrayList<>();
        long at = T;
        for (NodeStep step : steps) {
            at += step.step().after();
            SharingNode node = nodes.get(step.node());
            long before = node.version;
            node.applyAny(step, at);
            if (node.version > before) {
                for (int to = 0; to < NODES; to++) {
                    if (to != step.node()) {
                        open.add(new Message(step.node(), to, node.own, node.version));
                    }
                }
            }
            sent.addAll(open);
            Collections.shuffle(open, new Random(step.seed()));
            for (Message message : open.subList(0, Math.min(open.size(), step.arriving()))) {
                nodes.get(message.to()).receive(message.from(), message.state(), message.version());
            }
            if (step.seed() % 2 == 0) {
                // else they arrive again later, or are lost
                open.subList(0, Math.min(open.size(), step.arriving())).clear();
            }
        }
        exchange(nodes);
        // late retries
        sent.forEach(message -> nodes.get(message.to()).receive(message.from(), message.state(), message.version()));
        TrustState all = stored(nodes.get(0).all());
        for (SharingNode node : nodes) {
            assertThat(stored(node.all())).isEqualTo(all);
            assertThat(node.allTwice()).isEqualTo(node.all());
        }
    }

    @Property
    void clearing_anyNode_clearsAtAll(@ForAll("nodeSteps") List<NodeStep> steps) {
        List<SharingNode> nodes = nodes();
        long at = T;
        for (NodeStep step : steps) {
            at += step.step().after();
            SharingNode node = nodes.get(step.node());
            RetryProof before = node.all().proof();
            node.apply(step, at);
            boolean cleared = node.all().proof().clearedUntil() > Math.max(at, before.clearedUntil());
            if (step.arriving() > 0 || cleared) {
                exchange(nodes);
            }
            if (cleared) {
                for (SharingNode each : nodes) {
                    assertThat(each.all().tierAt(at)).isEqualTo(Tier.CLEARED);
                    assertThat(each.all().listing().tierAt(at)).isEqualTo(Tier.NONE);
                }
            }
        }
    }

    @Property
    void release_anyNode_endsWhatBeganBeforeAtAll(@ForAll("nodeSteps") List<NodeStep> steps) {
        List<SharingNode> nodes = nodes();
        long at = T;
        for (NodeStep step : steps) {
            at += step.step().after();
            SharingNode node = nodes.get(step.node());
            node.apply(step, at);
            if (step.seed() % 5 == 0) {
                node.release(at);
                exchange(nodes);
                for (SharingNode each : nodes) {
                    assertThat(each.all().tierAt(at).isListed()).isFalse();
                    boolean cleared = each.all().tierAt(at) == Tier.CLEARED;
                    assertThat(cleared || each.all().firstCaughtAt() == 0).isTrue();
                    assertThat(cleared || each.all().caught().entries().isEmpty())
                            .isTrue();
                }
            }
        }
    }

    @Property
    void queueShownAnywhere_nobodyConfirmsForLong(@ForAll("nodeSteps") List<NodeStep> steps) {
        List<SharingNode> nodes = nodes();
        long at = T;
        for (NodeStep step : steps) {
            at += step.step().after();
            exchange(nodes);
            SharingNode node = nodes.get(step.node());
            TrustState before = node.all();
            long since = before.proof().lastReturnAt();
            long now = at;
            long abandoned = before.caught().entries().stream()
                    .filter(e -> e.firstAt() > since && SETTINGS.isAbandoned(e, now, ReportCoverage.COMPLETE))
                    .count();
            node.apply(step, at);
            boolean broken = abandoned >= 3 && at >= since + NaiveTrust.DAY;
            if (at < before.proof().queueUntil() && !broken && before.tierAt(at) != Tier.CONFIRMED) {
                exchange(nodes);
                for (SharingNode each : nodes) {
                    assertThat(each.all().tierAt(at)).isNotEqualTo(Tier.CONFIRMED);
                }
            }
        }
    }

    @Property
    void queueThatRetriesAtAnyPrimary_isNeverRejected(
            @ForAll("nodeSteps") List<NodeStep> noise, @ForAll("nodeSteps") List<NodeStep> attempts) {
        List<SharingNode> nodes = nodes();
        long at = T;
        for (NodeStep step : noise) {
            at += step.step().after();
            if (step.step().isCatch()) {
                nodes.get(step.node()).apply(step, at);
            }
            if (step.arriving() > 0) {
                exchange(nodes);
            }
        }
        long envelope = 100;
        for (NodeStep attempt : attempts) {
            exchange(nodes);
            at += 300 + Math.floorMod(attempt.seed(), 17_000L);
            SharingNode node = nodes.get(attempt.node());
            EnvelopeVisit visit = new EnvelopeVisit(
                    at, envelope, false, VisitResult.ASKED, false, ReportCoverage.COMPLETE, false, false);
            TrustState before = node.all();
            VisitOutcome outcome = RULES.recordVisit(before, visit);
            node.replace(TrustFold.adopt(node.own, before, outcome.state(), at, SETTINGS));
            assertThat(outcome.verdict()).isNotEqualTo(VisitVerdict.REJECT);
            if (outcome.verdict() == VisitVerdict.DUNNO) {
                envelope++;
            }
        }
    }

    @Provide
    Arbitrary<List<NodeStep>> nodeSteps() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, NODES - 1),
                        TrustStep.arbitrary(6),
                        Arbitraries.integers().between(0, 4),
                        Arbitraries.longs())
                .as(NodeStep::new)
                .list()
                .ofMaxSize(40);
    }
}
