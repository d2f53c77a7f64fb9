package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;

/** Checks how a start with an invalid configuration fails. */
final class StartupFailures {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private StartupFailures() {}

    /** Waits until the decoy exits with a single error line that contains all texts. Returns its log. */
    static String awaitOneLineError(DecoyProcess decoy, String... texts) {
        try {
            await("the end of startup").atMost(LIMIT).until(() -> decoy.hasExited() || isUp(decoy));
            String log = decoy.log();
            List<String> errors = log.lines()
                    .filter(line -> !line.contains(" INFO ") && !line.contains(" WARN "))
                    .toList();

            assertThat(decoy.hasExited()).as("ended; its log:%n%s", log).isTrue();
            assertThat(decoy.exitCode()).isNotZero();
            assertThat(log).doesNotContain("\tat ");
            assertThat(errors).hasSize(1);
            assertThat(errors.get(0)).contains(texts);
            return log;
        } finally {
            decoy.killAndDelete();
        }
    }

    private static boolean isUp(DecoyProcess decoy) {
        return decoy.log().contains("Listening on: ");
    }
}
