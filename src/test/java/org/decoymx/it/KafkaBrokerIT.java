package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
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
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The broker of the tests loses and keeps what a real one does in these situations. */
@Tag("long")
class KafkaBrokerIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String TOPIC = "test.senders";

    @Test
    void broker_killed_putBack_partitioned_andWiped() throws Exception {
        try (KafkaBroker broker = KafkaBroker.start()) {
            createTopic(broker);
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

    private static void createTopic(KafkaBroker broker) throws Exception {
        try (Admin admin = broker.admin()) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get(1, TimeUnit.MINUTES);
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
