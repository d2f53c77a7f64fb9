package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A proper mail server loses nothing at the decoy: it keeps its mail, and delivers it where mail is taken. */
class PostfixIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int MESSAGES = 20;
    private static final String DEFERRAL = "said: 451 4.7.1 try again later (in reply to DATA command)";

    @Test
    void postfix_keepsItsMailAtTheDecoy_andDeliversItOnceItIsTaken() throws IOException {
        String source = RealProgram.require("smtp-source");
        RealProgram.require("smtp-sink");
        try (DecoyProcess decoy = DecoyProcess.start();
                Postfix postfix = new Postfix(decoy.smtpPort())) {
            send(source, postfix.port());
            keepsAll(postfix);
            decoy.awaitListed("127.0.0.1");
            assertThat(decoy.metricValue("decoy_replies_total{code=\"451\"}")).isEqualTo(MESSAGES);
            deliversAll(postfix);
        }
    }

    private static void send(String source, int port) {
        String messages = Integer.toString(MESSAGES);
        CompletedProgram run = CompletedProgram.run(
                LIMIT, source, "-N", "-s", "4", "-m", messages, "-t", "user@example.org", "127.0.0.1:" + port);
        assertThat(run.code()).as(run.output()).isZero();
    }

    private static void keepsAll(Postfix postfix) {
        await("all messages deferred").atMost(LIMIT).untilAsserted(() -> assertThat(postfix.queuedMessages())
                .as(postfix::log)
                .hasSize(MESSAGES)
                .allSatisfy(message -> assertThat(message)
                        .contains("\"queue_name\": \"deferred\"")
                        .contains(DEFERRAL)));
    }

    private static void deliversAll(Postfix postfix) throws IOException {
        try (SmtpSink sink = new SmtpSink()) {
            postfix.relayTo(sink.port());
            await("an empty queue").atMost(LIMIT).untilAsserted(() -> assertThat(postfix.queuedMessages())
                    .as(postfix::log)
                    .isEmpty());
            assertThat(sink.lines("X-Rcpt-Args:")).hasSize(MESSAGES).doesNotHaveDuplicates();
        }
    }
}
