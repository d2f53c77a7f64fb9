package org.decoymx.feed;

import io.netty.util.internal.PlatformDependent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.decoymx.blocklist.Publisher;
import org.decoymx.net.Keys;

/** Gives the feeds their memory, their times, and the threads that make them. */
@ApplicationScoped
class FeedBean {
    /** What is left of the memory off the heap is for the sockets. */
    private static final double SHARE = 0.75;

    /** More than there are processors, so that a short feed need not wait for a long one. What waits is bounded by what there is. */
    private static final int WHOLE_THREADS = 4;

    /** Selections that wait to be made; of more no reader is made wait. */
    private static final int MAX_WAITING = 32;

    /** Changes since as many versions. */
    private static final int MAX_SMALL = 256;

    private static final int IDLE_SECONDS = 30;

    private static final String MAX_AGE = "decoy.feed.max-age";
    private static final Duration MIN_MAX_AGE = Duration.ofSeconds(1);
    private static final Duration MAX_MAX_AGE = Duration.ofDays(1);

    private final ThreadPoolExecutor whole = new ThreadPoolExecutor(
            WHOLE_THREADS,
            WHOLE_THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> thread(task, "feed"));

    private final ThreadPoolExecutor selected = new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_WAITING),
            task -> thread(task, "selected-feed"));

    private final ThreadPoolExecutor small = new ThreadPoolExecutor(
            1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MAX_SMALL), task -> thread(task, "changes"));

    private static Thread thread(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    @Produces
    @Singleton
    Bodies bodies(Publisher publisher, Clock clock) {
        whole.allowCoreThreadTimeOut(true);
        selected.allowCoreThreadTimeOut(true);
        small.allowCoreThreadTimeOut(true);
        Budget budget = new Budget((long) (PlatformDependent.maxDirectMemory() * SHARE));
        return new Bodies(publisher, clock, budget, whole, selected, small);
    }

    @Produces
    @Singleton
    Dates dates(FeedConfig config, Clock clock) {
        Keys.inRange(MAX_AGE, config.maxAge(), MIN_MAX_AGE, MAX_MAX_AGE);
        return new Dates(clock, config.maxAge());
    }
}
