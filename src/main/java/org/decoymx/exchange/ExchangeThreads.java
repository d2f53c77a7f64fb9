package org.decoymx.exchange;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.decoymx.support.Condition;

/** The threads of the exchange, which run until all of them are stopped. Thread-safe. */
final class ExchangeThreads {
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(1);

    private final Clock clock;
    private final List<ExchangeThread> threads = new ArrayList<>();
    private boolean stopped;

    ExchangeThreads(Clock clock) {
        this.clock = clock;
    }

    /** Starts a thread, unless one with this name is running. */
    synchronized void start(String name, ExchangeThread.Work work) {
        if (!stopped && threads.stream().noneMatch(thread -> thread.name().equals(name))) {
            ExchangeThread thread = new ExchangeThread(name, work, clock);
            threads.add(thread);
            thread.start();
        }
    }

    /** What is wrong in any of them. */
    synchronized List<Condition.Failure> failures() {
        return threads.stream().flatMap(thread -> thread.failure().stream()).toList();
    }

    /** Stops all of them; waits for a second at most. */
    void stop() {
        List<ExchangeThread> running;
        synchronized (this) {
            stopped = true;
            running = List.copyOf(threads);
        }
        running.forEach(ExchangeThread::stop);
        try {
            for (ExchangeThread thread : running) {
                thread.join(STOP_TIMEOUT.dividedBy(running.size()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
