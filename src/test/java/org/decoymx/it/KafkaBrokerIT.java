package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The brokers of the tests lose and keep what real brokers do in these situations, and refuse whom they should. */
class KafkaBrokerIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String TOPIC = "test.senders";

    @Test
    void broker_killed_putBack_partitioned_andWiped() throws Exception {
        try (KafkaBroker broker = KafkaBroker.start()) {
            createTopic(broker, 1);
            send(broker.clientSettings(), "first");
            broker.kill();
            broker.save();
            broker.restart();
            send(broker.clientSettings(), "second");
            assertThat(read(broker, 2)).containsExactly("first", "second");

            Map<String, Object> relayed = broker.clientSettings();
            relayed.put("bootstrap.servers", broker.relayedAddress());
            send(relayed, "third");
            broker.partition();
            relayed.put("delivery.timeout.ms", 1_000);
            relayed.put("request.timeout.ms", 1_000);
            relayed.put("max.block.ms", 1_000);
            assertThatThrownBy(() -> send(relayed, "never")).isInstanceOf(ExecutionException.class);
            broker.heal();
            assertThat(read(broker, 3)).containsExactly("first", "second", "third");

            broker.stop();
            broker.putBack();
            broker.restart();
            send(broker.clientSettings(), "after");
            assertThat(read(broker, 2)).containsExactly("first", "after");

            broker.kill();
            broker.wipe();
            broker.restart();
            try (Admin admin = broker.admin()) {
                assertThat(admin.listTopics().names().get(1, TimeUnit.MINUTES)).isEmpty();
            }
        }
    }

    @Test
    void threeBrokers_oneKilled_keepAll() throws Exception {
        List<KafkaBroker> brokers = KafkaBroker.startThree();
        try {
            createTopic(brokers.get(0), 3);
            send(brokers.get(0).clientSettings(), "first");
            brokers.get(0).kill();
            send(brokers.get(1).clientSettings(), "second");
            brokers.get(0).restart();
            brokers.get(1).kill();
            assertThat(read(brokers.get(2), 2)).containsExactly("first", "second");
        } finally {
            brokers.forEach(KafkaBroker::close);
        }
    }

    @Test
    void brokerWithTls_refusesForeignAndExpiredPrincipals(@TempDir Path dir) throws Exception {
        KafkaCertificates certificates = new KafkaCertificates(dir);
        certificates.issue("decoy");
        certificates.issue("foreign");
        certificates.issue("expired", Instant.now().minusSeconds(60));
        try (KafkaBroker broker = KafkaBroker.startWithTls(certificates)) {
            createTopic(broker, 1);
            try (Admin admin = broker.admin()) {
                admin.createAcls(List.of(new AclBinding(
                                new ResourcePattern(ResourceType.TOPIC, TOPIC, PatternType.LITERAL),
                                new AccessControlEntry(
                                        "User:decoy", "*", AclOperation.WRITE, AclPermissionType.ALLOW))))
                        .all()
                        .get(1, TimeUnit.MINUTES);
            }
            send(asPrincipal(broker, certificates, "decoy"), "from the decoy");
            assertThatThrownBy(() -> send(asPrincipal(broker, certificates, "foreign"), "no"))
                    .hasCauseInstanceOf(TopicAuthorizationException.class);
            assertThatThrownBy(() -> send(asPrincipal(broker, certificates, "expired"), "no"))
                    .hasCauseInstanceOf(SslAuthenticationException.class);
            assertThat(read(broker, 1)).containsExactly("from the decoy");
        }
    }

    private static Map<String, Object> asPrincipal(KafkaBroker broker, KafkaCertificates certificates, String name) {
        Map<String, Object> settings = broker.clientSettings();
        settings.putAll(certificates.clientSettings(name));
        return settings;
    }

    private static void createTopic(KafkaBroker broker, int replication) throws Exception {
        try (Admin admin = broker.admin()) {
            NewTopic topic = new NewTopic(TOPIC, 1, (short) replication);
            admin.createTopics(List.of(topic.configs(Map.of("min.insync.replicas", replication > 1 ? "2" : "1"))))
                    .all()
                    .get(1, TimeUnit.MINUTES);
        }
    }

    /** Returns once the record is acknowledged. */
    private static void send(Map<String, Object> settings, String value) throws Exception {
        Map<String, Object> producer = new HashMap<>(Map.of("acks", "all", "linger.ms", 0));
        producer.putAll(settings);
        try (KafkaProducer<String, String> kafka =
                new KafkaProducer<>(producer, new StringSerializer(), new StringSerializer())) {
            kafka.send(new ProducerRecord<>(TOPIC, value)).get(2, TimeUnit.MINUTES);
        }
    }

    private static List<String> read(KafkaBroker broker, int count) {
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> kafka =
                new KafkaConsumer<>(broker.clientSettings(), new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> partitions = List.of(new TopicPartition(TOPIC, 0));
            kafka.assign(partitions);
            kafka.seekToBeginning(partitions);
            await(count + " records").atMost(LIMIT).until(() -> {
                kafka.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
                return values.size() >= count;
            });
        }
        return values;
    }
}
