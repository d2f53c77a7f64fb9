package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real smtpd of Postfix asks the decoy about its clients, by way of a real Unbound. */
class DnsblPostfixIT {
    /** A process of smtpd remembers what it was told as long as it lives; so none lives on. */
    private static final String FORGETFUL = "max_use = 1\n";

    /** A resolver that heard nothing would have Postfix wait for five seconds, twice. */
    private static final Duration NO_DELAY = Duration.ofSeconds(3);

    private static final String BLOCKED =
            "554 5.7.1 Service unavailable; Client host [%s] blocked using bl.decoy.test; ";
    private static final String TAKEN = "250 2.1.5 ";
    private static final String OTHER = "127.0.0.64";

    private DecoyProcess decoy;
    private Unbound unbound;
    private PostfixMx mx;

    /** Without them nothing of this is begun. */
    @BeforeAll
    static void needPrograms() {
        RealProgram.require("postfix");
        RealProgram.require("unbound");
        Unbound.requireMountNamespace();
    }

    @BeforeEach
    void start() throws IOException {
        decoy = TrialDecoy.start("decoy.public-url=https://decoy.example.org");
        unbound = new Unbound(decoy);
        mx = PostfixMx.smtpd(FORGETFUL + ConsumerFiles.readAdapted("postfix/dnsbl.cf"), unbound.commandPrefix());
    }

    @AfterEach
    void clean() {
        decoy.killAndDelete();
        mx.close();
        unbound.close();
    }

    private static String blocked(String client) {
        return BLOCKED.formatted(client);
    }

    private void takesAtOnce(String client) throws IOException {
        Stopwatch asking = Stopwatch.start();
        mx.assertReply(client, TAKEN);
        asking.assertWithin(NO_DELAY);
    }

    @Test
    void smtpd_refusesTheListed_andWhoIsCaughtThen_andTakesAllMail_whileTheDecoyIsDown() throws IOException {
        assertThat(mx.replyTo(TrialDecoy.LISTED))
                .as(mx::log)
                .startsWith(blocked(TrialDecoy.LISTED))
                .contains("127.0.0.61 was caught by a decoy MX")
                .endsWith("https://decoy.example.org/senders/127.0.0.61");
        mx.assertReply(TrialDecoy.IN_NETWORK, blocked(TrialDecoy.IN_NETWORK));
        mx.assertReply(TrialDecoy.UNLISTED, TAKEN);
        assertThat(mx.log()).doesNotContain("warning: ");

        TrialDecoy.listClient(decoy, TrialDecoy.UNLISTED, TrialDecoy.UNLISTED);
        mx.awaitReply(TrialDecoy.UNLISTED, blocked(TrialDecoy.UNLISTED));
        mx.assertReply(OTHER, TAKEN);

        decoy.stop();
        takesAtOnce("127.0.0.65");
        mx.awaitReply(TrialDecoy.LISTED, TAKEN);
        takesAtOnce(TrialDecoy.LISTED);
        assertThat(mx.log()).contains("61.0.0.127.bl.decoy.test: RBL lookup error");

        decoy.restart();
        mx.awaitReply(TrialDecoy.LISTED, blocked(TrialDecoy.LISTED));
        mx.assertReply(OTHER, TAKEN);
    }
}
