package org.decoymx.exchange;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jboss.logging.Logger;

/**
 * Creates the clients of Kafka. Each method opens a new one, which the caller closes, and which reconnects by itself;
 * it throws {@link org.apache.kafka.common.KafkaException} while no name of a broker can be resolved. Thread-safe.
 */
final class ExchangeClients {
    private static final Logger LOG = Logger.getLogger(ExchangeClients.class);
    private static final int LINGER_MILLIS = 200;
    private static final int BATCH_OCTETS = 128 * 1_024;
    private static final int STATE_BUFFER_OCTETS = 8 * 1_024 * 1_024;
    private static final int SMALL_BUFFER_OCTETS = 512 * 1_024;
    private static final int REQUEST_MILLIS = 10_000;
    private static final int DELIVERY_MILLIS = 30_000;
    private static final int MAX_BACKOFF_MILLIS = 2_000;
    private static final int MAX_BLOCK_MILLIS = 10_000;
    private static final int FETCH_OCTETS = 2 * 1_024 * 1_024;
    private static final int PARTITION_FETCH_OCTETS = 512 * 1_024;
    private static final int RECEIVE_OCTETS = 256 * 1_024;
    /**
     * All are in memory at the same time, and the limits of a fetch count compressed octets only. So many that they are
     * garbage before the collector takes them for old.
     */
    private static final int MAX_POLL_RECORDS = 1_000;

    private final List<String> servers;
    private final String clientId;
    private final Optional<TlsBucketEngines.Bucket> tls;

    /**
     * Warns if what the clients send can be read on the way.
     *
     * @param servers the brokers to begin with
     * @param clientId what the log of the brokers calls this node
     * @param tls the certificates; empty for connections that are not encrypted
     */
    ExchangeClients(List<String> servers, String clientId, Optional<TlsBucketEngines.Bucket> tls) {
        this.servers = List.copyOf(servers);
        this.clientId = clientId;
        this.tls = tls;
        if (tls.isEmpty() && !servers.stream().allMatch(BrokerFormat::isLoopback)) {
            LOG.warn("decoy.exchange.tls: not set, so the connections to the Kafka brokers are not encrypted, and the"
                    + " brokers cannot tell who writes; set a TLS bucket");
        }
    }

    /** For topics: their settings, ids and ends. */
    Admin admin(String use) {
        Map<String, Object> config = common(use);
        config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, REQUEST_MILLIS);
        return Admin.create(config);
    }

    /** For many states: waits for up to 200 ms for more of them, and keeps 8 MB at most. */
    Producer<byte[], byte[]> stateProducer(String use) {
        Map<String, Object> config = producerConfig(use, STATE_BUFFER_OCTETS);
        config.put(ProducerConfig.LINGER_MS_CONFIG, LINGER_MILLIS);
        config.put(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_OCTETS);
        return new KafkaProducer<>(config);
    }

    /** For a few records, which are sent at once. */
    Producer<byte[], byte[]> producer(String use) {
        Map<String, Object> config = producerConfig(use, SMALL_BUFFER_OCTETS);
        config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        return new KafkaProducer<>(config);
    }

    private Map<String, Object> producerConfig(String use, int bufferOctets) {
        Map<String, Object> config = common(use);
        config.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        config.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, CompressionType.ZSTD.name);
        config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, bufferOctets);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MILLIS);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_MILLIS);
        return config;
    }

    /**
     * For reading partitions that the caller assigns, from positions that it seeks. Fetches 2 MB at most at a time.
     * Does not hide that a position does not exist any more: {@code poll} throws
     * {@link org.apache.kafka.clients.consumer.InvalidOffsetException}.
     */
    Consumer<byte[], byte[]> consumer(String use) {
        Map<String, Object> config = common(use);
        config.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        config.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        config.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_OCTETS);
        config.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, PARTITION_FETCH_OCTETS);
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MAX_POLL_RECORDS);
        config.put(ConsumerConfig.RECEIVE_BUFFER_CONFIG, RECEIVE_OCTETS);
        config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, REQUEST_MILLIS);
        return new KafkaConsumer<>(config);
    }

    private Map<String, Object> common(String use) {
        Map<String, Object> config = new HashMap<>();
        config.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, servers);
        config.put(CommonClientConfigs.CLIENT_ID_CONFIG, clientId + "-" + use);
        config.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_MILLIS);
        config.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, MAX_BACKOFF_MILLIS);
        config.put(CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG, List.of());
        config.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
        tls.ifPresent(bucket -> {
            config.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, "SSL");
            config.put(SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG, TlsBucketEngines.class);
            config.put(TlsBucketEngines.BUCKET, bucket);
        });
        return config;
    }
}
