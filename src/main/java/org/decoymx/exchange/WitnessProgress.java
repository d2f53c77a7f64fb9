package org.decoymx.exchange;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;

/**
 * Finds out up to when this node knows all that primaries reported to others: each says in its heartbeats up to when it
 * has written all, and this node has read what the topic had when it knew these heartbeats. Not thread-safe.
 */
final class WitnessProgress {
    /** Then the topic may be another one. */
    private static final Duration MAX_WAIT = Duration.ofMinutes(10);

    private final SenderTopic topic;
    private final Predicate<Map<TopicPartition, Long>> hasRead;
    private final Supplier<Optional<Instant>> heardUntil;
    private final Consumer<Instant> known;
    private final Clock clock;
    private Map<TopicPartition, Long> ends = Map.of();
    private Instant askedAt = Instant.EPOCH;
    private Optional<Instant> heard = Optional.empty();

    /**
     * @param hasRead whether all before these ends of partitions is read
     * @param heardUntil up to when all nodes have written all, by the clock of this one; empty if that is not known
     * @param known gets up to when all is known
     */
    WitnessProgress(
            SenderTopic topic,
            Predicate<Map<TopicPartition, Long>> hasRead,
            Supplier<Optional<Instant>> heardUntil,
            Consumer<Instant> known,
            Clock clock) {
        this.topic = topic;
        this.hasRead = hasRead;
        this.heardUntil = heardUntil;
        this.known = known;
        this.clock = clock;
    }

    /** Looks at what is read, and asks for the present end of the topic. To be called every few seconds. */
    void run(Admin admin) {
        boolean isRead = !ends.isEmpty() && hasRead.test(ends);
        if (isRead) {
            heard.ifPresent(until -> known.accept(until.isBefore(askedAt) ? until : askedAt));
        }
        Instant now = clock.instant();
        if (isRead || ends.isEmpty() || Duration.between(askedAt, now).abs().compareTo(MAX_WAIT) > 0) {
            askedAt = now;
            heard = heardUntil.get();
            try {
                ends = TopicChecks.ends(admin, List.of(topic));
            } catch (ExchangeException e) {
                ends = Map.of(); // the checks of the topics report it
            }
        }
    }
}
