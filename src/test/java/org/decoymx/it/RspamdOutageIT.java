package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** While the decoy is down, rspamd keeps its current list. It resumes polling without a restart. */
class RspamdOutageIT {
    /** The longest time between two polls: 6 seconds (max-age), or 40 times 0.2 seconds after a failure. */
    private static final Duration POLL_INTERVAL = Duration.ofSeconds(8);

    private static final Duration PROCESSING_TIME = Duration.ofSeconds(4);

    @Test
    void decoyDown_keepsTheOldList_andUpdatesResumeAfterRestart() throws IOException {
        try (DecoyProcess decoy = DecoyProcess.start("decoy.smtp.greeting-delay=0s", "decoy.feed.max-age=6s")) {
            mailFrom(decoy, "127.0.0.61");
            decoy.awaitListed("127.0.0.61");
            try (Rspamd rspamd = new Rspamd(Rspamd.maps(decoy.url("")))) {
                assertSymbol(rspamd, "127.0.0.61");

                decoy.stop();
                Stopwatch.start().within(POLL_INTERVAL, () -> assertThat(rspamd.mapLog())
                        .contains("http_map_error: error reading " + decoy.url("/blocklist.txt?tier=suspect")));
                assertThat(rspamd.scan("127.0.0.61")).contains("DECOY_SUSPECT");

                rspamd.restart();
                assertSymbol(rspamd, "127.0.0.61");

                decoy.restart();
                mailFrom(decoy, "127.0.0.62");
                assertSymbol(rspamd, "127.0.0.62");
                assertThat(rspamd.scan("127.0.0.61")).contains("DECOY_SUSPECT");
            }
        }
    }

    private static void mailFrom(DecoyProcess decoy, String address) throws IOException {
        assertThat(SmtpClient.mail(decoy.smtpPort(), address, "user@example.org"))
                .startsWith("451 ");
    }

    private static void assertSymbol(Rspamd rspamd, String address) {
        Stopwatch.start().within(POLL_INTERVAL.plus(PROCESSING_TIME), () -> assertThat(rspamd.scan(address))
                .as(rspamd::mapLog)
                .contains("DECOY_SUSPECT"));
    }
}
