package org.decoymx.exchange;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jboss.logging.Logger;

/** Counts records that are skipped because they are not valid, and logs the first one of each topic. Thread-safe. */
final class PoisonCount {
    private static final Logger LOG = Logger.getLogger(PoisonCount.class);

    private final LongAdder count = new LongAdder();
    private final Set<String> loggedTopics = ConcurrentHashMap.newKeySet();

    void add(ConsumerRecord<?, ?> message, PoisonException e) {
        count.increment();
        if (loggedTopics.add(message.topic())) {
            LOG.warnf(
                    "Record %s of %s-%s is not valid: %s; such records are skipped",
                    message.offset(), message.topic(), message.partition(), e.getMessage());
        }
    }

    /** How many there were since the start; one that is read again is counted again. */
    long sum() {
        return count.sum();
    }
}
