package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;

/** A decoy that has nothing to say of what strangers send: its log ends with the start. */
final class Quiet {
    private static final String LAST_OF_THE_START = "Installed features: ";
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Decoy decoy;
    private final int begun;

    /** Waits until the start is over. */
    Quiet(Decoy decoy) {
        this.decoy = decoy;
        await("the end of the start").atMost(LIMIT).until(() -> decoy.log()
                .matches("(?s).*" + LAST_OF_THE_START + "[^\\n]*\\n.*"));
        begun = decoy.log().length();
    }

    /** Nothing was logged since, and the process is there. */
    void holds() {
        assertThat(decoy.log().substring(begun)).isEmpty();
        assertThat(decoy.ended()).isFalse();
    }
}
