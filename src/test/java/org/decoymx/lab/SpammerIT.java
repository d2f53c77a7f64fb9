package org.decoymx.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A spammer that never tries again is deferred at once, confirmed when it has abandoned a message, and rejected when it
 * has abandoned a deferral of the primary. While the policy service cannot be reached nobody is confirmed.
 */
class SpammerIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String BOT = "23.2.1.1";
    private static final String LATE_BOT = "23.2.2.1";
    private static final String UNSEEN_BOT = "23.2.3.1";
    private static final String RECIPIENT = "user@example.org";
    private static final Duration ABANDONED = Duration.ofHours(12).plusMinutes(1);

    @AutoClose
    private static Lab lab;

    @BeforeAll
    static void start() throws IOException {
        lab = new Lab(new Lab.LabSettings(Duration.ofMinutes(10), 0, Lab.POLICY, List.of(), List.of()));
        lab.awaitStart();
    }

    private static String spam(String from, String to, String name) throws IOException {
        return lab.offer(from, to, name + "@spam.example.net", RECIPIENT);
    }

    private static void awaitReply(String from, String name, String prefix) {
        await("the primary to say " + prefix)
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(spam(from, Lab.PRIMARY, name)).startsWith(prefix));
    }

    /** The deferral of a suspect counts for nothing, as the primary may have refused the recipient for good instead. */
    @Test
    void senderThatNeverTriesAgain_isDeferred_thenConfirmed_thenRejected() throws IOException {
        lab.pass(Duration.ofMinutes(2));
        assertThat(spam(BOT, Lab.DECOY, "a")).startsWith("451 ");
        lab.decoy().awaitTier(BOT, "suspect");
        awaitReply(BOT, "b", "450 4.7.1 ");
        assertThat(lab.decoy().feed("/feeds/plain")).contains(BOT);
        assertThat(spam(LATE_BOT, Lab.DECOY, "a")).startsWith("451 ");
        lab.decoy().awaitTier(LATE_BOT, "suspect");

        lab.pass(ABANDONED);
        assertThat(spam(BOT, Lab.DECOY, "c")).startsWith("451 ");
        assertThat(spam(LATE_BOT, Lab.DECOY, "c")).startsWith("451 ");
        lab.decoy().awaitTier(BOT, "confirmed");
        lab.decoy().awaitTier(LATE_BOT, "confirmed");
        awaitReply(BOT, "d", "450 4.7.1 ");

        lab.pass(ABANDONED);
        awaitReply(BOT, "e", "554 5.7.1 ");
        assertThat(spam(LATE_BOT, Lab.PRIMARY, "d"))
                .as("no deferral was abandoned")
                .startsWith("450 4.7.1 ");

        lab.pass(ABANDONED);
        assertThat(spam(LATE_BOT, Lab.PRIMARY, "e")).startsWith("554 5.7.1 ");
    }

    /** Nobody knows whether the sender tried again in that hour. */
    @Test
    void policyServiceUnreachable_forAnHour_confirmsNobody() throws IOException {
        lab.pass(Duration.ofMinutes(2));
        assertThat(spam(UNSEEN_BOT, Lab.DECOY, "a")).startsWith("451 ");
        lab.decoy().awaitTier(UNSEEN_BOT, "suspect");
        lab.pass(Duration.ofHours(1));
        lab.site().run("nft", "add table inet lab");
        lab.site().run("nft", "add chain inet lab in { type filter hook input priority 0; }");
        lab.site().run("nft", "add rule inet lab in tcp dport 10031 reject with tcp reset");
        lab.pass(Duration.ofHours(1));
        lab.site().run("nft", "delete table inet lab");
        lab.pass(Duration.ofHours(10).plusMinutes(1));
        assertThat(spam(UNSEEN_BOT, Lab.DECOY, "b")).startsWith("451 ");
        lab.decoy().awaitSessions(UNSEEN_BOT, 2);
        lab.pass(Duration.ofMinutes(20));
        assertThat(lab.decoy().tierOf(UNSEEN_BOT)).isEqualTo("suspect");
        assertThat(spam(UNSEEN_BOT, Lab.PRIMARY, "c")).startsWith("450 4.7.1 ");
    }
}
