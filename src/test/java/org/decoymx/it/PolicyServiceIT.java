package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A real smtpd of Postfix asks the decoy's policy service about each client. */
class PolicyServiceIT {
    /** With the decoy down Postfix tries a second time, a second later. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private static DecoyProcess decoy;
    private static Postfix mx;

    /** Without them nothing of this is begun. */
    @BeforeAll
    static void start() throws IOException {
        RealProgram.requireRoot();
        RealProgram.require("postfix");
        decoy = TrialDecoy.start();
        mx = PostfixWithDecoy.startWithPolicyService(decoy);
    }

    @AfterAll
    static void stop() {
        if (decoy != null) {
            decoy.killAndDelete();
        }
        if (mx != null) {
            mx.close();
        }
    }

    private static String told(String client) throws IOException {
        return TrialDecoy.replyTo(mx.port(), client);
    }

    @Test
    void listed_isRefusedWithTheReason_andSoIsItsNetwork_othersAreTaken() throws IOException {
        int before = mx.log().length();
        assertThat(told(TrialDecoy.LISTED))
                .as(mx::log)
                .startsWith("554 5.7.1 ")
                .contains("Client host rejected: TRIAL: 127.0.0.61 was caught by a decoy MX. ");
        assertThat(told(TrialDecoy.IN_NETWORK))
                .startsWith("554 5.7.1 ")
                .endsWith(
                        "Client host rejected: TRIAL: 127.0.62.99 is in 127.0.62.0/24, many addresses of which were caught"
                                + " by a decoy MX.");
        assertThat(told(TrialDecoy.UNLISTED)).startsWith("250 ");
        assertThat(told("127.0.0.9")).as("in mynetworks").startsWith("250 ");
        assertThat(mx.log().substring(before)).doesNotContain("warning: ");
    }

    /** Whoever is caught later shows that there was a new list since. */
    @Test
    void networkWhoseClientsCame_staysRefused() throws IOException {
        assertThat(told(TrialDecoy.IN_NETWORK)).as(mx::log).startsWith("554 5.7.1 ");
        TrialDecoy.listClient(decoy, "127.0.65.1", "127.0.65.1");
        assertThat(told(TrialDecoy.IN_NETWORK)).as(mx::log).startsWith("554 5.7.1 ");
        assertThat(told("127.0.62.98")).startsWith("554 5.7.1 ");
    }

    @Test
    void decoyDown_mailIsTakenWithinSeconds_andRefusedOnceTheDecoyIsBack_inTheSameSession() throws IOException {
        try (SmtpClient client = new SmtpClient(mx.port(), TrialDecoy.LISTED)) {
            assertThat(TrialDecoy.replyTo(client)).as(mx::log).startsWith("554 ");

            decoy.stop();
            Stopwatch asking = Stopwatch.start();
            assertThat(client.sendCommand("RCPT TO:<user@example.org>"))
                    .as(mx::log)
                    .startsWith("250 ");
            asking.assertWithin(PATIENCE);
            assertThat(mx.log())
                    .contains("warning: problem talking to server 127.0.0.1:" + decoy.policyPort()
                            + ": Connection refused");

            decoy.restart();
            assertThat(client.sendCommand("RCPT TO:<user@example.org>"))
                    .as(mx::log)
                    .startsWith("554 ");
        }
    }
}
