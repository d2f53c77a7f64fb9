package org.decoymx.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A site that reports nothing from its primary has suspects only, and nothing to reject. */
class SilentSiteIT {
    private static final String BOT = "23.2.1.1";
    private static final String RECIPIENT = "user@example.org";

    @AutoClose
    private static Lab lab;

    @BeforeAll
    static void start() throws IOException {
        lab = new Lab(new Lab.LabSettings(Duration.ofMinutes(10), 0, "", List.of(), List.of()));
        lab.awaitStart();
    }

    @Test
    void senderThatNeverTriesAgain_isASuspect() throws IOException {
        assertThat(lab.offer(BOT, Lab.DECOY, "a@spam.example.net", RECIPIENT)).startsWith("451 ");
        lab.decoy().awaitTier(BOT, "suspect");
        lab.pass(Duration.ofHours(12).plusMinutes(1));
        assertThat(lab.offer(BOT, Lab.DECOY, "b@spam.example.net", RECIPIENT)).startsWith("451 ");
        lab.decoy().awaitSessions(BOT, 2);
        lab.pass(Duration.ofMinutes(20));
        assertThat(lab.decoy().tierOf(BOT)).isEqualTo("suspect");
        assertThat(lab.decoy().feed("/feeds/plain")).contains(BOT);
        assertThat(lab.decoy().feed("/feeds/plain?tier=confirmed")).isEmpty();
        assertThat(lab.decoy().feed("/feeds/nftables")).noneMatch(line -> line.contains(BOT));
        assertThat(lab.offer(BOT, Lab.PRIMARY, "c@spam.example.net", RECIPIENT)).startsWith("250 ");
    }
}
