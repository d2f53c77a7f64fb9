package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;

/** Checks that a decoy logs nothing after startup but whom it caught, whatever clients send. */
final class QuietLog {
    private static final String STARTUP_END_MARK = "Installed features: ";
    private static final String EVENT = " [event] ";
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final DecoyProcess decoy;
    private final int startupLogLength;

    /** Waits until startup is complete. */
    QuietLog(DecoyProcess decoy) {
        this.decoy = decoy;
        await("the end of startup").atMost(LIMIT).until(() -> decoy.log()
                .matches("(?s).*" + STARTUP_END_MARK + "[^\\n]*\\n.*"));
        startupLogLength = decoy.log().length();
    }

    /** Nothing else was logged since startup, and the process is alive. */
    void assertUnchanged() {
        assertThat(decoy.log().substring(startupLogLength).lines().filter(line -> !line.contains(EVENT)))
                .isEmpty();
        assertThat(decoy.hasExited()).isFalse();
    }
}
