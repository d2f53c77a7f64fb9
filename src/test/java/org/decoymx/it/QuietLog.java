package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;

/** A decoy that has nothing to say of what strangers send: its log ends with the start. */
final class QuietLog {
    private static final String STARTUP_END = "Installed features: ";
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final DecoyProcess decoy;
    private final int startupLogLength;

    /** Waits until the start is over. */
    QuietLog(DecoyProcess decoy) {
        this.decoy = decoy;
        await("the end of the start").atMost(LIMIT).until(() -> decoy.log()
                .matches("(?s).*" + STARTUP_END + "[^\\n]*\\n.*"));
        startupLogLength = decoy.log().length();
    }

    /** Nothing was logged since, and the process is there. */
    void assertUnchanged() {
        assertThat(decoy.log().substring(startupLogLength)).isEmpty();
        assertThat(decoy.hasExited()).isFalse();
    }
}
