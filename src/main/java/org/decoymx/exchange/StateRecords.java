package org.decoymx.exchange;

import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.decoymx.ledger.LedgerRecord;

/** Reads states from the records of a topic, and counts them. Thread-safe. */
final class StateRecords {
    private final SenderTopic topic;
    private final ClockOffset offset;
    private final DroppedNodes dropped;
    private final PoisonCount poison;
    private final LongAdder read = new LongAdder();

    StateRecords(SenderTopic topic, ClockOffset offset, DroppedNodes dropped, PoisonCount poison) {
        this.topic = topic;
        this.offset = offset;
        this.dropped = dropped;
        this.poison = poison;
    }

    /** The state in a record, with the times of this node; empty if the record is not valid, or does not count. */
    Optional<LedgerRecord> read(ConsumerRecord<byte[], byte[]> message) {
        try {
            if (message.key() == null || message.value() == null) {
                throw new PoisonException("has no key or no value");
            }
            StateKey key = StateKey.decode(message.key(), topic.suffix());
            LedgerRecord state = StateCodec.decode(key, message.value(), message.timestamp());
            read.increment();
            return dropped.isDropped(state.node().name(), message.timestamp())
                    ? Optional.empty()
                    : Optional.of(offset.fromBrokers(state));
        } catch (PoisonException e) {
            poison.add(message, e);
            return Optional.empty();
        }
    }

    long readCount() {
        return read.sum();
    }
}
