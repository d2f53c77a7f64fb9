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
 * Measures time for bounds that the decoy promises, on a machine that may be busy with other work. The time in which
 * threads of this process and its descendants waited for a processor, or the machine waited for its disks, does not
 * count. On an idle machine this is the wall-clock time.
 */
public final class Stopwatch {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(50);
    private static final Pattern IO_WAIT = Pattern.compile("some .* total=(\\d+)");

    private final long startedAt = System.nanoTime();
    private final Map<Path, Long> initialWaits = new HashMap<>();
    private final Map<Path, Long> latestWaits = new HashMap<>();
    private final long initialIoWait = ioWait();

    private Stopwatch() {
        sample();
        initialWaits.putAll(latestWaits);
    }

    public static Stopwatch start() {
        return new Stopwatch();
    }

    /** The time since the start, without the time spent waiting for a processor or a disk. */
    public Duration elapsed() {
        sample();
        long waited = ioWait() - initialIoWait;
        for (Map.Entry<Path, Long> thread : latestWaits.entrySet()) {
            waited += thread.getValue() - initialWaits.getOrDefault(thread.getKey(), 0L);
        }
        return Duration.ofNanos(Math.max(0, wallTime() - waited));
    }

    private long wallTime() {
        return System.nanoTime() - startedAt;
    }

    /** Waits until an assertion holds. Fails with that assertion once the bound is exceeded. */
    public void within(Duration bound, ThrowingCallable assertion) {
        while (true) {
            try {
                assertion.call();
                return;
            } catch (AssertionError e) {
                if (isExceeded(bound) || wallTime() > LIMIT.toNanos()) {
                    throw new AssertionError("not within " + bound + ": " + e.getMessage(), e);
                }
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    /** Fails if the elapsed time exceeds the bound. */
    public void assertWithin(Duration bound) {
        assertThat(isExceeded(bound)).as("more than %s elapsed", bound).isFalse();
    }

    private boolean isExceeded(Duration bound) {
        return wallTime() > bound.toNanos() && elapsed().compareTo(bound) > 0;
    }

    /** Reads the current values. Threads and processes that have ended keep their last value. */
    private void sample() {
        sample(ProcessHandle.current());
        ProcessHandle.current().descendants().forEach(this::sample);
    }

    private void sample(ProcessHandle process) {
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + process.pid() + "/task"))) {
            threads.forEach(thread -> readWait(thread.resolve("schedstat")));
        } catch (IOException e) {
            // the process has ended
        }
    }

    /** Reads the second field, the time in nanoseconds that a thread waited for a processor. */
    private void readWait(Path schedstat) {
        try {
            latestWaits.put(
                    schedstat, Long.parseLong(Files.readString(schedstat).split(" ", -1)[1]));
        } catch (IOException e) {
            // the thread has ended
        }
    }

    /** The time in nanoseconds in which some task waited for a disk; 0 if the kernel does not count it. */
    private static long ioWait() {
        try {
            Matcher total = IO_WAIT.matcher(Files.readString(Path.of("/proc/pressure/io")));
            return total.find() ? 1_000 * Long.parseLong(total.group(1)) : 0;
        } catch (IOException e) {
            return 0;
        }
    }
}
