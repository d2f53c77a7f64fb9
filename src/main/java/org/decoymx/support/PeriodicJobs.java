package org.decoymx.support;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import io.quarkus.scheduler.Scheduler;
import io.quarkus.scheduler.Trigger;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Runs periodic work with the Quarkus scheduler, from the call on until it is cancelled or the shutdown begins. The
 * first run is within a second. A run is skipped while the one before is not over.
 */
@Singleton
public final class PeriodicJobs {
    private static final long CLOCK_CHECK_MILLIS = 10_000;
    private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(5);

    private final Scheduler scheduler;
    private final Vertx vertx;
    private final Clock clock;
    private final Map<String, Job> jobs = new ConcurrentHashMap<>();

    PeriodicJobs(Scheduler scheduler, Vertx vertx, SteadyClock clock) {
        this.scheduler = scheduler;
        this.vertx = vertx;
        this.clock = clock.machine();
    }

    private record Job(Duration interval, Runnable start) {}

    void start(@Observes @Priority(StartOrder.FIRST) StartupEvent event) {
        vertx.setPeriodic(CLOCK_CHECK_MILLIS, timer -> restartAfterClockChange());
    }

    void stop(@Observes @Priority(StartOrder.FIRST) ShutdownEvent event) {
        scheduler.pause();
    }

    /**
     * Runs work on worker threads, so that it may block. It must not throw.
     *
     * @param name for messages; each job has its own
     * @param interval at least a second
     */
    public void schedule(String name, Duration interval, Runnable work) {
        start(name, interval, () -> define(name, interval)
                .setTask(run -> work.run())
                .schedule());
    }

    /**
     * Runs work on an event loop. It must not block.
     *
     * @param name for messages; each job has its own
     * @param interval at least a second
     * @param work a run is over when the future is complete
     */
    public void scheduleAsync(String name, Duration interval, Supplier<Future<Void>> work) {
        start(name, interval, () -> define(name, interval)
                .setAsyncTask(
                        run -> Uni.createFrom().completionStage(() -> work.get().toCompletionStage()))
                .schedule());
    }

    /** Ends a job. A run that has begun goes on. */
    public void cancel(String name) {
        jobs.remove(name);
        scheduler.unscheduleJob(name);
    }

    private Scheduler.JobDefinition<?> define(String name, Duration interval) {
        return scheduler.newJob(name).setInterval(interval.toString()).setConcurrentExecution(ConcurrentExecution.SKIP);
    }

    private void start(String name, Duration interval, Runnable start) {
        jobs.put(name, new Job(interval, start));
        start.run();
    }

    /**
     * The scheduler compares wall-clock times: after the clock was set back, it would wait for the time of the last
     * run, or, before the first run, for that of the start.
     */
    private void restartAfterClockChange() {
        Instant latest = clock.instant().plus(CLOCK_TOLERANCE);
        for (Trigger trigger : scheduler.getScheduledJobs()) {
            Job job = jobs.get(trigger.getId());
            if (job != null && trigger.getNextFireTime().minus(job.interval()).isAfter(latest)) {
                scheduler.unscheduleJob(trigger.getId());
                job.start().run();
            }
        }
    }
}
