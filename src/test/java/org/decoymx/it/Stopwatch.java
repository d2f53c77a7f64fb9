package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/**
 * Measures time for bounds that are promises, on a machine that may be busy with other work. The time in which threads of
 * this process and of its descendants waited for a processor, and in which the machine waited for its disks, does not count.
 * On an idle machine this is the wall-clock time.
 */
public final class Stopwatch {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(50);
    private static final Pattern IO_WAIT = Pattern.compile("some .* total=(\\d+)");

    private final long begun = System.nanoTime();
    private final Map<Path, Long> before = new HashMap<>();
    private final Map<Path, Long> latest = new HashMap<>();
    private final long ioBefore = ioWait();

    private Stopwatch() {
        sample();
        before.putAll(latest);
    }

    public static Stopwatch start() {
        return new Stopwatch();
    }

    /** The time since the start that counts. */
    public Duration elapsed() {
        sample();
        long waited = ioWait() - ioBefore;
        for (Map.Entry<Path, Long> thread : latest.entrySet()) {
            waited += thread.getValue() - before.getOrDefault(thread.getKey(), 0L);
        }
        return Duration.ofNanos(Math.max(0, wall() - waited));
    }

    private long wall() {
        return System.nanoTime() - begun;
    }

    /** Waits until an assertion holds; the test fails with it when the bound is over. */
    public void within(Duration bound, ThrowingCallable assertion) {
        while (true) {
            try {
                assertion.call();
                return;
            } catch (AssertionError e) {
                if (isOver(bound) || wall() > LIMIT.toNanos()) {
                    throw new AssertionError("not within " + bound + ": " + e.getMessage(), e);
                }
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    /** The test fails when more than the bound has passed. */
    public void assertWithin(Duration bound) {
        assertThat(isOver(bound)).as("more than %s have passed", bound).isFalse();
    }

    private boolean isOver(Duration bound) {
        return wall() > bound.toNanos() && elapsed().compareTo(bound) > 0;
    }

    /** Threads and processes that have ended keep their last value. */
    private void sample() {
        sample(ProcessHandle.current());
        ProcessHandle.current().descendants().forEach(this::sample);
    }

    private void sample(ProcessHandle process) {
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + process.pid() + "/task"))) {
            threads.forEach(thread -> read(thread.resolve("schedstat")));
        } catch (IOException e) {
            // the process has ended
        }
    }

    /** The second field is the time in nanoseconds that a thread waited for a processor. */
    private void read(Path schedstat) {
        try {
            latest.put(schedstat, Long.parseLong(Files.readString(schedstat).split(" ", -1)[1]));
        } catch (IOException e) {
            // the thread has ended
        }
    }

    /** The time in nanoseconds in which a task of the machine waited for a disk; 0 where the kernel does not count it. */
    private static long ioWait() {
        try {
            Matcher total = IO_WAIT.matcher(Files.readString(Path.of("/proc/pressure/io")));
            return total.find() ? 1_000 * Long.parseLong(total.group(1)) : 0;
        } catch (IOException e) {
            return 0;
        }
    }
}
