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

/** Produces the feed cache with its memory budget and its executors, and the HTTP date headers. */
@ApplicationScoped
class FeedProducer {
    /** The rest of the direct memory is for network buffers. */
    private static final double DIRECT_MEMORY_SHARE = 0.75;

    /**
     * More than there are processors, so that short feeds need not wait for long ones. The queue
     * needs no limit, because there are few full feeds.
     */
    private static final int FULL_FEED_THREADS = 4;

    /** More requests for uncached filtered feeds are rejected. */
    private static final int MAX_QUEUED_FILTERED_FEEDS = 32;

    /** More requests for uncached changes are rejected. */
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
            task -> newDaemonThread(task, "filtered-feed"));

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
