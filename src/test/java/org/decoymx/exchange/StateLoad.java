package org.decoymx.exchange;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.decoymx.ledger.ExportedTrust;
import org.decoymx.ledger.LedgerRecord;
import org.decoymx.ledger.Node;
import org.decoymx.ledger.SenderCounts;
import org.decoymx.ledger.SessionEvidence;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.EnvelopeMemory;
import org.decoymx.policy.Listing;
import org.decoymx.policy.RememberedEnvelope;
import org.decoymx.policy.RetryProof;
import org.decoymx.policy.SenderScore;
import org.decoymx.policy.Tier;
import org.decoymx.policy.TrustState;
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.smtp.protocol.Verb;
import org.jspecify.annotations.Nullable;

/**
 * Many states, pushed and read with the clients and the codec of the decoy. As a program, {@code StateLoad SERVER}
 * reads all states and prints their number and the seconds it took.
 */
final class StateLoad {
    static final String TOPIC = "decoymx.senders";

    /** Of so many senders, one was caught. */
    private static final int CAUGHT_EVERY = 10;

    /** About so many states are in one commit. */
    private static final int COMMIT_SIZE = 100;

    private static final int PARTITIONS = 64;
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private StateLoad() {}

    static ExchangeClients clients(String server) {
        return new ExchangeClients(List.of(server), "bench", Optional.empty());
    }

    /**
     * A state such as a decoy has of a bot.
     *
     * @param number which sender
     * @param now in seconds since 1970
     */
    static LedgerRecord state(Node node, int number, long version, long now) {
        Random random = new Random(number * GOLDEN);
        long last = now - random.nextInt(86_400);
        long first = last - random.nextInt(30 * 86_400);
        IpPrefix origin = IpPrefix.ofBits(false, Integer.toUnsignedLong(number * (int) GOLDEN));
        boolean caught = number % CAUGHT_EVERY == 0;
        int sessions = 1 + random.nextInt(9);
        SenderScore score = caught ? new SenderScore(12, last, 1, last, last + 86_400, 3) : SenderScore.NONE;
        String helo = String.format(Locale.ROOT, "host-%08x.example%d.net", random.nextInt(), random.nextInt(200));
        String domain = "example" + random.nextInt(2_000) + ".com";
        int traits = 1 << random.nextInt(10);
        return new LedgerRecord(
                new SenderCounts(node, origin, first, last, sessions, caught ? 1 : 0, traits, 0, score, version),
                new SessionEvidence(helo, domain, caught ? Verb.DATA : Verb.EHLO, false, Outcome.OPEN, 1),
                caught ? new ExportedTrust(trust(last, random), "0123456789abcdef") : null,
                null);
    }

    private static TrustState trust(long at, Random random) {
        return new TrustState(
                at,
                new Listing(Tier.SUSPECT, at, at + 86_400, 0, false),
                RetryProof.NONE,
                new EnvelopeMemory(List.of(new RememberedEnvelope(random.nextLong(), at, at, 1))),
                EnvelopeMemory.EMPTY);
    }

    /** Pushes states of a node, and returns when the brokers have acknowledged them. */
    static void push(String server, Node node, int count, boolean evidence) {
        StateCodec codec = new StateCodec(evidence);
        long now = System.currentTimeMillis() / 1_000;
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        try (Producer<byte[], byte[]> producer = clients(server).stateProducer("push")) {
            for (int i = 0; i < count; i++) {
                LedgerRecord state = state(node, i, 1 + i / COMMIT_SIZE, now);
                Future<?> unused =
                        producer.send(record(codec, state), (written, error) -> failure.compareAndSet(null, error));
            }
        }
        if (failure.get() != null) {
            throw new IllegalStateException(failure.get());
        }
    }

    static ProducerRecord<byte[], byte[]> record(StateCodec codec, LedgerRecord state) {
        byte[] key = new StateKey(state.node(), state.origin()).encode();
        return new ProducerRecord<>(
                TOPIC, Math.floorMod(state.node().name().hashCode(), PARTITIONS), key, codec.encode(state));
    }

    /** Starts to read the topic from its beginning. */
    static Consumer<byte[], byte[]> reader(String server) {
        Consumer<byte[], byte[]> consumer = clients(server).consumer("read");
        List<TopicPartition> all = IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> new TopicPartition(TOPIC, partition))
                .toList();
        consumer.assign(all);
        consumer.seekToBeginning(all);
        return consumer;
    }

    /** Reads and decodes all that is in the topic. */
    static long readAll(String server) throws PoisonException {
        long read = 0;
        try (Consumer<byte[], byte[]> consumer = reader(server)) {
            Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> message : consumer.poll(Duration.ofMillis(500))) {
                    decode(message);
                    read++;
                }
            }
        }
        return read;
    }

    static LedgerRecord decode(ConsumerRecord<byte[], byte[]> message) throws PoisonException {
        return StateCodec.decode(StateKey.decode(message.key(), ""), message.value(), message.timestamp());
    }

    /** Prints the number of states and the seconds. */
    public static void main(String[] arguments) throws Exception {
        long start = System.nanoTime();
        long read = readAll(arguments[0]);
        System.out.println("read " + read + " " + (System.nanoTime() - start) / 1_000_000 + " ms");
    }
}
