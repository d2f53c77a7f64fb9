package org.decoymx.exchange;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.decoymx.exchange.Topics.TopicInfo;
import org.decoymx.exchange.WitnessCodec.Witness;
import org.decoymx.ledger.Node;
import org.decoymx.policy.PrimaryReport;
import org.jboss.logging.Logger;

/**
 * Sends what primaries report to this node to the topic that the other nodes read. What could not be sent is sent
 * again; while there is no broker, the latest reports wait. Who reads one twice learns nothing new.
 */
final class WitnessSender {
    private static final Logger LOG = Logger.getLogger(WitnessSender.class);
    /** With 100 octets each, 5 MB. */
    private static final int MAX_WAITING = 50_000;

    /** A gap that the others notice, see {@link org.decoymx.policy.ReportCoverage}, and a minute. */
    static final Duration SURE_GAP = Duration.ofMinutes(11);

    private static final int MAX_BATCH = 5_000;
    private static final long WAIT_MILLIS = 1_000;

    private final Node node;
    private final SenderTopic topic;
    private final Supplier<Producer<byte[], byte[]>> producers;
    private final BooleanSupplier sharesStates;
    private final Supplier<String> envelopeKey;
    private final ClockOffset offset;
    private final BlockingQueue<PrimaryReport> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    private final List<PrimaryReport> batch = new ArrayList<>();
    private final LongAdder dropped = new LongAdder();
    private final Clock durations;
    private volatile Instant sentUntil;
    private volatile Instant gapUntil;

    /**
     * @param producers opens a producer for a few records
     * @param sharesStates whether this node records reports for all senders, also those of others, and shares that
     * @param envelopeKey the id of the key of the hashes
     * @param durations a clock that is never set
     */
    WitnessSender(
            Node node,
            SenderTopic topic,
            Supplier<Producer<byte[], byte[]>> producers,
            BooleanSupplier sharesStates,
            Supplier<String> envelopeKey,
            ClockOffset offset,
            Clock durations) {
        this.node = node;
        this.topic = topic;
        this.producers = producers;
        this.sharesStates = sharesStates;
        this.envelopeKey = envelopeKey;
        this.offset = offset;
        this.durations = durations;
        sentUntil = durations.instant();
        gapUntil = sentUntil;
    }

    /**
     * For how long reports may not be acknowledged by the brokers. After some were dropped, it grows until the others
     * notice a gap. Thread-safe.
     */
    Duration behind() {
        return Duration.between(sentUntil, durations.instant());
    }

    /** Takes a report, to be sent soon; does not block. If too many wait, the oldest are dropped. Thread-safe. */
    void offer(PrimaryReport report) {
        while (!waiting.offer(report)) {
            if (waiting.poll() != null) {
                dropped.increment();
                gapUntil = durations.instant().plus(SURE_GAP);
            }
        }
    }

    /**
     * Sends until the topic is another one.
     *
     * @param works called when the brokers have acknowledged something, or nothing waits
     */
    void run(Runnable works) throws Exception {
        TopicInfo known = topic.info();
        TopicPartition partition = topic.partitionOf(node, known);
        Producer<byte[], byte[]> producer = producers.get();
        try {
            while (topic.is(known)) {
                Instant before = durations.instant();
                boolean isSentAgain = !batch.isEmpty(); // then others wait
                takeNext();
                boolean isAll = !isSentAgain && batch.size() < MAX_BATCH;
                send(producer, partition);
                if (isAll && !before.isBefore(gapUntil)) {
                    sentUntil = before;
                }
                works.run();
            }
        } finally {
            producer.close(Duration.ZERO);
        }
    }

    private void takeNext() throws InterruptedException {
        if (batch.isEmpty()) {
            PrimaryReport first = waiting.poll(WAIT_MILLIS, TimeUnit.MILLISECONDS);
            if (first != null) {
                batch.add(first);
                waiting.drainTo(batch, MAX_BATCH - 1);
            }
        }
    }

    private void send(Producer<byte[], byte[]> producer, TopicPartition partition)
            throws ExchangeException, InterruptedException {
        if (batch.isEmpty()) {
            return;
        }
        List<Future<RecordMetadata>> answers = new ArrayList<>(batch.size());
        boolean shares = sharesStates.getAsBoolean();
        String key = envelopeKey.get();
        for (PrimaryReport report : batch) {
            answers.add(producer.send(new ProducerRecord<>(
                    partition.topic(),
                    partition.partition(),
                    new StateKey(node, report.client()).encode(),
                    WitnessCodec.encode(
                            new Witness(report, shares, key), offset.ahead().toSeconds()))));
        }
        producer.flush();
        try {
            for (Future<RecordMetadata> answer : answers) {
                answer.get();
            }
        } catch (ExecutionException e) {
            throw ExchangeException.of("write to topic " + topic.name(), e);
        }
        batch.clear();
        long lost = dropped.sumThenReset();
        if (lost > 0) {
            LOG.warnf("%s reports of real MX were not shared, because too many waited for the brokers", lost);
        }
    }
}
