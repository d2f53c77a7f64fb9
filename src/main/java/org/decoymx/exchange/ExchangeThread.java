package org.decoymx.exchange;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.decoymx.support.Condition;
import org.jboss.logging.Logger;

/**
 * A thread that works for ever. When the work fails, it begins again after a pause, which is longer after each failure.
 */
final class ExchangeThread {
    private static final Logger LOG = Logger.getLogger(ExchangeThread.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration MAX_PAUSE = Duration.ofSeconds(5);

    private final String name;
    private final Work work;
    private final Condition condition;
    private final Thread thread;
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

    /**
     * Does not start the thread yet.
     *
     * @param name for messages too
     */
    ExchangeThread(String name, Work work, Clock clock) {
        this.name = name;
        this.work = work;
        condition = new Condition(clock);
        thread = new Thread(this::loop, name);
        thread.setDaemon(true);
    }

    String name() {
        return name;
    }

    void start() {
        thread.start();
    }

    private void loop() {
        Duration pause = FIRST_PAUSE;
        while (!stopped) {
            try {
                work.run(this::recover);
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

    private void recover() {
        condition.recover(() -> LOG.infof("%s: works again", name));
    }

    /** What is wrong; empty when it works. */
    Optional<Condition.Failure> failure() {
        return condition.failure();
    }

    /** Tells the work to end, without waiting. */
    void stop() {
        stopped = true;
        thread.interrupt();
    }

    /** Waits for the end of the work, for so long at most. */
    void join(Duration timeout) throws InterruptedException {
        thread.join(timeout.toMillis());
    }
}
