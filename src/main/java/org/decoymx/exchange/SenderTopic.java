package org.decoymx.exchange;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.decoymx.exchange.Topics.TopicInfo;
import org.decoymx.ledger.Node;
import org.decoymx.ledger.SharedPosition;
import org.jspecify.annotations.Nullable;

/**
 * The topic with the states of the nodes of one prefix. What is read of it has the times of this node; when its clock
 * is set, the topic is taken for another one, so that all of it is read again. Thread-safe.
 */
final class SenderTopic {
    private final String name;
    private final String suffix;
    private final ClockOffset offset;
    private final Set<TopicPartition> unread = ConcurrentHashMap.newKeySet();
    private volatile @Nullable TopicInfo info;
    private volatile String problem;

    /**
     * @param name its name
     * @param suffix what follows the name of its nodes here: empty for the own prefix, {@code @PREFIX} for another one
     */
    SenderTopic(String name, String suffix, ClockOffset offset) {
        this.name = name;
        this.suffix = suffix;
        this.offset = offset;
        problem = "topic " + name + " does not exist";
    }

    String name() {
        return name;
    }

    String suffix() {
        return suffix;
    }

    /** Whether own states are pushed to it. */
    boolean isOwn() {
        return suffix.isEmpty();
    }

    /** Sets what the brokers say about it; null if it does not exist. */
    void update(@Nullable TopicInfo found) {
        problem = "topic " + name + " does not exist";
        info = found;
    }

    /** Sets why the brokers say nothing about it now; what they said before is still used. */
    void fail(ExchangeException reason) {
        problem = ExchangeException.reason(reason);
    }

    /**
     * What the brokers said about it last; empty if it does not exist, or they have never said anything. Its id is
     * another one for each difference of the clocks.
     */
    Optional<TopicInfo> known() {
        Duration ahead = offset.ahead();
        return Optional.ofNullable(info)
                .map(found -> ahead.isZero()
                        ? found
                        : new TopicInfo(found.id() + " " + ahead, found.partitions(), found.replicas()));
    }

    /**
     * What the brokers say about it.
     *
     * @throws ExchangeException if it does not exist, or they have never said anything
     */
    TopicInfo info() throws ExchangeException {
        return known().orElseThrow(() -> new ExchangeException(problem));
    }

    /** Whether it is still the same topic, with the same partitions, and the clock of this node was not set. */
    boolean is(TopicInfo known) {
        return known().filter(known::equals).isPresent();
    }

    /** All of its partitions. */
    List<TopicPartition> partitions(TopicInfo known) {
        return IntStream.range(0, known.partitions())
                .mapToObj(partition -> new TopicPartition(name, partition))
                .toList();
    }

    /** The partition with the states of a node: all in one, so that a commit is one batch, and their order is kept. */
    TopicPartition partitionOf(Node node, TopicInfo known) {
        CRC32 hash = new CRC32();
        hash.update(node.name().getBytes(StandardCharsets.US_ASCII));
        return new TopicPartition(name, (int) (hash.getValue() % known.partitions()));
    }

    /** Has the states of a node read again. */
    void readAgain(Node node) {
        known().ifPresent(found -> unread.add(partitionOf(node, found)));
    }

    /** Begins to read partitions again that must be. */
    void seekUnread(Consumer<?, ?> consumer) {
        for (TopicPartition partition : List.copyOf(unread)) {
            unread.remove(partition);
            if (consumer.assignment().contains(partition)) {
                consumer.seekToBeginning(List.of(partition));
            }
        }
    }

    /**
     * Begins to read partitions: each from the position that was kept for it, or from its beginning if there is none,
     * or if the brokers do not have it any more.
     *
     * @return the positions of partitions that lost records since they were kept, or that were never read
     */
    List<SharedPosition> seek(
            Consumer<?, ?> consumer,
            TopicInfo known,
            Collection<TopicPartition> partitions,
            List<SharedPosition> kept) {
        consumer.assign(partitions);
        Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        List<SharedPosition> lost = new ArrayList<>();
        for (TopicPartition partition : partitions) {
            long begin = begins.getOrDefault(partition, 0L);
            long end = ends.getOrDefault(partition, 0L);
            OptionalLong position = kept.stream()
                    .filter(p -> p.topic().equals(name) && p.topicId().equals(known.id()))
                    .filter(p -> p.partition() == partition.partition())
                    .mapToLong(SharedPosition::offset)
                    .filter(offset -> offset <= end)
                    .findFirst();
            consumer.seek(partition, Math.max(begin, position.orElse(begin)));
            if (position.isEmpty()) {
                lost.add(position(partition, known, begin));
            }
        }
        return lost;
    }

    /** A position, to be kept in the ledger. */
    SharedPosition position(TopicPartition partition, TopicInfo known, long offset) {
        return new SharedPosition(name, known.id(), partition.partition(), offset);
    }
}
