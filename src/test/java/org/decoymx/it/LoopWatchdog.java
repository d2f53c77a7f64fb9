package org.decoymx.it;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A Java agent in the decoys of the tests, which prints when a turn of an event loop takes more CPU time than it may.
 * It puts a task into the queue of each event loop again and again. The CPU time that the thread uses until it runs the
 * task is that of the rest of the turn: a busy machine does not add to it, nor does a garbage collection.
 */
public final class LoopWatchdog {
    /** What it prints begins so. */
    static final String REPORT = "Event loop blocked: ";

    private static final long SECONDS_TO_STOP = 10;
    private static final Duration INTERVAL = Duration.ofMillis(20);
    private static final String THREAD_PREFIX = "vert.x-eventloop-thread-";

    private final Executor loop;
    private final long limitNanos;
    private final Consumer<String> reports;
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private @Nullable Thread thread;
    private long usedBefore;
    private StackTraceElement[] stack = {};
    private boolean queued;

    LoopWatchdog(Executor loop, Duration limit, Consumer<String> reports) {
        this.loop = loop;
        limitNanos = limit.toNanos();
        this.reports = reports;
    }

    /**
     * Called by the JVM before the decoy starts.
     *
     * @param limit the CPU time that a turn may take, in milliseconds
     */
    public static void premain(String limit) {
        Duration duration = Duration.ofMillis(Long.parseLong(limit));
        Thread watch = new Thread(() -> watch(duration), "loop-watchdog");
        watch.setDaemon(true);
        watch.start();
    }

    private static void watch(Duration limit) {
        try {
            ClassLoader decoy = awaitEventLoop();
            List<LoopWatchdog> watchdogs = new ArrayList<>();
            for (Object loop : eventLoops(decoy)) {
                watchdogs.add(new LoopWatchdog((Executor) loop, limit, System.err::println));
            }
            while (true) {
                watchdogs.forEach(LoopWatchdog::check);
                pause();
            }
        } catch (InterruptedException | RejectedExecutionException e) {
            // the decoy stops
        } catch (ReflectiveOperationException e) {
            reportUnlessStopping("the event loops of Quarkus were not found: " + e);
        }
    }

    /** When the start fails, Quarkus closes its class loader before the JVM ends. */
    private static void reportUnlessStopping(String problem) {
        try {
            TimeUnit.SECONDS.sleep(SECONDS_TO_STOP);
            System.err.println(REPORT + problem);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void pause() throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(INTERVAL.toMillis());
    }

    /** The class loader of the decoy, when it has an event loop. */
    private static ClassLoader awaitEventLoop() throws InterruptedException {
        while (true) {
            Thread[] all = new Thread[1_000];
            int number = Thread.enumerate(all);
            for (int i = 0; i < number; i++) {
                if (all[i].getName().startsWith(THREAD_PREFIX)) {
                    return all[i].getContextClassLoader();
                }
            }
            pause();
        }
    }

    /** By reflection, because the decoy's classes have a class loader of their own. */
    private static Iterable<?> eventLoops(ClassLoader decoy) throws ReflectiveOperationException {
        Supplier<?> vertx = (Supplier<?>) Class.forName("io.quarkus.vertx.core.runtime.VertxCoreRecorder", true, decoy)
                .getMethod("getVertx")
                .invoke(null);
        return (Iterable<?>) Class.forName("org.decoymx.net.VertxInternals", true, decoy)
                .getMethod("eventLoops", Class.forName("io.vertx.core.Vertx", true, decoy))
                .invoke(null, vertx.get());
    }

    /** Puts a task into the queue, unless the last one has not been run. */
    synchronized void check() {
        if (!queued) {
            usedBefore = used();
            queued = true;
            loop.execute(this::endTurn);
        } else if (thread != null && used() - usedBefore > limitNanos / 2) {
            stack = thread.getStackTrace();
        }
    }

    private long used() {
        return thread == null ? 0 : threads.getThreadCpuTime(thread.getId());
    }

    private synchronized void endTurn() {
        if (thread == null) {
            thread = Thread.currentThread();
        } else if (used() - usedBefore > limitNanos) {
            StringBuilder report = new StringBuilder(REPORT + (used() - usedBefore) / 1_000_000 + " ms of CPU time");
            for (StackTraceElement element : stack) {
                report.append("\n    at ").append(element);
            }
            reports.accept(report.toString());
        }
        stack = new StackTraceElement[0];
        queued = false;
    }
}
