package org.decoymx.exchange;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.decoymx.support.Condition;
import org.jboss.logging.Logger;

/**
 * Checks every few minutes whether the own topics are set up as they must be, and whether the brokers answer for each
 * partition that is read: a reader only waits for one that is not available. While something is wrong, checks more
 * often. That is reported, but does not stop anything. Only {@link #failures} is thread-safe.
 */
final class TopicChecks {
    private static final Logger LOG = Logger.getLogger(TopicChecks.class);
    private static final Duration INTERVAL = Duration.ofMinutes(2);

    private final Topics topics;
    private final Clock durations;
    private final Condition settings;
    private final Condition partitions;
    private Instant nextCheck = Instant.EPOCH;

    /**
     * @param durations a clock that is never set
     */
    TopicChecks(Topics topics, Clock clock, Clock durations) {
        this.topics = topics;
        this.durations = durations;
        settings = new Condition(clock);
        partitions = new Condition(clock);
    }

    /**
     * Checks if it is time to.
     *
     * @param read the topics that are read
     */
    void run(Admin admin, Collection<SenderTopic> read) {
        Instant now = durations.instant();
        if (failures().isEmpty() && now.isBefore(nextCheck)) {
            return;
        }
        nextCheck = now.plus(INTERVAL);
        record(settings, settingsProblem(admin), "The settings of the topics are as they must be again");
        record(partitions, partitionProblem(admin, read), "All partitions can be read again");
    }

    private static void record(Condition condition, String problem, String recovered) {
        if (problem.isEmpty()) {
            condition.recover(() -> LOG.info(recovered));
        } else if (!Thread.currentThread().isInterrupted()) {
            condition.fail(problem, () -> LOG.warn(problem));
        }
    }

    private String settingsProblem(Admin admin) {
        try {
            return String.join("; ", topics.check(admin));
        } catch (ExchangeException e) {
            return ExchangeException.reason(e);
        }
    }

    private static String partitionProblem(Admin admin, Collection<SenderTopic> read) {
        try {
            ends(admin, read);
            return "";
        } catch (ExchangeException e) {
            return ExchangeException.reason(e);
        }
    }

    /**
     * The present ends of the partitions of those topics that exist; readers themselves report the others.
     *
     * @throws ExchangeException if the brokers do not answer for one of them
     */
    static Map<TopicPartition, Long> ends(Admin admin, Collection<SenderTopic> read) throws ExchangeException {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        for (SenderTopic topic : read) {
            topic.known()
                    .map(topic::partitions)
                    .orElse(List.of())
                    .forEach(each -> asked.put(each, OffsetSpec.latest()));
        }
        ListOffsetsResult answers = admin.listOffsets(asked);
        Map<TopicPartition, Long> ends = new HashMap<>();
        for (TopicPartition partition : asked.keySet()) {
            ends.put(
                    partition,
                    Topics.get(answers.partitionResult(partition), "read partition " + partition)
                            .offset());
        }
        return ends;
    }

    /** What is wrong. */
    List<Condition.Failure> failures() {
        List<Condition.Failure> failures = new ArrayList<>();
        settings.failure().ifPresent(failures::add);
        partitions.failure().ifPresent(failures::add);
        return failures;
    }
}
