package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;

/** How a start ends that cannot be. */
final class Ends {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private Ends() {}

    /** The decoy ends by itself, with one line of complaint that has all these words; gives its log. */
    static String withOneLine(Decoy decoy, String... words) {
        try {
            await("the end of the start").atMost(LIMIT).until(() -> decoy.ended() || isUp(decoy));
            String log = decoy.log();
            List<String> complaints = log.lines()
                    .filter(line -> !line.contains(" INFO ") && !line.contains(" WARN "))
                    .toList();

            assertThat(decoy.ended()).as("ended; its log:%n%s", log).isTrue();
            assertThat(decoy.exitCode()).isNotZero();
            assertThat(log).doesNotContain("\tat ");
            assertThat(complaints).hasSize(1);
            assertThat(complaints.get(0)).contains(words);
            return log;
        } finally {
            decoy.kill();
        }
    }

    private static boolean isUp(Decoy decoy) {
        return decoy.log().contains("Listening on: ");
    }
}
