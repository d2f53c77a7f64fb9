package org.decoymx.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.decoymx.it.Postfix;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The primary reports its visitors from its log, late or with a clock of its own. */
class LogWitnessIT {
    private static final String RECIPIENT = "user@example.org";

    @AutoClose
    private static Lab lab;

    private static PostfixSenders senders;

    @BeforeAll
    static void start() throws IOException {
        lab = new Lab(new Lab.LabSettings(Duration.ofMinutes(2), 0, "", List.of(), List.of()));
        senders = lab.startSenders();
        lab.awaitStart();
    }

    private static void awaitNotListed(String address) {
        lab.decoy().awaitTier(address, "none");
        lab.decoy().awaitNotInFeed(address);
    }

    @Test
    void logOfTheLastMinute_delistsASenderThatWasDeferred() throws IOException {
        Postfix primary = lab.primary();
        lab.changePrimary(
                RECIPIENT,
                "450 ",
                "smtpd_recipient_restrictions=check_recipient_access inline:{user@example.org=DEFER}");
        PostfixSenders.QueuedMessage message = senders.send(14, "alice", RECIPIENT);
        assertThat(message.awaitResult()).contains("relay=mx9.example.org", "status=deferred", "451");
        lab.decoy().awaitTier(PostfixSenders.address(14), "suspect");
        lab.advance(Duration.ofMinutes(1));
        lab.postWitnesses(primary);
        awaitNotListed(PostfixSenders.address(14));

        lab.changePrimary(RECIPIENT, "250 ", "smtpd_recipient_restrictions=");
        lab.pass(Duration.ofMinutes(10));
        assertThat(message.retry()).contains("relay=mx1.example.org", "status=sent");
        awaitNotListed(PostfixSenders.address(14));
    }

    /** The clock of the primary is 8 seconds ahead, so its line has a time after the session at the decoy. */
    @Test
    void clockOfThePrimary_isAhead() throws IOException {
        String address = PostfixSenders.address(20);
        assertThat(lab.offer(address, Lab.DECOY, "carol@s20.test", RECIPIENT)).startsWith("451 ");
        lab.decoy().awaitTier(address, "suspect");
        Instant later = lab.clock().instant().plusSeconds(8);
        lab.decoy()
                .post(
                        "/witnesses",
                        address + " " + later + " from=carol@s20.test to=" + RECIPIENT + " result=deferred\n");
        awaitNotListed(address);
    }
}
