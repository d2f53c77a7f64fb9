package org.decoymx.feed;

import io.netty.util.internal.PlatformDependent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.decoymx.blocklist.BlocklistPublisher;

/** Produces the feed cache with its memory budget and its executors, and the responder. */
@ApplicationScoped
class FeedProducer {
    /** The rest of the direct memory is for network buffers. */
    private static final double DIRECT_MEMORY_SHARE = 0.75;

    /**
     * More than there are processors, so that short feeds need not wait for long ones. The cache limits the queue.
     */
    private static final int FULL_FEED_THREADS = 4;

    /** Parts do not take all processors from full feeds. */
    private static final int FILTERED_FEED_THREADS = 2;

    /** More requests for uncached parts are rejected. */
    private static final int MAX_QUEUED_FILTERED_FEEDS = 32;

    /** More requests for uncached changes are rejected. */
    private static final int MAX_QUEUED_CHANGES = 256;

    private static final int IDLE_SECONDS = 30;

    /** Unlike a {@code WorkerExecutor} of Vert.x, it rejects tasks when the queue is full, and its threads end. */
    private static Executor newExecutor(String threadName, int threads, BlockingQueue<Runnable> queue) {
        ThreadPoolExecutor executor =
                new ThreadPoolExecutor(threads, threads, IDLE_SECONDS, TimeUnit.SECONDS, queue, task -> {
                    Thread thread = new Thread(task, threadName);
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    @Produces
    @Singleton
    FeedCache feedCache(BlocklistPublisher publisher, Clock clock) {
        return new FeedCache(
                publisher,
                clock,
                new MemoryBudget((long) (PlatformDependent.maxDirectMemory() * DIRECT_MEMORY_SHARE)),
                newExecutor("feed", FULL_FEED_THREADS, new LinkedBlockingQueue<>()),
                newExecutor(
                        "filtered-feed", FILTERED_FEED_THREADS, new ArrayBlockingQueue<>(MAX_QUEUED_FILTERED_FEEDS)),
                newExecutor("changes", 1, new ArrayBlockingQueue<>(MAX_QUEUED_CHANGES)));
    }

    @Produces
    @Singleton
    FeedResponder feedResponder(FeedCache cache, Clock clock, FeedConfig config, FeedReaders readers) {
        return new FeedResponder(cache, clock, config.maxAge(), readers);
    }
}
