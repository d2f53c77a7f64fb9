package org.decoymx;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.util.Objects;
import java.util.Properties;
import org.decoymx.support.SteadyClock;

/** Provides the clock from which all beans get the time. */
final class ClockProducer {
    private ClockProducer() {}

    @Produces
    @Singleton
    static SteadyClock clock() {
        return new SteadyClock(Clock.systemUTC(), System::nanoTime, built());
    }

    private static Instant built() {
        Properties build = new Properties();
        try (InputStream in = ClockProducer.class.getResourceAsStream("build.properties")) {
            build.load(Objects.requireNonNull(in, "build.properties"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Instant.parse(build.getProperty("built"));
    }
}
