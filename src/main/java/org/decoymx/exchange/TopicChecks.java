package org.decoymx.exchange;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.decoymx.support.Condition;
import org.jboss.logging.Logger;

/**
 * Checks every few minutes whether the own topics are set up as they must be; while they are not, more often. What is
 * wrong is reported, but does not stop anything. Not thread-safe, but for {@link #settings}.
 */
final class TopicChecks {
    private static final Logger LOG = Logger.getLogger(TopicChecks.class);
    private static final Duration INTERVAL = Duration.ofMinutes(2);

    private final Topics topics;
    private final Clock durations;
    private final Condition settings;
    private Instant nextCheck = Instant.EPOCH;

    /**
     * @param durations a clock that is never set
     */
    TopicChecks(Topics topics, Clock clock, Clock durations) {
        this.topics = topics;
        this.durations = durations;
        settings = new Condition(clock);
    }

    /** Checks if it is time to. */
    void run(Admin admin) {
        Instant now = durations.instant();
        if (settings.failure().isEmpty() && now.isBefore(nextCheck)) {
            return;
        }
        nextCheck = now.plus(INTERVAL);
        List<String> problems;
        try {
            problems = topics.check(admin);
        } catch (ExchangeException e) {
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
            problems = List.of(ExchangeException.reason(e));
        }
        String found = String.join("; ", problems);
        if (found.isEmpty()) {
            settings.recover(() -> LOG.info("The settings of the topics are as they must be"));
        } else {
            settings.fail(found, () -> LOG.warn(found));
        }
    }

    /** Whether the own topics are set up as they must be. */
    Condition settings() {
        return settings;
    }
}
