package org.decoymx.exchange;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
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
        record(settings, settingsProblem(admin));
        record(partitions, partitionProblem(admin, read));
    }

    private static void record(Condition condition, String problem) {
        if (problem.isEmpty()) {
            condition.recover(() -> LOG.info("The topics are as they must be again"));
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

    /** Readers themselves report topics that do not exist. */
    private static String partitionProblem(Admin admin, Collection<SenderTopic> read) {
        List<TopicPartition> asked = new ArrayList<>();
        for (SenderTopic topic : read) {
            topic.known().map(topic::partitions).ifPresent(asked::addAll);
        }
        Map<TopicPartition, OffsetSpec> wanted =
                asked.stream().collect(Collectors.toMap(Function.identity(), partition -> OffsetSpec.latest()));
        ListOffsetsResult ends = admin.listOffsets(wanted);
        for (TopicPartition partition : asked) {
            try {
                ends.partitionResult(partition).get();
            } catch (ExecutionException e) {
                return ExchangeException.reason(ExchangeException.of("read partition " + partition, e));
            } catch (InterruptedException e) {
                return ExchangeException.reason(ExchangeException.interrupted(e));
            }
        }
        return "";
    }

    /** What is wrong. */
    List<Condition.Failure> failures() {
        List<Condition.Failure> failures = new ArrayList<>();
        settings.failure().ifPresent(failures::add);
        partitions.failure().ifPresent(failures::add);
        return failures;
    }
}
