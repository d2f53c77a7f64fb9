package org.decoymx.support;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * Prints the {@link EventLog} every second, what the {@link LogLimiter} left out every minute, and the rest after the
 * ledger has stopped.
 */
@Singleton
final class EventLogLifecycle {
    /** A category of its own, so that the events can be switched off. */
    private static final Logger LOG = Logger.getLogger("org.decoymx.event");

    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private static final Logger LIMITER_LOG = Logger.getLogger(LogLimiter.class);
    private static final Duration OMITTED_INTERVAL = Duration.ofMinutes(1);

    @Produces
    @Singleton
    static EventLog eventLog(SteadyClock clock) {
        return new EventLog(clock.durations(), LOG::info);
    }

    void start(@Observes StartupEvent event, EventLog log, PeriodicJobs jobs) {
        jobs.schedule("event log", INTERVAL, log::print);
        jobs.schedule("omitted log messages", OMITTED_INTERVAL, () -> LogLimiter.report(LIMITER_LOG::warn));
    }

    void stop(@Observes @Priority(StartOrder.STOP_LOG) ShutdownEvent event, EventLog log) {
        log.print();
        LogLimiter.report(LIMITER_LOG::warn);
    }
}
