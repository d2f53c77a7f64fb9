package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;

/** How a start ends that cannot be. */
final class StartupFailures {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private StartupFailures() {}

    /** The decoy ends by itself, with one line of complaint that has all these words; gives its log. */
    static String awaitOneLineError(DecoyProcess decoy, String... words) {
        try {
            await("the end of the start").atMost(LIMIT).until(() -> decoy.hasExited() || isUp(decoy));
            String log = decoy.log();
            List<String> complaints = log.lines()
                    .filter(line -> !line.contains(" INFO ") && !line.contains(" WARN "))
                    .toList();

            assertThat(decoy.hasExited()).as("ended; its log:%n%s", log).isTrue();
            assertThat(decoy.exitCode()).isNotZero();
            assertThat(log).doesNotContain("\tat ");
            assertThat(complaints).hasSize(1);
            assertThat(complaints.get(0)).contains(words);
            return log;
        } finally {
            decoy.killAndDelete();
        }
    }

    private static boolean isUp(DecoyProcess decoy) {
        return decoy.log().contains("Listening on: ");
    }
}
