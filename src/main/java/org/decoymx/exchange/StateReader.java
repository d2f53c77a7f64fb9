package org.decoymx.exchange;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.TopicPartition;
import org.decoymx.exchange.Topics.TopicInfo;
import org.decoymx.ledger.LedgerRecord;
import org.decoymx.ledger.SharedLedger;
import org.decoymx.ledger.SharedPosition;
import org.jboss.logging.Logger;

/**
 * Reads the states of all nodes in a topic, and merges them into the ledger. The positions are kept there, in the same
 * transaction, so that nothing is left out, whenever this or the decoy is killed.
 */
final class StateReader {
    private static final Logger LOG = Logger.getLogger(StateReader.class);
    private static final Duration POLL = Duration.ofMillis(500);

    /** So that a few states at a time do not need a commit each. */
    private static final long MERGE_INTERVAL_MILLIS = 100;

    private static final int FULL_BATCH = 800;

    private final SharedLedger ledger;
    private final SenderTopic topic;
    private final StateRecords stateRecords;
    private final ExchangeClients clients;
    private final Runnable onLoss;
    private final ClockOffset offset;
    private final Clock clock;
    private volatile long lag;
    /** By the clock of this node. */
    private volatile Instant readUpTo = Instant.EPOCH;

    /**
     * @param onLoss called when the brokers may have lost states
     */
    StateReader(
            SharedLedger ledger,
            SenderTopic topic,
            StateRecords stateRecords,
            ExchangeClients clients,
            Runnable onLoss,
            ClockOffset offset,
            Clock clock) {
        this.ledger = ledger;
        this.topic = topic;
        this.stateRecords = stateRecords;
        this.clients = clients;
        this.onLoss = onLoss;
        this.offset = offset;
        this.clock = clock;
    }

    /**
     * Reads until the topic is another one, or has lost records.
     *
     * @param works called when something was read and merged, or there is nothing to read
     */
    void run(Runnable works) throws Exception {
        TopicInfo known = topic.info();
        readUpTo = readUpTo.equals(Instant.EPOCH) ? clock.instant() : readUpTo;
        try (Consumer<byte[], byte[]> consumer = clients.consumer("read" + topic.suffix())) {
            List<SharedPosition> lost = topic.seek(consumer, known, topic.partitions(known), ledger.positions());
            if (!lost.isEmpty()) {
                onLoss.run();
                ledger.merge(List.of(), lost).get();
            }
            // one batch is merged while the next one is fetched
            CompletableFuture<Integer> merge = CompletableFuture.completedFuture(0);
            while (topic.is(known)) {
                topic.seekUnread(consumer);
                ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
                merge.get();
                works.run();
                if (!records.isEmpty()) {
                    merge = ledger.merge(states(records), positions(records, known));
                }
                measureLag(consumer, records);
                if (records.count() < FULL_BATCH) {
                    Thread.sleep(MERGE_INTERVAL_MILLIS);
                }
            }
        } catch (InvalidOffsetException e) {
            LOG.infof("Topic %s has lost records (%s)", topic.name(), ExchangeException.reason(e));
        }
    }

    /** All of them, also own ones: those are known here, unless another decoy has the name of this node now. */
    private List<LedgerRecord> states(ConsumerRecords<byte[], byte[]> records) {
        List<LedgerRecord> states = new ArrayList<>(records.count());
        for (ConsumerRecord<byte[], byte[]> message : records) {
            stateRecords.read(message).ifPresent(states::add);
        }
        return states;
    }

    private List<SharedPosition> positions(ConsumerRecords<byte[], byte[]> records, TopicInfo known) {
        return records.nextOffsets().entrySet().stream()
                .map(next ->
                        topic.position(next.getKey(), known, next.getValue().offset()))
                .toList();
    }

    private void measureLag(Consumer<?, ?> consumer, ConsumerRecords<?, ?> records) {
        long left = 0;
        for (TopicPartition partition : consumer.assignment()) {
            left += consumer.currentLag(partition).orElse(1); // unknown until a broker has answered
        }
        lag = left;
        if (left == 0) {
            readUpTo = clock.instant();
        }
        for (ConsumerRecord<?, ?> message : records) {
            readUpTo = Instant.ofEpochMilli(message.timestamp()).plus(offset.ahead());
        }
    }

    /** Number of records that are not read yet. */
    long lagRecords() {
        return lag;
    }

    /** How old the latest record is that was read, if there are more. */
    Duration lag() {
        Duration age = Duration.between(readUpTo, clock.instant());
        return lag == 0 || age.isNegative() ? Duration.ZERO : age;
    }
}
