package org.decoymx.exchange;

import it.unimi.dsi.fastutil.objects.Object2LongMap;
import it.unimi.dsi.fastutil.objects.Object2LongOpenHashMap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.decoymx.exchange.Topics.TopicInfo;
import org.decoymx.ledger.LedgerRecord;
import org.decoymx.ledger.SharedLedger;
import org.decoymx.ledger.SharedPosition;
import org.decoymx.net.IpPrefix;

/**
 * Reads back own states that were pushed, and that the ledger does not have any more because its disk was replaced or
 * an earlier copy of it was put back. Without them the versions would begin at 1 again, and the other nodes would
 * ignore what is pushed.
 */
final class OwnStates {
    private static final Duration POLL = Duration.ofMillis(500);
    private static final int MAX_EMPTY_POLLS = 20;

    /** More than the commits that a decoy had not pushed yet when it lost its name to this one. */
    private static final long SKIPPED_VERSIONS = 1_000_000;

    private final SharedLedger ledger;
    private final SenderTopic topic;
    private final StateRecords stateRecords;
    private final ExchangeClients clients;
    private final ExchangeRole role;
    private final Runnable onLoss;

    /**
     * @param onLoss called when the brokers may have lost states
     */
    OwnStates(
            SharedLedger ledger,
            SenderTopic topic,
            StateRecords stateRecords,
            ExchangeClients clients,
            ExchangeRole role,
            Runnable onLoss) {
        this.ledger = ledger;
        this.topic = topic;
        this.stateRecords = stateRecords;
        this.clients = clients;
        this.role = role;
        this.onLoss = onLoss;
    }

    /**
     * Reads the partition of this node from its kept position to its present end, and merges the latest own state of
     * each sender, which is found by its version first: it would be joined with an earlier one that is merged before
     * it. If there are any, these records are read again, up to the last of them. What a clone of this decoy pushes
     * after that, because it does not know yet that it has lost the name, never has a
     * version that this decoy gives to another state later.
     */
    void restore(TopicInfo known) throws Exception {
        TopicPartition partition = topic.partitionOf(ledger.ownNode(), known);
        try (Consumer<byte[], byte[]> consumer = clients.consumer("restore")) {
            List<SharedPosition> lost = topic.seek(consumer, known, List.of(partition), ledger.positions());
            long begin = consumer.position(partition);
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, begin);
            Object2LongMap<IpPrefix> versions = new Object2LongOpenHashMap<>();
            read(
                    consumer,
                    () -> consumer.position(partition) < end,
                    states -> states.forEach(state -> versions.mergeLong(state.origin(), state.version(), Math::max)));
            consumer.seek(partition, begin);
            read(consumer, () -> !versions.isEmpty() && consumer.position(partition) < end, states -> {
                // each sender once
                states.removeIf(state -> !versions.remove(state.origin(), state.version()));
                ledger.merge(states, List.of()).get();
            });
            ledger.setRestored();
            if (!lost.isEmpty()) {
                // last: until then, the ledger knows which of the states it has were pushed
                onLoss.run();
            }
            // others' states in the partition are read later, unless this node never does
            long next = role.reads() ? begin : end;
            ledger.merge(List.of(), List.of(topic.position(partition, known, next)))
                    .get();
        }
        ledger.skipVersions(SKIPPED_VERSIONS).get();
    }

    /** What is done with some own states. */
    private interface RestoreStep {
        void take(List<LedgerRecord> states) throws Exception;
    }

    private void read(Consumer<byte[], byte[]> consumer, BooleanSupplier isMore, RestoreStep step) throws Exception {
        int emptyPolls = 0;
        while (isMore.getAsBoolean()) {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            if (!records.isEmpty()) {
                emptyPolls = 0;
                step.take(own(records));
            } else if (++emptyPolls == MAX_EMPTY_POLLS) {
                throw new ExchangeException("cannot read topic " + topic.name() + ": no broker answered in time");
            }
        }
    }

    private List<LedgerRecord> own(ConsumerRecords<byte[], byte[]> records) {
        List<LedgerRecord> own = new ArrayList<>(records.count());
        for (ConsumerRecord<byte[], byte[]> message : records) {
            stateRecords
                    .read(message)
                    .filter(state -> state.node().equals(ledger.ownNode()))
                    .ifPresent(own::add);
        }
        return own;
    }
}
