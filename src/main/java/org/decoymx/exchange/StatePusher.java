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
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.decoymx.exchange.Topics.TopicInfo;
import org.decoymx.ledger.LedgerRecord;
import org.decoymx.ledger.SharedLedger;
import org.decoymx.ledger.SharedLedger.Cursor;
import org.decoymx.net.IpPrefix;
import org.decoymx.store.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * Pushes own states to the topic, in the order of their versions. The ledger on disk is the queue: it remembers up to
 * which version the brokers have acknowledged all states. What is pushed twice changes nothing for those who read it.
 * In addition, all states are pushed once a day, a few at a time.
 */
final class StatePusher {
    private static final int MAX_BATCH = 5_000;
    private static final long WAIT_MILLIS = 1_000;
    private static final Duration REPEAT_INTERVAL = Duration.ofMinutes(1);
    private static final long REPEATS_A_DAY = Duration.ofDays(1).dividedBy(REPEAT_INTERVAL);

    private final SharedLedger ledger;
    private final SenderTopic topic;
    private final ExchangeClients clients;
    private final StateCodec codec;
    private final ClockOffset offset;
    private final BooleanSupplier isAllowed;
    private final Clock durations;
    private final BlockingQueue<Boolean> commits = new ArrayBlockingQueue<>(1);
    private final LongAdder pushed = new LongAdder();
    private Cursor cursor = Cursor.START;
    private int rewinds;
    private Instant repeatAt;
    private @Nullable IpPrefix repeated;
    private long latestOffset = -1;
    private @Nullable TopicInfo pushedTo;

    /**
     * @param isAllowed whether the name of this node is its own
     * @param durations a clock that is never set
     */
    StatePusher(
            SharedLedger ledger,
            SenderTopic topic,
            ExchangeClients clients,
            StateCodec codec,
            ClockOffset offset,
            BooleanSupplier isAllowed,
            Clock durations) {
        this.ledger = ledger;
        this.topic = topic;
        this.clients = clients;
        this.codec = codec;
        this.offset = offset;
        this.isAllowed = isAllowed;
        this.durations = durations;
        repeatAt = durations.instant();
        repeated = IpPrefix.ofBits(false, ThreadLocalRandom.current().nextInt());
        ledger.onCommit(version -> commits.offer(true));
    }

    /**
     * Pushes until the topic is another one.
     *
     * @param works called when the brokers have acknowledged something, or there is nothing to push
     */
    void run(Runnable works) throws Exception {
        TopicInfo known = topic.info();
        TopicPartition partition = topic.partitionOf(ledger.ownNode(), known);
        Producer<byte[], byte[]> producer = clients.stateProducer("push");
        try {
            start(known);
            while (topic.is(known)) {
                boolean more = isAllowed.getAsBoolean() && pushNext(producer, partition);
                works.run();
                if (!more) {
                    commits.poll(WAIT_MILLIS, TimeUnit.MILLISECONDS);
                }
            }
        } finally {
            producer.close(Duration.ZERO);
        }
    }

    /** Keeps the latest offset unless the topic is another one: an earlier log is put back while there is no answer. */
    private synchronized void start(TopicInfo known) {
        long shared = ledger.sharedVersion();
        cursor = shared == 0 ? Cursor.START : new Cursor(shared + 1, "");
        latestOffset = known.equals(pushedTo) ? latestOffset : -1;
        pushedTo = known;
    }

    /** Pushes the next states; returns whether there may be more. */
    private boolean pushNext(Producer<byte[], byte[]> producer, TopicPartition partition)
            throws StorageException, ExchangeException, InterruptedException {
        Cursor from;
        int rewindsBefore;
        synchronized (this) {
            from = cursor;
            rewindsBefore = rewinds;
        }
        long version = ledger.version();
        List<LedgerRecord> states = ledger.readOwn(from, MAX_BATCH);
        push(states, producer, partition);
        repeat(producer, partition);
        synchronized (this) {
            if (rewinds == rewindsBefore) {
                acknowledge(states, version);
            }
        }
        return states.size() == MAX_BATCH;
    }

    /** Everything up to the last state is shared, but of its version only if there are no more states. */
    private void acknowledge(List<LedgerRecord> states, long versionBefore) {
        long shared = states.size() < MAX_BATCH ? versionBefore : 0;
        if (!states.isEmpty()) {
            LedgerRecord last = states.get(states.size() - 1);
            cursor = new Cursor(last.version(), last.origin().toString());
            shared = Math.max(shared, states.size() < MAX_BATCH ? last.version() : last.version() - 1);
        }
        if (shared > ledger.sharedVersion()) {
            ledger.setSharedVersion(shared);
        }
    }

    /** Waits until the brokers have acknowledged all states. */
    private void push(List<LedgerRecord> states, Producer<byte[], byte[]> producer, TopicPartition partition)
            throws ExchangeException, InterruptedException {
        List<Future<RecordMetadata>> answers = new ArrayList<>(states.size());
        for (LedgerRecord state : states) {
            byte[] key = new StateKey(state.node(), state.origin()).encode();
            byte[] value = codec.encode(offset.toBrokers(state));
            answers.add(producer.send(new ProducerRecord<>(partition.topic(), partition.partition(), key, value)));
        }
        producer.flush();
        try {
            for (Future<RecordMetadata> answer : answers) {
                noticeLoss(answer.get());
            }
        } catch (ExecutionException e) {
            throw ExchangeException.of("push states to topic " + topic.name(), e);
        }
        pushed.add(states.size());
    }

    /** Offsets only grow, unless an earlier log was put back. */
    private void noticeLoss(RecordMetadata written) {
        if (written.hasOffset()) {
            if (written.offset() <= latestOffset) {
                pushAllAgain();
            }
            latestOffset = written.offset();
        }
    }

    /** Has all own states pushed again, because the brokers may have lost some. */
    synchronized void pushAllAgain() {
        rewinds++;
        cursor = Cursor.START;
        ledger.setSharedVersion(0);
    }

    /** Pushes the states again whose turn it is in the day. */
    private void repeat(Producer<byte[], byte[]> producer, TopicPartition partition)
            throws StorageException, ExchangeException, InterruptedException {
        Instant now = durations.instant();
        if (now.isBefore(repeatAt)) {
            return;
        }
        long jitter = ThreadLocalRandom.current().nextLong(2 * REPEAT_INTERVAL.toMillis());
        repeatAt = now.plusMillis(jitter);
        int own = ledger.nodes().getOrDefault(ledger.ownNode(), 0);
        int page = Math.min(MAX_BATCH, (int) (own / REPEATS_A_DAY) + 1);
        List<LedgerRecord> states = ledger.readOwnByOrigin(repeated, page);
        push(states, producer, partition);
        repeated = states.size() < page ? null : states.get(states.size() - 1).origin();
    }

    /** Number of states that the brokers have acknowledged. */
    long pushedCount() {
        return pushed.sum();
    }

    /** Number of commits that are not shared completely. */
    long pending() {
        return Math.max(0, ledger.version() - ledger.sharedVersion());
    }
}
