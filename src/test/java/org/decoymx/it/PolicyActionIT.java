package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a real Postfix does with a listed client for each {@code decoy.lookup.action}. */
class PolicyActionIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** Checks for the programs before anything is started. */
    @BeforeAll
    static void requirePrograms() {
        RealProgram.requireRoot();
        RealProgram.require("postfix");
        RealProgram.require("smtp-sink");
    }

    private static DecoyProcess startDecoy(String action) throws IOException {
        DecoyProcess decoy = DecoyProcess.start("decoy.smtp.greeting-delay=0s", "decoy.lookup.action=" + action);
        assertThat(SmtpClient.mail(decoy.smtpPort(), TrialDecoy.LISTED, "user@example.org"))
                .startsWith("451 ");
        decoy.awaitListed(TrialDecoy.LISTED);
        return decoy;
    }

    @Test
    void reject_rejectsSuspectsToo_andWarns() throws IOException {
        try (DecoyProcess decoy = startDecoy("reject");
                Postfix mx = PostfixWithDecoy.startWithPolicyService(decoy)) {
            assertThat(TrialDecoy.replyTo(mx.port(), TrialDecoy.LISTED))
                    .as(mx::log)
                    .startsWith("554 5.7.1 ");
            assertThat(decoy.log()).contains("decoy.lookup.action: reject also rejects suspects");
        }
    }

    @Test
    void deferIfPermit_defersListedClient_andKeepsOtherRefusals() throws IOException {
        try (DecoyProcess decoy = startDecoy("defer_if_permit");
                Postfix mx = PostfixWithDecoy.startWithPolicyService(decoy)) {
            try (SmtpClient client = new SmtpClient(mx.port(), TrialDecoy.LISTED)) {
                assertThat(TrialDecoy.replyTo(client))
                        .as(mx::log)
                        .startsWith("450 4.7.1 ")
                        .contains("Client host rejected: TRIAL: 127.0.0.61 was caught by a decoy MX. ");
                assertThat(client.sendCommand("RCPT TO:<user@elsewhere.test>")).startsWith("454 4.7.1 ");
            }
            assertThat(TrialDecoy.replyTo(mx.port(), TrialDecoy.UNLISTED)).startsWith("250 ");
        }
    }

    @Test
    void prepend_addsOneHeaderToMailOfListedClient() throws IOException {
        try (DecoyProcess decoy = startDecoy("prepend");
                SmtpSink sink = new SmtpSink();
                Postfix mx = PostfixWithDecoy.startWithPolicyService(
                        decoy, "relayhost = [127.0.0.1]:" + sink.port() + "\n")) {
            deliver(mx, TrialDecoy.LISTED);
            deliver(mx, TrialDecoy.UNLISTED);
            await("two messages").atMost(LIMIT).untilAsserted(() -> assertThat(sink.lines("Subject: hello"))
                    .as(mx::log)
                    .hasSize(2));
            assertThat(sink.lines("X-Decoy: "))
                    .singleElement()
                    .asString()
                    .startsWith("X-Decoy: TRIAL: 127.0.0.61 was caught by a decoy MX. ");
        }
    }

    private static void deliver(Postfix mx, String client) throws IOException {
        try (SmtpClient socket = new SmtpClient(mx.port(), client)) {
            assertThat(TrialDecoy.replyTo(socket)).as(mx::log).startsWith("250 ");
            assertThat(socket.sendCommand("RCPT TO:<another@example.org>")).startsWith("250 ");
            assertThat(socket.sendCommand("DATA")).startsWith("354 ");
            assertThat(socket.sendCommand("Subject: hello\r\n\r\nhello\r\n.")).startsWith("250 ");
        }
    }
}
