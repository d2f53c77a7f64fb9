package org.decoymx.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated // what was left out is counted once for the process
class LogLimiterTest {
    private long now;
    private final LogLimiter limiter = new LogLimiter(() -> now);

    private static LogRecord record(String category, Level level) {
        LogRecord created = new LogRecord(level, "text");
        created.setLoggerName(category);
        return created;
    }

    private long count(int records, String category, Level level) {
        long passed = 0;
        for (int i = 0; i < records; i++) {
            passed += limiter.isLoggable(record(category, level)) ? 1 : 0;
        }
        return passed;
    }

    private static List<String> report() {
        List<String> lines = new ArrayList<>();
        LogLimiter.report(lines::add);
        return lines;
    }

    @Test
    void categoryOfALibrary_isLimited_andTheRestCounted() {
        report();
        assertThat(count(1_000, "io.vertx.A", Level.SEVERE)).isEqualTo(LogLimiter.MAX_RECORDS);
        assertThat(count(5, "io.vertx.B", Level.WARNING)).isEqualTo(5);
        assertThat(report()).containsExactly("990 further messages of io.vertx.A were not logged");
        assertThat(report()).isEmpty();

        now = LogLimiter.WINDOW_NANOS - 1;
        assertThat(count(1, "io.vertx.A", Level.SEVERE)).isZero();
        now++;
        assertThat(count(100, "io.vertx.A", Level.SEVERE)).isEqualTo(LogLimiter.MAX_RECORDS);
        report();
    }

    @Test
    void ownLines_andDebugging_pass_butStackTracesAreLimited() {
        assertThat(count(1_000, "org.decoymx.event", Level.INFO)).isEqualTo(1_000);
        assertThat(count(1_000, "io.vertx.C", Level.FINE)).isEqualTo(1_000);

        long passed = 0;
        for (int i = 0; i < 100; i++) {
            LogRecord withTrace = record("org.decoymx.feed.X", Level.SEVERE);
            withTrace.setThrown(new IllegalStateException());
            passed += limiter.isLoggable(withTrace) ? 1 : 0;
        }
        assertThat(passed).isEqualTo(LogLimiter.MAX_RECORDS);
        report();
    }

    @Test
    void record_forTwoHandlers_countsOnce() {
        LogRecord first = record("io.vertx.D", Level.INFO);
        assertThat(limiter.isLoggable(first)).isTrue();
        assertThat(limiter.isLoggable(first)).isTrue();
        assertThat(count(100, "io.vertx.D", Level.INFO)).isEqualTo(LogLimiter.MAX_RECORDS - 1);
    }

    @Test
    void manyCategories_shareOneCount() {
        for (int i = 0; i < 1_000; i++) {
            limiter.isLoggable(record("io.vertx.E" + i, Level.INFO));
        }
        assertThat(count(100, "io.vertx.F", Level.INFO)).isEqualTo(LogLimiter.MAX_RECORDS);
        assertThat(count(100, "io.vertx.G", Level.INFO)).isZero();
        report();
    }
}
