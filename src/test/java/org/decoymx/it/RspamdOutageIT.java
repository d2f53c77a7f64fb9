package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The decoy is down for a while: rspamd goes on with the list it has, and comes back to the decoy by itself. */
class RspamdOutageIT {
    /** As long as rspamd waits for the next look: 6 seconds by the feed, or 40 times 0.2 seconds after a failure. */
    private static final Duration LOOK = Duration.ofSeconds(8);

    private static final Duration WORK = Duration.ofSeconds(4);

    @Test
    void decoyThatIsDown_leavesTheOldList_andGoesOnWhenItIsBack() throws IOException {
        try (DecoyProcess decoy = DecoyProcess.start("decoy.smtp.greeting-delay=0s", "decoy.feed.max-age=6s")) {
            lists(decoy, "127.0.0.61");
            decoy.awaitListed("127.0.0.61");
            try (Rspamd rspamd = new Rspamd(Rspamd.map("DECOY_IP", decoy.url("/blocklist.txt")))) {
                gives(rspamd, "127.0.0.61");

                decoy.stop();
                Stopwatch.start().within(LOOK, () -> assertThat(rspamd.mapLog())
                        .contains("http_map_error: error reading " + decoy.url("/blocklist.txt")));
                assertThat(rspamd.scan("127.0.0.61")).contains("DECOY_IP");

                rspamd.restart();
                gives(rspamd, "127.0.0.61");

                decoy.restart();
                lists(decoy, "127.0.0.62");
                gives(rspamd, "127.0.0.62");
                assertThat(rspamd.scan("127.0.0.61")).contains("DECOY_IP");
            }
        }
    }

    private static void lists(DecoyProcess decoy, String address) throws IOException {
        assertThat(SmtpClient.mail(decoy.smtpPort(), address, "user@example.org"))
                .startsWith("451 ");
    }

    private static void gives(Rspamd rspamd, String address) {
        Stopwatch.start().within(LOOK.plus(WORK), () -> assertThat(rspamd.scan(address))
                .as(rspamd::mapLog)
                .contains("DECOY_IP"));
    }
}
