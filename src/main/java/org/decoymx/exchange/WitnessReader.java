package org.decoymx.exchange;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.TopicPartition;
import org.decoymx.exchange.Topics.TopicInfo;
import org.decoymx.exchange.WitnessCodec.Witness;
import org.decoymx.ledger.SharedLedger;
import org.decoymx.ledger.VisitRecorder;
import org.decoymx.policy.PrimaryAttempt;
import org.decoymx.policy.PrimaryReport;
import org.decoymx.policy.TrustVisit;
import org.decoymx.policy.VisitResult;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Reads what primaries reported to other nodes. A report may only excuse and clear; it is no sign that the primary
 * reports to this node, so nobody is confirmed because of it. The positions are kept in the ledger.
 */
final class WitnessReader {
    private static final Logger LOG = Logger.getLogger(WitnessReader.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration KEEP_INTERVAL = Duration.ofSeconds(5);

    private final SharedLedger ledger;
    private final VisitRecorder visits;
    private final SenderTopic topic;
    private final ExchangeClients clients;
    private final Supplier<String> envelopeKey;
    private final ClockOffset offset;
    private final PoisonCount poison;
    private final Clock durations;
    private final Map<TopicPartition, Long> next = new HashMap<>();
    private final Map<TopicPartition, Long> reached = new ConcurrentHashMap<>();
    private Instant keepAt = Instant.EPOCH;

    /**
     * @param envelopeKey the id of the key with which this node hashes
     * @param durations a clock that is never set
     */
    WitnessReader(
            SharedLedger ledger,
            VisitRecorder visits,
            SenderTopic topic,
            ExchangeClients clients,
            Supplier<String> envelopeKey,
            ClockOffset offset,
            PoisonCount poison,
            Clock durations) {
        this.ledger = ledger;
        this.visits = visits;
        this.topic = topic;
        this.clients = clients;
        this.envelopeKey = envelopeKey;
        this.offset = offset;
        this.poison = poison;
        this.durations = durations;
    }

    /**
     * Reads until the topic is another one, or has lost records.
     *
     * @param works called when something was read, or there is nothing to read
     */
    void run(Runnable works) throws Exception {
        TopicInfo known = topic.info();
        next.clear();
        reached.clear();
        try (Consumer<byte[], byte[]> consumer = clients.consumer("witnesses-reader")) {
            topic.seek(consumer, known, topic.partitions(known), ledger.positions());
            while (topic.is(known)) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
                record(records);
                consumer.assignment().forEach(partition -> reached.put(partition, consumer.position(partition)));
                keepPositions(records, known);
                works.run();
                while (visits.isBusy()) {
                    Thread.sleep(POLL.toMillis());
                }
            }
        } catch (InvalidOffsetException e) {
            LOG.infof("Topic %s has lost records (%s)", topic.name(), ExchangeException.reason(e));
        }
    }

    private void record(ConsumerRecords<byte[], byte[]> records) {
        List<PrimaryReport> ofSharing = new ArrayList<>();
        List<PrimaryReport> ofOthers = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> message : records) {
            Witness witness = decode(message);
            if (witness != null) {
                usable(witness).ifPresent((witness.sharesStates() ? ofSharing : ofOthers)::add);
            }
        }
        visits.recordShared(ofSharing, false);
        visits.recordShared(ofOthers, true);
    }

    /** Null if it is of this node, or not valid. */
    private @Nullable Witness decode(ConsumerRecord<byte[], byte[]> message) {
        try {
            if (message.key() == null || message.value() == null) {
                throw new PoisonException("has no key or no value");
            }
            StateKey key = StateKey.decode(message.key(), "");
            long ahead = offset.ahead().toSeconds();
            return key.node().equals(ledger.ownNode())
                    ? null
                    : WitnessCodec.decode(key.origin(), message.value(), message.timestamp(), ahead);
        } catch (PoisonException e) {
            poison.add(message, e);
            return null;
        }
    }

    /** What can be used of a report whose hashes may have been made with another key. */
    private Optional<PrimaryReport> usable(Witness witness) {
        PrimaryReport report = witness.report();
        if (witness.envelopeKey().equals(envelopeKey.get())) {
            return Optional.of(report);
        }
        if (report instanceof PrimaryAttempt attempt) {
            boolean excuses = attempt.result() != VisitResult.ACCEPTED && attempt.result() != VisitResult.REJECTED;
            return excuses ? Optional.of(PrimaryAttempt.ofClient(attempt.client(), attempt.at())) : Optional.empty();
        }
        return Optional.of(report).filter(other -> !(other instanceof TrustVisit));
    }

    /** Reports that are read again after a crash change nothing, so this need not be at once. */
    private void keepPositions(ConsumerRecords<byte[], byte[]> records, TopicInfo known) throws Exception {
        records.nextOffsets().forEach((partition, position) -> next.put(partition, position.offset()));
        Instant now = durations.instant();
        if (!next.isEmpty() && !now.isBefore(keepAt)) {
            keepAt = now.plus(KEEP_INTERVAL);
            ledger.merge(
                            List.of(),
                            next.entrySet().stream()
                                    .map(position -> topic.position(position.getKey(), known, position.getValue()))
                                    .toList())
                    .get();
            next.clear();
        }
    }

    /** Whether all before these ends of partitions is read. Thread-safe. */
    boolean hasRead(Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(end -> reached.getOrDefault(end.getKey(), -1L) >= end.getValue());
    }
}
