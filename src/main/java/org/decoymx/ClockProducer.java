package org.decoymx;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/** The one clock that everything asks for the time. */
final class ClockProducer {
    private ClockProducer() {}

    @Produces
    @Singleton
    static Clock clock() {
        return Clock.systemUTC();
    }
}
