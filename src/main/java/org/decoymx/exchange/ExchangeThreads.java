package org.decoymx.exchange;

import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.decoymx.support.Condition;
import org.jboss.logging.Logger;

/**
 * Threads that work until all of them are stopped. When the work of one fails, it begins again after a pause, which is
 * longer after each failure. Thread-safe.
 */
final class ExchangeThreads {
    private static final Logger LOG = Logger.getLogger(ExchangeThreads.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration MAX_PAUSE = Duration.ofSeconds(5);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(1);

    private final Clock clock;
    private final Map<String, RunningJob> jobs = new LinkedHashMap<>();
    private volatile boolean stopped;

    /** What a thread does. */
    interface Work {
        /**
         * Works until it must begin again; then it is called again at once. It must end soon after the thread was
         * interrupted.
         *
         * @param works to be called whenever something has succeeded
         */
        void run(Runnable works) throws Exception;
    }

    private record RunningJob(Thread thread, Condition condition) {}

    ExchangeThreads(Clock clock) {
        this.clock = clock;
    }

    /**
     * Starts a thread, unless one with this name is running.
     *
     * @param name for messages too
     */
    synchronized void start(String name, Work work) {
        if (!stopped && !jobs.containsKey(name)) {
            Condition condition = new Condition(clock);
            Thread thread = new Thread(() -> loop(name, work, condition), name);
            thread.setDaemon(true);
            jobs.put(name, new RunningJob(thread, condition));
            thread.start();
        }
    }

    private void loop(String name, Work work, Condition condition) {
        Duration pause = FIRST_PAUSE;
        while (!stopped) {
            try {
                work.run(() -> condition.recover(() -> LOG.infof("%s: works again", name)));
            } catch (Throwable e) {
                if (stopped) {
                    return;
                }
                pause = condition.failure().isEmpty() ? FIRST_PAUSE : min(pause.multipliedBy(2), MAX_PAUSE);
                String reason = ExchangeException.reason(e);
                condition.fail(kind(e), reason, () -> LOG.warnf("%s: %s; trying again", name, reason));
                LOG.debugf(e, "%s", name);
                sleep(pause);
            }
        }
    }

    /** So that an outage is logged once, whatever fails first in each attempt. */
    private static String kind(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause instanceof ExchangeException
                ? String.valueOf(cause.getMessage())
                : cause.getClass().getName();
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private static void sleep(Duration pause) {
        try {
            Thread.sleep(pause.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What is wrong in any of them. */
    synchronized List<Condition.Failure> failures() {
        return jobs.values().stream()
                .flatMap(job -> job.condition().failure().stream())
                .toList();
    }

    /** Stops all of them; waits for a second at most. */
    void stop() {
        List<Thread> running;
        synchronized (this) {
            stopped = true;
            running = jobs.values().stream().map(RunningJob::thread).toList();
        }
        running.forEach(Thread::interrupt);
        try {
            for (Thread thread : running) {
                thread.join(STOP_TIMEOUT.dividedBy(running.size()).toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
