package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a real Postfix does with a listed client, by {@code decoy.lookup.action}. */
class PolicyActionIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** Without them nothing of this is begun. */
    @BeforeAll
    static void needPrograms() {
        RealProgram.requireRoot();
        RealProgram.require("postfix");
        RealProgram.require("smtp-sink");
    }

    private static Decoy decoy(String action) throws IOException {
        Decoy decoy = Decoy.start("decoy.smtp.greeting-delay=0s", "decoy.lookup.action=" + action);
        assertThat(SmtpSocket.mail(decoy.smtpPort(), Caught.LISTED, "user@example.org"))
                .startsWith("451 ");
        decoy.promptlyLists(Caught.LISTED);
        return decoy;
    }

    @Test
    void deferIfPermit_defersTheListed_butStillRefusesWhoIsRefusedAnyhow() throws IOException {
        try (Decoy decoy = decoy("defer_if_permit");
                Postfix mx = AskingMx.policy(decoy)) {
            try (SmtpSocket client = new SmtpSocket(mx.port(), Caught.LISTED)) {
                assertThat(Caught.told(client))
                        .as(mx::log)
                        .startsWith("450 4.7.1 ")
                        .contains("Client host rejected: TRIAL: 127.0.0.61 was caught by a decoy MX. ");
                assertThat(client.say("RCPT TO:<user@elsewhere.test>")).startsWith("454 4.7.1 ");
            }
            assertThat(Caught.told(mx.port(), Caught.STRANGER)).startsWith("250 ");
        }
    }

    @Test
    void prepend_marksTheMailOfTheListed_once() throws IOException {
        try (Decoy decoy = decoy("prepend");
                SmtpSink sink = new SmtpSink();
                Postfix mx = AskingMx.policy(decoy, "relayhost = [127.0.0.1]:" + sink.port() + "\n")) {
            delivers(mx, Caught.LISTED);
            delivers(mx, Caught.STRANGER);
            await("two messages").atMost(LIMIT).untilAsserted(() -> assertThat(sink.lines("Subject: hello"))
                    .as(mx::log)
                    .hasSize(2));
            assertThat(sink.lines("X-Decoy: "))
                    .singleElement()
                    .asString()
                    .startsWith("X-Decoy: TRIAL: 127.0.0.61 was caught by a decoy MX. ");
        }
    }

    private static void delivers(Postfix mx, String client) throws IOException {
        try (SmtpSocket socket = new SmtpSocket(mx.port(), client)) {
            assertThat(Caught.told(socket)).as(mx::log).startsWith("250 ");
            assertThat(socket.say("RCPT TO:<another@example.org>")).startsWith("250 ");
            assertThat(socket.say("DATA")).startsWith("354 ");
            assertThat(socket.say("Subject: hello\r\n\r\nhello\r\n.")).startsWith("250 ");
        }
    }
}
