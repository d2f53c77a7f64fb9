package org.decoymx.feed;

import io.netty.util.internal.PlatformDependent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.decoymx.blocklist.BlocklistPublisher;

/** Gives the feeds their memory, their times, and the threads that make them. */
@ApplicationScoped
class FeedProducer {
    /** What is left of the memory off the heap is for the sockets. */
    private static final double DIRECT_MEMORY_SHARE = 0.75;

    /** More than there are processors, so that a short feed need not wait for a long one. What waits is bounded by what there is. */
    private static final int FULL_FEED_THREADS = 4;

    /** Selections that wait to be made; of more no reader is made wait. */
    private static final int MAX_QUEUED_FILTERED_FEEDS = 32;

    /** Changes since as many versions. */
    private static final int MAX_QUEUED_CHANGES = 256;

    private static final int IDLE_SECONDS = 30;

    private final ThreadPoolExecutor fullFeedExecutor = new ThreadPoolExecutor(
            FULL_FEED_THREADS,
            FULL_FEED_THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> newDaemonThread(task, "feed"));

    private final ThreadPoolExecutor filteredFeedExecutor = new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_QUEUED_FILTERED_FEEDS),
            task -> newDaemonThread(task, "selected-feed"));

    private final ThreadPoolExecutor changesExecutor = new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_QUEUED_CHANGES),
            task -> newDaemonThread(task, "changes"));

    private static Thread newDaemonThread(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    @Produces
    @Singleton
    FeedCache feedCache(BlocklistPublisher publisher, Clock clock) {
        fullFeedExecutor.allowCoreThreadTimeOut(true);
        filteredFeedExecutor.allowCoreThreadTimeOut(true);
        changesExecutor.allowCoreThreadTimeOut(true);
        MemoryBudget budget = new MemoryBudget((long) (PlatformDependent.maxDirectMemory() * DIRECT_MEMORY_SHARE));
        return new FeedCache(publisher, clock, budget, fullFeedExecutor, filteredFeedExecutor, changesExecutor);
    }

    @Produces
    @Singleton
    HttpDateHeaders httpDateHeaders(FeedConfig config, Clock clock) {
        return new HttpDateHeaders(clock, config.maxAge());
    }
}
