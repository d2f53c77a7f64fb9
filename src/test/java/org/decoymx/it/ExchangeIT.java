package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Three decoys share one list through one broker, whatever happens to the broker: in the end both that read list all
 * senders, and the same. The third only pushes.
 */
class ExchangeIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration LOAD_LIMIT = Duration.ofMinutes(10);
    private static final Duration AGREEMENT = Duration.ofSeconds(3);
    private static final String PREFIX = "site";
    private static final String SENDERS = PREFIX + ".senders";

    private static KafkaBroker broker;
    private static DecoyGroup group;

    @BeforeAll
    static void start() {
        broker = KafkaBroker.start();
        group = new DecoyGroup(broker.address(), PREFIX);
        group.start("one");
        group.start("two");
        group.start("three", "decoy.exchange.role=catch");
        group.awaitHealthy("one", "two", "three");
    }

    @AfterAll
    static void stop() {
        try {
            if (group != null) {
                group.close();
            }
        } finally {
            if (broker != null) {
                broker.close();
            }
        }
    }

    @Test
    void senders_ofAllDecoys_areListedAtAllThatRead() {
        List<String> first = group.send("one", 50);
        List<String> second = group.send("two", 50);
        List<String> third = group.send("three", 50);
        group.awaitSameLists("one", "two");

        String last = group.send("one", 1).get(0);
        group.decoy("one").awaitListed(last);
        Stopwatch.start().within(AGREEMENT, () -> assertThat(group.decoy("two").feedEntries())
                .contains(last));

        assertThat(group.decoy("three").feedEntries())
                .containsAll(third)
                .doesNotContainAnyElementsOf(first)
                .doesNotContainAnyElementsOf(second);
    }

    /** It does not read what others hear, and does not know that its real MX report to it alone. */
    @Test
    void nodeThatOnlyCatches_confirmsNobody_whileNoRealMxIsKnown() throws IOException {
        group.askPolicyService("three", group.newClients(1).get(0), DecoyWithLedger.RECIPIENT);
        await("the report").atMost(LIMIT).untilAsserted(() -> assertThat(group.health("three", "domains protected"))
                .contains("may report to other decoys"));
    }

    @Test
    void broker_stoppedUnderLoad_losesNothing() {
        assertNothingLostWhileBrokerIsDown(Duration.ofSeconds(3), 300);
    }

    @Test
    @Tag("long")
    void broker_stoppedForAMinuteUnderLoad_losesNothing() {
        assertNothingLostWhileBrokerIsDown(Duration.ofSeconds(60), 5_000);
    }

    /** One decoy is killed while the broker is down, with states that it could not push; later the broker is killed. */
    private static void assertNothingLostWhileBrokerIsDown(Duration down, int count) {
        List<String> spooled = group.newClients(count / 2);
        try (MailLoad one = group.load("one", group.newClients(count));
                MailLoad three = group.load("three", group.newClients(count))) {
            awaitDeferred(one, count / 5);
            broker.stop();
            long stoppedAt = System.nanoTime();
            try (MailLoad two = group.load("two", spooled)) {
                awaitDeferred(two, spooled.size());
            }
            await("its own list")
                    .atMost(LIMIT)
                    .until(() -> group.decoy("two").feedEntries().containsAll(spooled));
            group.decoy("two").killProcess();
            group.decoy("two").restart();
            await("the end of the pause").atMost(LIMIT).until(() -> System.nanoTime() - stoppedAt >= down.toNanos());
            broker.restart();
            awaitDeferred(one, count / 2);
            broker.kill();
            broker.restart();
            awaitDeferred(one, count);
            awaitDeferred(three, count);
        }
        group.awaitHealthy("one", "two", "three");
        group.awaitSameLists("one", "two");
    }

    private static void awaitDeferred(MailLoad load, int count) {
        await(count + " clients").atMost(LOAD_LIMIT).until(() -> load.deferredCount() >= count);
    }

    @Test
    void topic_deletedAndGrownPastTheKeptOffsets_isReadFromItsBeginning() throws Exception {
        group.send("one", 20);
        group.send("two", 20);
        group.awaitSameLists("one", "two");
        try (Admin admin = broker.admin()) {
            Map<TopicPartition, Long> ends = ends(admin);
            admin.deleteTopics(List.of(SENDERS)).all().get(1, TimeUnit.MINUTES);
            createTopic(admin, ends.size());
            writePoison(ends);
        }
        group.send("one", 20);
        group.send("two", 20);
        group.send("three", 20);
        group.awaitHealthy("one", "two", "three");
        group.awaitSameLists("one", "two");
        assertAllStatesAreBack();
    }

    private static Map<TopicPartition, Long> ends(Admin admin) throws Exception {
        var described = admin.describeTopics(List.of(SENDERS)).allTopicNames().get(1, TimeUnit.MINUTES);
        int partitions =
                Objects.requireNonNull(described.get(SENDERS)).partitions().size();
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            wanted.put(new TopicPartition(SENDERS, partition), OffsetSpec.latest());
        }
        Map<TopicPartition, Long> ends = new HashMap<>();
        admin.listOffsets(wanted)
                .all()
                .get(1, TimeUnit.MINUTES)
                .forEach((partition, end) -> ends.put(partition, end.offset()));
        return ends;
    }

    /** A decoy may be faster. */
    private static void createTopic(Admin admin, int partitions) {
        await("the new topic").atMost(LIMIT).untilAsserted(() -> {
            try {
                admin.createTopics(List.of(new NewTopic(SENDERS, partitions, (short) 1)
                                .configs(Map.of(
                                        "cleanup.policy",
                                        "compact,delete",
                                        "retention.ms",
                                        "-1",
                                        "message.timestamp.type",
                                        "LogAppendTime"))))
                        .all()
                        .get(1, TimeUnit.MINUTES);
            } catch (ExecutionException e) {
                assertThat(e).hasCauseInstanceOf(TopicExistsException.class);
                assertThat(admin.listTopics().names().get(1, TimeUnit.MINUTES)).contains(SENDERS);
            }
        });
    }

    /** Writes records that no decoy wrote, for each partition so many and a few more. */
    private static void writePoison(Map<TopicPartition, Long> counts) {
        Random random = new Random(1);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(broker.clientSettings(), new ByteArraySerializer(), new ByteArraySerializer())) {
            counts.forEach((partition, count) -> {
                for (long i = 0; i < count + 3; i++) {
                    byte[] key = new byte[random.nextInt(1, 40)];
                    byte[] value = new byte[random.nextInt(200)];
                    random.nextBytes(key);
                    random.nextBytes(value);
                    Future<?> unused = producer.send(new ProducerRecord<>(
                            partition.topic(), partition.partition(), key, i % 7 == 0 ? null : value));
                }
            });
            Future<?> unused =
                    producer.send(new ProducerRecord<>(PREFIX + ".control", new byte[] {1, 2}, new byte[] {3, 4}));
        }
    }

    /** A new decoy reads from the topic what all the others know. */
    private static void assertAllStatesAreBack() {
        group.start("new");
        group.awaitSameLists("one", "two", "new");
        group.remove("new");
    }

    @Test
    void poisonValues_areSkipped_andCounted_andLoggedOnce() throws Exception {
        double before = group.decoy("one").metricValue("decoy_exchange_poison_total");
        try (Admin admin = broker.admin()) {
            Map<TopicPartition, Long> partitions = ends(admin);
            partitions.replaceAll((partition, end) -> 2L);
            writePoison(partitions);
        }
        group.send("one", 20);
        group.send("three", 20);
        group.awaitSameLists("one", "two");
        assertThat(group.decoy("one").metricValue("decoy_exchange_poison_total"))
                .isGreaterThan(before);
        assertThat(group.decoy("one")
                        .log()
                        .lines()
                        .filter(line -> line.contains(SENDERS) && line.contains("not valid")))
                .hasSizeLessThan(5);
    }

    @Test
    void broker_wiped_getsAllStatesAgain() {
        group.send("one", 20);
        group.send("three", 20);
        group.awaitSameLists("one", "two");
        broker.kill();
        broker.wipe();
        group.send("two", 20);
        broker.restart();
        group.send("three", 20);
        group.awaitHealthy("one", "two", "three");
        group.awaitSameLists("one", "two");
        assertAllStatesAreBack();
    }

    @Test
    void broker_withAnOlderLog_getsTheLaterStatesAgain() {
        group.send("one", 20);
        group.send("three", 20);
        group.awaitSameLists("one", "two");
        broker.stop();
        broker.save();
        broker.restart();
        group.send("one", 20);
        group.send("three", 20);
        group.awaitSameLists("one", "two");
        broker.stop();
        broker.putBack();
        broker.restart();
        group.send("two", 20);
        group.send("three", 20);
        group.awaitHealthy("one", "two", "three");
        group.awaitSameLists("one", "two");
        assertAllStatesAreBack();
    }
}
