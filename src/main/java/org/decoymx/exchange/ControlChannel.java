package org.decoymx.exchange;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The control topic: reads it from its beginning whenever it begins to work, passes the records to all listeners, and
 * has them write to it once everything is read. Records that are not valid are skipped and counted.
 */
final class ControlChannel {
    private static final Logger LOG = Logger.getLogger(ControlChannel.class);
    private static final Duration POLL = Duration.ofMillis(200);

    private final ExchangeClients clients;
    private final TopicPartition partition;
    private final Supplier<@Nullable String> topicId;
    private final List<ControlListener> listeners;
    private final PoisonCount poison;

    /**
     * @param topicId the current id of the topic; null while there is none
     */
    ControlChannel(
            ExchangeClients clients,
            String topic,
            Supplier<@Nullable String> topicId,
            List<ControlListener> listeners,
            PoisonCount poison) {
        this.clients = clients;
        partition = new TopicPartition(topic, 0);
        this.topicId = topicId;
        this.listeners = List.copyOf(listeners);
        this.poison = poison;
    }

    /**
     * Works until the topic is another one.
     *
     * @param works called whenever something has succeeded
     */
    void run(Runnable works) throws Exception {
        String id = topicId.get();
        if (id == null) {
            throw new ExchangeException("topic " + partition.topic() + " does not exist");
        }
        try (Consumer<byte[], byte[]> consumer = clients.consumer("control-reader");
                Producer<byte[], byte[]> producer = clients.producer("control")) {
            AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
            ControlListener.RecordSender sender = sender(producer, failure);
            listeners.forEach(listener -> listener.restart(sender, id));
            producer.flush();
            check(failure);
            long end = seekToBeginning(consumer);
            while (id.equals(topicId.get())) {
                read(consumer.poll(POLL));
                if (consumer.position(partition) >= end) {
                    listeners.forEach(listener -> listener.write(sender));
                    check(failure);
                    works.run();
                }
            }
        } catch (InvalidOffsetException e) {
            LOG.infof("Topic %s has lost records (%s)", partition.topic(), ExchangeException.reason(e));
        }
    }

    private ControlListener.RecordSender sender(
            Producer<byte[], byte[]> producer, AtomicReference<@Nullable Exception> failure) {
        return (content, done) -> {
            Future<RecordMetadata> unused = producer.send(
                    new ProducerRecord<>(partition.topic(), 0, ControlCodec.key(content), ControlCodec.value(content)),
                    (metadata, error) -> {
                        done.accept(metadata, error);
                        failure.compareAndSet(null, error);
                    });
        };
    }

    private void check(AtomicReference<@Nullable Exception> failure) throws ExchangeException {
        Exception error = failure.get();
        if (error != null) {
            throw ExchangeException.of("write to topic " + partition.topic(), error);
        }
    }

    /** Returns the end of what is in the topic now. */
    private long seekToBeginning(Consumer<byte[], byte[]> consumer) {
        List<TopicPartition> all = List.of(partition);
        consumer.assign(all);
        consumer.seek(partition, consumer.beginningOffsets(all).getOrDefault(partition, 0L));
        return consumer.endOffsets(all).getOrDefault(partition, 0L);
    }

    private void read(ConsumerRecords<byte[], byte[]> messages) throws Exception {
        if (messages.isEmpty()) {
            return;
        }
        List<ControlRecord.ControlMessage> entries = new ArrayList<>(messages.count());
        for (ConsumerRecord<byte[], byte[]> message : messages) {
            try {
                ControlCodec.decode(message.key(), message.value(), message.timestamp())
                        .map(content -> new ControlRecord.ControlMessage(
                                content, message.offset(), Instant.ofEpochMilli(message.timestamp())))
                        .ifPresent(entries::add);
            } catch (PoisonException e) {
                poison.add(message, e);
            }
        }
        for (ControlListener listener : listeners) {
            listener.read(entries);
        }
    }
}
