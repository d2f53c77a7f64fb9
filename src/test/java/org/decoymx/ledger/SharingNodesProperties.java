package org.decoymx.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ManualDecision;
import org.decoymx.policy.Tier;
import org.decoymx.policy.VisitResult;
import org.decoymx.store.StorageException;

/**
 * Several ledgers that share their states: whatever is lost on the way, delayed, swapped, or comes twice, and whichever
 * ledgers restart or lose their disks, all come to know the same, as soon as each has got all states once.
 */
class SharingNodesProperties {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final int SENDERS = 8;
    private static final int ENVELOPES = 3;
    private static final List<VisitResult> RESULTS = List.of(VisitResult.values());
    private static final int MAX_ROUNDS = 10;

    /** Of this sender, nothing is decided and no retry comes. */
    private static final IpPrefix SPAMMER = LedgerFixtures.origin("11.0.0.99");

    @Property(tries = 15, shrinking = ShrinkingMode.OFF)
    void fewNodes_afterAnything_agree(@ForAll long seed) throws IOException, StorageException {
        try (World world = new World(seed, 4, state -> state)) {
            world.play(120);
            world.assertAgreement();
        }
    }

    @Example
    void hundredNodes_afterAnything_agree() throws IOException, StorageException {
        // with the second one, more than 64 nodes know of a sender, and only one has caught it again
        for (long seed : new long[] {1, -131_227_214}) {
            try (World world = new World(seed, 100, state -> state)) {
                world.play(300);
                world.assertAgreement();
            }
        }
    }

    @Example
    void nodes_withoutVersions_differ() throws IOException, StorageException {
        try (World world = new World(1, 4, SharingNodesProperties::withoutVersion)) {
            world.play(200);
            assertThat(world.settle()).isFalse();
        }
    }

    private static LedgerRecord withoutVersion(LedgerRecord state) {
        return new LedgerRecord(state.counts().withVersion(1), state.evidence(), state.trust(), null);
    }

    /** A number of nodes, and what is on the way between them. */
    private static final class World implements AutoCloseable {
        private final Random random;
        private final UnaryOperator<LedgerRecord> transport;
        private final List<SharingNode> nodes = new ArrayList<>();
        private final List<LedgerRecord> log = new ArrayList<>();
        private final Map<IpPrefix, ManualDecision> decisions = new HashMap<>();
        private final Map<SharingNode, List<LedgerRecord>> underway = new HashMap<>();
        private final Path dir = Files.createTempDirectory("nodes");
        private Instant now = START;

        World(long seed, int size, UnaryOperator<LedgerRecord> transport) throws IOException, StorageException {
            random = new Random(seed);
            this.transport = transport;
            for (int i = 0; i < size; i++) {
                SharingNode node = new SharingNode(() -> now, "mx" + i, Files.createDirectory(dir.resolve("mx" + i)));
                nodes.add(node);
                underway.put(node, new ArrayList<>());
            }
        }

        private List<LedgerRecord> inbox(SharingNode node) {
            return Objects.requireNonNull(underway.get(node));
        }

        private SharingNode anyNode() {
            return nodes.get(random.nextInt(nodes.size()));
        }

        void play(int steps) throws IOException, StorageException {
            for (int step = 0; step < steps; step++) {
                now = now.plusSeconds(random.nextInt(20) == 0 ? random.nextInt(40_000) : random.nextInt(3));
                play(anyNode(), random.nextInt(20));
            }
            SharingNode caughtBy = anyNode();
            caughtBy.catchMail(SPAMMER, 99, true);
            push(caughtBy);
        }

        private void play(SharingNode node, int kind) throws IOException, StorageException {
            IpPrefix origin = LedgerFixtures.origin("11.0.0." + random.nextInt(SENDERS));
            long envelope = origin.bits() * ENVELOPES + random.nextInt(ENVELOPES);
            switch (kind) {
                case 0, 1, 2, 3 -> node.catchMail(origin, envelope, random.nextInt(3) == 0);
                case 4, 5 -> node.visit(origin, envelope, RESULTS.get(random.nextInt(RESULTS.size())));
                case 6 -> decide(node, origin);
                case 7 -> node.mergeDecisions(decisions);
                case 8 -> restart(node);
                case 9 -> replaceDisk(node);
                case 10 -> sendLate(node);
                case 11, 12, 13, 14 -> push(node);
                default -> deliver(node);
            }
        }

        private void decide(SharingNode node, IpPrefix origin) throws StorageException {
            long at = now.getEpochSecond();
            Tier tier = random.nextBoolean() ? Tier.NONE : Tier.CONFIRMED;
            ManualDecision decision = new ManualDecision(tier, at, tier == Tier.NONE ? 0 : at + 100_000, "");
            share(origin, node.decide(origin, decision));
        }

        private void share(IpPrefix origin, ManualDecision decision) {
            decisions.merge(origin, decision, (known, made) -> {
                boolean later = made.at() > known.at()
                        || made.at() == known.at() && made.who().compareTo(known.who()) > 0;
                return later ? made : known;
            });
        }

        private void restart(SharingNode node) throws IOException, StorageException {
            node.killAndRestart();
        }

        /** Reads its own states back before it sends any, but may catch something meanwhile. */
        private void replaceDisk(SharingNode node) throws IOException, StorageException {
            node.wipe();
            if (random.nextBoolean()) {
                node.mergeDecisions(decisions);
                play(node, random.nextInt(6));
                node.commit();
            }
            node.restore(log);
            inbox(node).addAll(log);
        }

        /** A state that was sent long ago comes once more. */
        private void sendLate(SharingNode node) {
            if (!log.isEmpty()) {
                inbox(node).add(log.get(random.nextInt(log.size())));
            }
        }

        /** Sends what is committed; some of it is lost, and some comes twice. */
        private void push(SharingNode node) throws StorageException {
            node.commit();
            for (LedgerRecord state : node.takeCommitted()) {
                LedgerRecord sent = transport.apply(state);
                log.add(sent);
                for (SharingNode receiver : nodes) {
                    int copies = random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(2);
                    inbox(receiver).addAll(Collections.nCopies(copies, sent));
                }
            }
        }

        /** Some of what is underway arrives, in any order. */
        private void deliver(SharingNode node) throws StorageException {
            List<LedgerRecord> states = inbox(node);
            Collections.shuffle(states, random);
            List<LedgerRecord> arrived = states.subList(0, random.nextInt(states.size() + 1));
            node.merge(arrived);
            arrived.clear();
        }

        /** Each node sends all its states again, until there is nothing new; returns whether all know the same. */
        boolean settle() throws StorageException {
            for (SharingNode node : nodes) {
                node.mergeDecisions(decisions);
            }
            for (int round = 0; round < MAX_ROUNDS; round++) {
                now = now.plusSeconds(5);
                Collections.shuffle(log, random);
                List<LedgerRecord> all = new ArrayList<>(log.subList(0, log.size() / 10));
                for (SharingNode node : nodes) {
                    node.commit();
                    node.takeCommitted();
                    node.readOwn().stream().map(transport).forEach(all::add);
                }
                for (SharingNode node : nodes) {
                    Collections.shuffle(all, random);
                    node.merge(all);
                }
                if (haveSettled()) {
                    return true;
                }
            }
            return false;
        }

        private boolean haveSettled() throws StorageException {
            Set<Object> different = new HashSet<>();
            for (SharingNode node : nodes) {
                node.commit();
                different.add(node.known());
            }
            for (SharingNode node : nodes) {
                if (!node.takeCommitted().isEmpty()) {
                    return false;
                }
            }
            return different.size() == 1;
        }

        void assertAgreement() throws IOException, StorageException {
            boolean settled = settle();
            for (SharingNode node : nodes) {
                assertThat(node.known()).isEqualTo(nodes.get(0).known());
            }
            assertThat(settled).as("nothing new is found").isTrue();
            now = now.plusSeconds(5);
            Set<String> expected = nodes.get(0).listed();
            assertThat(expected).anyMatch(entry -> entry.startsWith(SPAMMER + " "));
            for (SharingNode node : nodes) {
                assertThat(node.published()).isEqualTo(expected);
            }
            SharingNode node = anyNode();
            Map<IpPrefix, Object> before = node.known();
            node.killAndRestart();
            assertThat(node.known()).isEqualTo(before);
        }

        @Override
        public void close() throws IOException {
            for (SharingNode node : nodes) {
                node.close();
            }
            Files.delete(dir);
        }
    }
}
