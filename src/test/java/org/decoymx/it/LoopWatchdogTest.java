package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LoopWatchdogTest {
    private final ExecutorService loop = Executors.newSingleThreadExecutor();
    private final List<String> reports = new CopyOnWriteArrayList<>();
    private final LoopWatchdog watchdog = new LoopWatchdog(loop, Duration.ofMillis(500), reports::add);

    @BeforeEach
    void learnTheThread() throws Exception {
        watchdog.check();
        awaitQueue();
    }

    @AfterEach
    void stop() {
        loop.shutdownNow();
    }

    private void awaitQueue() throws Exception {
        loop.submit(() -> {}).get(1, TimeUnit.MINUTES);
    }

    /** Runs a turn, during which the watchdog checks twice. */
    private void turn(Runnable work) throws Exception {
        CountDownLatch checked = new CountDownLatch(1);
        loop.execute(() -> {
            await(checked);
            work.run();
        });
        watchdog.check();
        checked.countDown();
        watchdog.check();
        awaitQueue();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void compute(long millis) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long end = threads.getCurrentThreadCpuTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (threads.getCurrentThreadCpuTime() < end) {
            Thread.onSpinWait();
        }
    }

    @Test
    void turn_aboveTheLimit_isReported() throws Exception {
        turn(() -> compute(510));
        turn(() -> {});
        assertThat(reports).hasSize(1).first().asString().startsWith(LoopWatchdog.REPORT);
    }

    @Test
    void turns_belowTheLimit_areNotReported() throws Exception {
        turn(() -> compute(300));
        turn(() -> compute(300));
        assertThat(reports).isEmpty();
    }
}
