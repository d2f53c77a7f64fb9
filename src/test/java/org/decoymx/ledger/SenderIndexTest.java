package org.decoymx.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.decoymx.ledger.LedgerFixtures.HERE;
import static org.decoymx.ledger.LedgerFixtures.THERE;
import static org.decoymx.ledger.LedgerFixtures.origin;

import java.util.List;
import java.util.stream.IntStream;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ManualDecision;
import org.decoymx.policy.ManualDecisions;
import org.decoymx.policy.Sender;
import org.decoymx.policy.SenderScore;
import org.decoymx.policy.Tier;
import org.junit.jupiter.api.Test;

class SenderIndexTest {
    private static final int SENDERS = 200_000;
    private static final int ROUNDS = 30;
    private static final IpPrefix SENDER = origin("192.0.2.1");

    private final ManualDecisions decisions = new ManualDecisions();
    private final SenderIndex index = new SenderIndex(decisions);

    private static SenderCounts counts(Node node, IpPrefix origin, SenderScore score) {
        return new SenderCounts(node, origin, 1, 2, 3, 1, 0, 0, score, 7);
    }

    private static SenderScore score(double points, long scoredAt, long listedSince) {
        return new SenderScore(points, scoredAt, 1, listedSince, listedSince + 100, 0);
    }

    private List<SenderScore> scores() {
        return index.findSender(SENDER).orElseThrow().scores();
    }

    @Test
    void scores_areInTheOrderOfNodes_whateverCameFirst() {
        index.add(counts(new Node("b"), SENDER, score(2, 1, 1)));
        index.add(counts(new Node("a@c"), SENDER, score(1.5, 1, 1)));
        index.add(counts(new Node("a"), SENDER, score(1, 1, 1)));
        assertThat(scores()).extracting(SenderScore::points).containsExactly(1.0, 1.5, 2.0);
        Sender pending = index.combineWith(counts(new Node("a"), SENDER, score(3, 1, 1)));
        assertThat(pending.scores()).extracting(SenderScore::points).containsExactly(3.0, 1.5, 2.0);
        assertThat(pending.caughtBy()).isEqualTo(3);
    }

    @Test
    void nodesOfAnotherOrganization_countAsOneThatCaughtASender() {
        for (String node : List.of("a@friends", "b@friends", "a@others")) {
            index.add(counts(new Node(node), SENDER, SenderScore.NONE));
        }
        assertThat(index.findSender(SENDER).orElseThrow().caughtBy()).isEqualTo(2);
        index.add(counts(new Node("a"), SENDER, SenderScore.NONE));
        assertThat(index.findSender(SENDER).orElseThrow().caughtBy()).isEqualTo(3);
    }

    @Test
    void anotherOrganization_takesOnlyItsShareOfTheNodes() {
        List<LedgerRecord> records = IntStream.rangeClosed(0, NodeRoom.MAX_NODES_OF_ORGANIZATION)
                .mapToObj(i -> new Node("mx" + i + "@friends"))
                .map(node -> new LedgerRecord(counts(node, SENDER, SenderScore.NONE), null))
                .toList();
        index.update(index.selectNewer(records), List.of());
        assertThat(index.nodes()).hasSize(NodeRoom.MAX_NODES_OF_ORGANIZATION);
        for (String name : List.of("mx1@others", "mx1")) {
            LedgerRecord other = new LedgerRecord(counts(new Node(name), SENDER, SenderScore.NONE), null);
            assertThat(index.selectNewer(List.of(other))).containsExactly(other);
        }
        LedgerRecord last = records.get(records.size() - 1);
        assertThat(index.selectNewer(List.of(last))).isEmpty();
    }

    @Test
    void scores_ofForgottenSender_countFromThenOn() {
        index.add(counts(HERE, SENDER, score(1, 10, 10)));
        index.add(counts(THERE, SENDER, score(2, 21, 10)));
        index.add(counts(new Node("x"), SENDER, score(3, 10, 21)));
        decisions.load(SENDER, new ManualDecision(Tier.CONFIRMED, 20, 30, ""));
        assertThat(scores()).extracting(SenderScore::points).containsExactlyInAnyOrder(1.0, 2.0, 3.0);
        decisions.load(SENDER, new ManualDecision(Tier.NONE, 20, 0, ""));
        assertThat(scores()).extracting(SenderScore::points).containsExactlyInAnyOrder(0.0, 2.0, 3.0);
        decisions.load(SENDER, new ManualDecision(Tier.NONE, 21, 0, ""));
        assertThat(scores()).containsOnly(SenderScore.NONE);
    }

    @Test
    void counts_withVersion_areNewerByVersionOnly() {
        SenderCounts known = counts(HERE, SENDER, SenderScore.NONE);
        assertThat(known.isNewerThan(known)).isFalse();
        assertThat(new SenderCounts(HERE, SENDER, 1, 9, 9, 1, 0, 0, SenderScore.NONE, 7).isNewerThan(known))
                .isFalse();
        assertThat(new SenderCounts(HERE, SENDER, 1, 1, 1, 1, 0, 0, SenderScore.NONE, 8).isNewerThan(known))
                .isTrue();
        assertThat(known.isNewerThan(known.withVersion(0))).isTrue();
        assertThat(new SenderCounts(HERE, SENDER, 1, 9, 9, 1, 0, 0, SenderScore.NONE).isNewerThan(known))
                .isFalse();
    }

    /** The best of some rounds, so that other work of the machine does not count. */
    @Test
    void find_withFiveThousandNodes_takesAtMostTwiceAsLongAsWithOne() {
        SenderIndex ofOne = filled(1);
        SenderIndex ofMany = filled(5_000);
        long one = Long.MAX_VALUE;
        long many = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            one = Math.min(one, findNanos(ofOne, round));
            many = Math.min(many, findNanos(ofMany, round));
        }
        assertThat(ofMany.nodes()).hasSize(5_000);
        assertThat(many).isLessThanOrEqualTo(2 * one);
    }

    private static SenderIndex filled(int nodes) {
        SenderIndex filled = new SenderIndex();
        IntStream.range(0, SENDERS)
                .mapToObj(i -> counts(new Node("mx" + i % nodes), LargeLedgers.origin(i, SENDERS), SenderScore.NONE))
                .forEach(filled::add);
        return filled;
    }

    private static long findNanos(SenderIndex filled, int round) {
        long started = System.nanoTime();
        int found = 0;
        for (int i = round; i < SENDERS; i += ROUNDS) {
            found += filled.findSender(LargeLedgers.origin(i, SENDERS)).isPresent() ? 1 : 0;
        }
        long taken = System.nanoTime() - started;
        assertThat(found).isPositive();
        return taken;
    }
}
