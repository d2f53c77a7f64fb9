package org.decoymx.support;

import io.quarkus.logging.LoggingFilter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.logging.Filter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;

/**
 * Limits the log records that a library may write, and all with a stack trace, because a stranger may cause one with
 * each request: {@value #MAX_RECORDS} of a category in ten minutes, of more only the number. Records below INFO pass:
 * somebody wants to see them. What the decoy logs about single events is limited by {@link EventLog}.
 */
@LoggingFilter(name = LogLimiter.NAME)
public final class LogLimiter implements Filter {
    /** The name of the filter in {@code application.properties}. */
    static final String NAME = "limited";

    static final int MAX_RECORDS = 10;
    static final long WINDOW_NANOS = 600_000_000_000L;

    /** Further categories share one count. */
    private static final int MAX_CATEGORIES = 1_000;

    private static final String OWN = "org.decoymx.";

    /** How many records of each category were left out; there is one for all filters, as Quarkus creates them. */
    private static final Map<String, Integer> OMITTED = new ConcurrentHashMap<>();

    private final Map<String, Window> windows = new ConcurrentHashMap<>();
    private final LongSupplier nanoTime;
    private volatile @Nullable LogRecord lastPassed;

    /** A filter with the monotonic clock of the system. */
    public LogLimiter() {
        this(System::nanoTime);
    }

    LogLimiter(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Ten minutes in which a category wrote some records. */
    private record Window(long startNanos, int records) {}

    @Override
    public boolean isLoggable(LogRecord record) {
        boolean isOwn = String.valueOf(record.getLoggerName()).startsWith(OWN) && record.getThrown() == null;
        if (isOwn || record.getLevel().intValue() < Level.INFO.intValue() || record == lastPassed) { // second handler
            return true;
        }
        String name = String.valueOf(record.getLoggerName());
        String category = windows.containsKey(name) || windows.size() < MAX_CATEGORIES ? name : "other categories";
        long now = nanoTime.getAsLong();
        int records = windows.merge(
                        category,
                        new Window(now, 1),
                        (old, first) -> now - old.startNanos >= WINDOW_NANOS
                                ? first
                                : new Window(old.startNanos, Math.min(old.records, MAX_RECORDS) + 1))
                .records;
        if (records <= MAX_RECORDS) {
            lastPassed = record;
            return true;
        }
        OMITTED.merge(category, 1, (left, one) -> left == Integer.MAX_VALUE ? left : left + one);
        return false;
    }

    /** Passes a line for each category of which records were left out since the last call. */
    static void report(Consumer<String> out) {
        OMITTED.keySet().forEach(category -> {
            Integer omitted = OMITTED.remove(category);
            if (omitted != null) {
                out.accept(omitted + " further messages of " + category + " were not logged");
            }
        });
    }
}
