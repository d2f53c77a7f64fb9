package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A real Postfix smtpd(8) queries the decoy's policy service for each client. */
class PolicyServiceIT {
    /** While the decoy is down, Postfix retries once, after one second. */
    private static final Duration MAX_DELAY = Duration.ofSeconds(3);

    private static final Duration MAX_RELEASE = Duration.ofMinutes(1);

    private static DecoyProcess decoy;
    private static Postfix mx;

    /** Checks for the programs before anything is started. */
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

    private static String replyTo(String client) throws IOException {
        return TrialDecoy.replyTo(mx.port(), client);
    }

    @Test
    void listedClient_isRejectedWithTheReason_othersAreAccepted() throws IOException {
        int before = mx.log().length();
        assertThat(replyTo(TrialDecoy.LISTED))
                .as(mx::log)
                .startsWith("554 5.7.1 ")
                .contains("Client host rejected: TRIAL: 127.0.0.61 was caught by a decoy MX. ");
        assertThat(replyTo(TrialDecoy.UNLISTED)).startsWith("250 ");
        assertThat(replyTo("127.0.0.9")).as("in mynetworks").startsWith("250 ");
        assertThat(mx.log().substring(before)).doesNotContain("warning: ");
    }

    @Test
    void listedNetwork_isReleased_whenAnInnocentClientOfItConnects() throws IOException {
        assertThat(replyTo(TrialDecoy.IN_NETWORK))
                .as(mx::log)
                .startsWith("554 5.7.1 ")
                .endsWith("Client host rejected: TRIAL: 127.0.62.99 is in 127.0.62.0/24, many addresses of which were"
                        + " caught by a decoy MX.");
        await("the release of the network")
                .atMost(MAX_RELEASE)
                .untilAsserted(() ->
                        assertThat(replyTo(TrialDecoy.IN_NETWORK)).as(mx::log).startsWith("250 "));
        assertThat(replyTo("127.0.62.1")).as("caught itself").startsWith("554 5.7.1 ");
    }

    @Test
    void decoyDown_mailIsAcceptedWithinSeconds_untilTheDecoyIsBack() throws IOException {
        try (SmtpClient client = new SmtpClient(mx.port(), TrialDecoy.LISTED)) {
            assertThat(TrialDecoy.replyTo(client)).as(mx::log).startsWith("554 ");

            decoy.stop();
            Stopwatch asking = Stopwatch.start();
            assertThat(client.sendCommand("RCPT TO:<user@example.org>"))
                    .as(mx::log)
                    .startsWith("250 ");
            asking.assertWithin(MAX_DELAY);
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
