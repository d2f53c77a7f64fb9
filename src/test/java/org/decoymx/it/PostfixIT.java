package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A correct mail server loses no mail at the decoy: it queues its messages and delivers them to the next server. */
class PostfixIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int MESSAGES = 20;
    private static final String DEFERRAL = "said: 451 4.7.1 try again later (in reply to DATA command)";

    @Test
    void postfix_deferredByTheDecoy_queuesAllMailAndDeliversItLater() throws IOException {
        String source = RealProgram.require("smtp-source");
        RealProgram.require("smtp-sink");
        try (DecoyProcess decoy = DecoyProcess.start();
                Postfix postfix = new Postfix(decoy.smtpPort())) {
            send(source, postfix.port());
            awaitAllDeferred(postfix);
            decoy.awaitListed("127.0.0.1");
            assertThat(decoy.metricValue("decoy_replies_total{code=\"451\"}")).isEqualTo(MESSAGES);
            assertAllDelivered(postfix);
        }
    }

    private static void send(String source, int port) {
        String messages = Integer.toString(MESSAGES);
        CompletedProgram run = CompletedProgram.run(
                LIMIT, source, "-N", "-s", "4", "-m", messages, "-t", "user@example.org", "127.0.0.1:" + port);
        assertThat(run.code()).as(run.output()).isZero();
    }

    private static void awaitAllDeferred(Postfix postfix) {
        await("all messages to be deferred").atMost(LIMIT).untilAsserted(() -> assertThat(postfix.queuedMessages())
                .as(postfix::log)
                .hasSize(MESSAGES)
                .allSatisfy(message -> assertThat(message)
                        .contains("\"queue_name\": \"deferred\"")
                        .contains(DEFERRAL)));
    }

    private static void assertAllDelivered(Postfix postfix) throws IOException {
        try (SmtpSink sink = new SmtpSink()) {
            postfix.relayTo(sink.port());
            await("an empty queue")
                    .atMost(LIMIT)
                    .pollInterval(Duration.ofSeconds(1))
                    .untilAsserted(() -> {
                        postfix.flush();
                        assertThat(postfix.queuedMessages()).as(postfix::log).isEmpty();
                    });
            assertThat(sink.lines("X-Rcpt-Args:")).hasSize(MESSAGES).doesNotHaveDuplicates();
        }
    }
}
