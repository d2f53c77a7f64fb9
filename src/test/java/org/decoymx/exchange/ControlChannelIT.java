package org.decoymx.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.decoymx.it.KafkaBroker;
import org.decoymx.ledger.LedgerRecord;
import org.decoymx.ledger.Node;
import org.decoymx.ledger.SenderCounts;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ManualDecision;
import org.decoymx.policy.SenderScore;
import org.decoymx.policy.Tier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The topics, and what is read of them, at a real broker. */
class ControlChannelIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration RETENTION = Duration.ofDays(90);
    private static final IpPrefix SENDER = IpPrefix.ofBits(false, 0xc0000201L);
    private static final long T = 1_700_000_000;

    private static KafkaBroker broker;
    private static ExchangeClients clients;
    private static int prefixes;

    private final Topics topics = new Topics("test" + ++prefixes, RETENTION);
    private final List<Member> members = new ArrayList<>();

    @BeforeAll
    static void startBroker() {
        broker = KafkaBroker.start();
        clients = new ExchangeClients(List.of(broker.address()), "test", Optional.empty());
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @AfterEach
    void stopMembers() throws InterruptedException {
        for (Member member : members) {
            member.thread.interrupt();
            member.thread.join();
        }
    }

    /** A node that takes part in the control topic. */
    private final class Member {
        final LedgerOfDecisions ledger;
        final ClockOffset offset = new ClockOffset();
        final KnownNodes nodes;
        final Claims claims;
        final PoisonCount poison = new PoisonCount();
        final ControlChannel channel;
        final Thread thread;
        volatile @Nullable Exception problem;

        Member(String name, Clock clock) {
            ledger = new LedgerOfDecisions(name);
            nodes = new KnownNodes(name, () -> "0123456789abcdef");
            claims = new Claims(name, ExchangeRole.BOTH, () -> "0123456789abcdef", offset, clock, Clock.systemUTC());
            channel = new ControlChannel(
                    clients,
                    topics.control(),
                    this::topicId,
                    List.of(
                            nodes,
                            claims,
                            new Heartbeats(claims, nodes, () -> Duration.ZERO, offset, clock, Clock.systemUTC()),
                            new SharedDecisions(ledger, offset, claims::isOwner, Clock.systemUTC())),
                    poison);
            thread = new Thread(this::work);
            thread.start();
            members.add(this);
        }

        private @Nullable String topicId() {
            try (Admin admin = clients.admin("ids")) {
                return Optional.ofNullable(
                                Topics.find(admin, List.of(topics.control())).get(topics.control()))
                        .map(Topics.TopicInfo::id)
                        .orElse(null);
            } catch (ExchangeException e) {
                throw new IllegalStateException(e);
            }
        }

        private void work() {
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    channel.run(() -> problem = null);
                } catch (Exception e) {
                    problem = e;
                }
            }
        }

        void awaitDecision(ManualDecision decision) {
            await().atMost(LIMIT).untilAsserted(() -> assertThat(ledger.known)
                    .as(() -> "problem: " + problem)
                    .containsEntry(SENDER, decision));
        }

        void awaitName() {
            await().atMost(LIMIT).untilAsserted(() -> assertThat(claims.isOwner())
                    .as(() -> "problem: " + problem)
                    .isTrue());
        }
    }

    private void createTopics() throws ExchangeException {
        try (Admin admin = clients.admin("create")) {
            create(admin);
        }
    }

    /** Creates the topics, and waits until the broker tells of them. */
    private void create(Admin admin) throws ExchangeException {
        topics.create(admin, 1);
        List<String> names = List.of(topics.senders(), topics.control(), topics.witnesses());
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(Topics.find(admin, names)).hasSize(names.size()));
    }

    private static ManualDecision forgotten(long at, String who) {
        return new ManualDecision(Tier.NONE, at, 0, "", who);
    }

    @Test
    void topics_areCreatedOnce_andChecked() throws Exception {
        try (Admin admin = clients.admin("create")) {
            create(admin);
            topics.create(admin, 1);
            Map<String, Topics.TopicInfo> found =
                    Topics.find(admin, List.of(topics.senders(), topics.control(), topics.witnesses(), "other"));
            assertThat(found).containsOnlyKeys(topics.senders(), topics.control(), topics.witnesses());
            assertThat(Objects.requireNonNull(found.get(topics.senders())).partitions())
                    .isEqualTo(64);
            assertThat(topics.check(admin)).isEmpty();
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.TOPIC, topics.senders()),
                            List.of(
                                    set("cleanup.policy", "delete"),
                                    set("retention.ms", "604800000"),
                                    set("message.timestamp.type", "CreateTime"))))
                    .all()
                    .get(1, TimeUnit.MINUTES);
            String topic = "topic " + topics.senders() + ": ";
            await().atMost(LIMIT).untilAsserted(() -> assertThat(topics.check(admin))
                    .containsExactly(
                            topic + "cleanup.policy is delete (must be compact,delete)",
                            topic + "message.timestamp.type is CreateTime (must be LogAppendTime)",
                            topic + "retention.ms is 604800000 (must be at least 7862400000)"));
            assertThatCorrectionIsNoticed(admin);
            assertThatThrownBy(() -> new Topics("missing", RETENTION).create(admin, 3))
                    .hasMessage("topic missing.control is missing, and is not created because 1 brokers are up"
                            + " (decoy.exchange.servers names 3)");
        }
    }

    /** Without waiting for the next check. */
    private void assertThatCorrectionIsNoticed(Admin admin) throws Exception {
        TopicChecks checks = new TopicChecks(topics, Clock.systemUTC(), Clock.systemUTC());
        SenderTopic read = new SenderTopic(topics.senders(), "", new ClockOffset());
        Topics.update(admin, List.of(read));
        checks.run(admin, List.of(read));
        assertThat(checks.failures()).singleElement().satisfies(failure -> assertThat(failure.reason())
                .contains("cleanup.policy is delete"));
        admin.incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.TOPIC, topics.senders()),
                        List.of(
                                set("cleanup.policy", "compact,delete"),
                                set("retention.ms", "7862400000"),
                                set("message.timestamp.type", "LogAppendTime"))))
                .all()
                .get(1, TimeUnit.MINUTES);
        await().atMost(LIMIT).untilAsserted(() -> {
            checks.run(admin, List.of(read));
            assertThat(checks.failures()).isEmpty();
        });
        assertThatMissingPartitionIsNoticed(admin, read);
    }

    /** As is one whose broker does not answer. */
    private void assertThatMissingPartitionIsNoticed(Admin admin, SenderTopic read) throws Exception {
        Topics.TopicInfo found = read.info();
        read.update(new Topics.TopicInfo(found.id(), found.partitions() + 1, found.replicas()));
        TopicChecks checks = new TopicChecks(topics, Clock.systemUTC(), Clock.systemUTC());
        checks.run(admin, List.of(read));
        assertThat(checks.failures()).singleElement().satisfies(failure -> assertThat(failure.reason())
                .startsWith("cannot read partition " + topics.senders() + "-" + found.partitions()));
        read.update(found);
        checks.run(admin, List.of(read));
        assertThat(checks.failures()).isEmpty();
    }

    @Test
    void reportsOfOthers_areKnown_upToWhatIsRead_andAllWereHeard() throws Exception {
        createTopics();
        SenderTopic topic = new SenderTopic(topics.witnesses(), "", new ClockOffset());
        Map<TopicPartition, Long> asked = new HashMap<>();
        List<Instant> known = new ArrayList<>();
        AtomicReference<Optional<Instant>> heard = new AtomicReference<>(Optional.empty());
        AtomicBoolean isRead = new AtomicBoolean();
        WitnessProgress progress = new WitnessProgress(
                topic,
                ends -> {
                    asked.putAll(ends);
                    return isRead.get();
                },
                heard::get,
                known::add,
                Clock.systemUTC());
        try (Admin admin = clients.admin("progress");
                Producer<byte[], byte[]> producer = clients.producer("progress")) {
            Topics.update(admin, List.of(topic));
            producer.send(new ProducerRecord<>(topics.witnesses(), 1, new byte[1], new byte[1]))
                    .get(1, TimeUnit.MINUTES);
            Instant before = Instant.now();
            progress.run(admin);
            progress.run(admin);
            assertThat(asked).hasSize(4).containsEntry(new TopicPartition(topics.witnesses(), 1), 1L);
            isRead.set(true);
            progress.run(admin);
            assertThat(known).as("nothing was heard").isEmpty();
            heard.set(Optional.of(Instant.MAX));
            progress.run(admin);
            assertThat(known)
                    .as("nothing was heard before the ends were asked for")
                    .isEmpty();
            progress.run(admin);
            assertThat(known).singleElement().satisfies(until -> assertThat(until)
                    .isBetween(before, Instant.now()));
            heard.set(Optional.of(before));
            progress.run(admin);
            progress.run(admin);
            assertThat(known).hasSize(3).endsWith(before);
        }
    }

    /** Until all is merged, the ledger knows which of its own states were pushed: that is lost with the loss. */
    @Test
    void lostStates_areMergedOnce_beforeAllIsPushedAgain() throws Exception {
        createTopics();
        LedgerOfDecisions ledger = new LedgerOfDecisions("a");
        SenderTopic topic = new SenderTopic(topics.senders(), "", new ClockOffset());
        IpPrefix other = IpPrefix.ofBits(false, 0xc0000202L);
        try (Admin admin = clients.admin("restore");
                Producer<byte[], byte[]> producer = clients.producer("restore")) {
            Topics.update(admin, List.of(topic));
            TopicPartition partition = topic.partitionOf(ledger.ownNode(), topic.info());
            for (LedgerRecord state : List.of(
                    state("a", SENDER, 1), state("a", other, 2), state("b", SENDER, 9), state("a", SENDER, 3))) {
                byte[] key = new StateKey(state.node(), state.origin()).encode();
                producer.send(new ProducerRecord<>(
                                partition.topic(), partition.partition(), key, new StateCodec(true).encode(state)))
                        .get(1, TimeUnit.MINUTES);
            }
        }
        DroppedNodes dropped = new DroppedNodes(ledger, () -> {}, node -> {}, Clock.systemUTC());
        StateRecords records = new StateRecords(topic, new ClockOffset(), dropped, new PoisonCount());
        new OwnStates(ledger, topic, records, clients, ExchangeRole.BOTH, () -> ledger.calls.add("loss"))
                .restore(topic.info());
        assertThat(ledger.calls)
                .containsExactly("merge 192.0.2.2 2", "merge 192.0.2.1 3", "restored", "loss", "position 0", "skip");
    }

    private static LedgerRecord state(String node, IpPrefix origin, long version) {
        SenderCounts counts = new SenderCounts(new Node(node), origin, T, T, 1, 1, 0, 0, SenderScore.NONE, version);
        return new LedgerRecord(counts, null, null, null);
    }

    private static AlterConfigOp set(String key, String value) {
        return new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET);
    }

    @Test
    void decision_reachesAll_alsoAfterTheTopicOrTheBrokerWasLost() throws Exception {
        createTopics();
        Member first = new Member("a", Clock.systemUTC());
        Member second = new Member("b", Clock.systemUTC());
        first.ledger.decide(SENDER, forgotten(T, "a"));
        second.awaitDecision(forgotten(T, "a"));
        second.ledger.decide(SENDER, forgotten(T + 1, "b"));
        first.awaitDecision(forgotten(T + 1, "b"));

        try (Producer<byte[], byte[]> producer = clients.producer("poison")) {
            for (String key : List.of("claim/b", "decision/b/x", "", "\0")) {
                producer.send(new ProducerRecord<>(
                                topics.control(), key.getBytes(StandardCharsets.US_ASCII), new byte[] {1, 2, 3}))
                        .get(1, TimeUnit.MINUTES);
            }
        }
        await().atMost(LIMIT).until(() -> first.poison.sum() >= 4);
        first.ledger.decide(SENDER, forgotten(T + 2, "a"));
        second.awaitDecision(forgotten(T + 2, "a"));

        broker.kill();
        first.ledger.decide(SENDER, forgotten(T + 3, "a"));
        broker.restart();
        second.awaitDecision(forgotten(T + 3, "a"));

        try (Admin admin = clients.admin("delete")) {
            admin.deleteTopics(List.of(topics.control())).all().get(1, TimeUnit.MINUTES);
            await().atMost(LIMIT)
                    .until(() -> Topics.find(admin, List.of(topics.control())).isEmpty());
        }
        createTopics();
        Member late = new Member("c", Clock.systemUTC());
        late.awaitDecision(forgotten(T + 3, "a"));
        await().atMost(LIMIT).until(() -> late.nodes.nodes().keySet().containsAll(List.of("a", "b", "c")));
        first.awaitName();
    }

    @Test
    void nameUsedTwice_belongsToTheLast() throws Exception {
        createTopics();
        Member first = new Member("a", Clock.systemUTC());
        first.awaitName();
        Member second = new Member("a", Clock.systemUTC());
        await().atMost(LIMIT).until(() -> first.claims.problem().isPresent());
        second.awaitName();
        assertThat(first.claims.isOwner()).isFalse();
        assertThat(second.claims.problem()).isEmpty();
    }

    @Test
    void wrongClock_isMeasured_andTheTimesOfDecisionsAreThoseOfTheBroker() throws Exception {
        createTopics();
        Duration ahead = Duration.ofDays(2);
        Member wrong = new Member("wrong", Clock.offset(Clock.systemUTC(), ahead));
        Member right = new Member("right", Clock.systemUTC());
        wrong.ledger.decide(SENDER, forgotten(T + ahead.toSeconds(), "wrong"));
        await().atMost(LIMIT).until(() -> right.ledger.known.containsKey(SENDER));
        assertThat(right.ledger.decision(SENDER).at()).isBetween(T - 60, T + 60);
        assertThat(right.offset.ahead()).isZero();
        assertThat(wrong.offset.ahead()).isBetween(ahead.minusMinutes(1), ahead.plusMinutes(1));
        right.ledger.decide(SENDER, forgotten(T + 600, "right"));
        await().atMost(LIMIT).until(() -> wrong.ledger.decision(SENDER).who().equals("right"));
        assertThat(wrong.ledger.decision(SENDER).at())
                .isBetween(T + 540 + ahead.toSeconds(), T + 660 + ahead.toSeconds());
    }
}
