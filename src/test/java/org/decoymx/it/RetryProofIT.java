package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The tiers of senders with a real Postfix as primary MX that asks the policy service. The times are scaled: a retry
 * counts after 2 seconds, not 5 minutes; an envelope is abandoned after 4 seconds, not 12 hours.
 */
class RetryProofIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final String GOOD = "127.0.71.1";
    private static final String BOT = "127.0.72.1";
    private static final String OTHER = "127.0.73.1";
    private static final String SHARED = "127.0.74.1";
    private static final String REFUSED = "former@example.org";

    private static DecoyProcess decoy;
    private static SmtpSink sink;
    private static Postfix mx;

    /** Checks for the programs before anything is started. */
    @BeforeAll
    static void start() throws IOException {
        RealProgram.requireRoot();
        RealProgram.require("postfix");
        RealProgram.require("smtp-sink");
        decoy = DecoyProcess.start(
                "decoy.domains=example.org",
                "decoy.exempt.networks=!127.0.0.0/8",
                "decoy.smtp.greeting-delay=0s",
                "decoy.policy.retry-after=2s",
                "decoy.policy.abandoned-after=4s");
        sink = new SmtpSink();
        mx = PostfixWithDecoy.startWithPolicyService(decoy, """
                relayhost = [127.0.0.1]:%d
                smtpd_recipient_restrictions = check_recipient_access inline:{%s=reject}
                """.formatted(sink.port(), REFUSED));
    }

    @AfterAll
    static void stop() {
        if (decoy != null) {
            decoy.killAndDelete();
        }
        if (mx != null) {
            mx.close();
        }
        if (sink != null) {
            sink.close();
        }
    }

    /** The reply to RCPT if it is refused, else to the end of the message, or to DATA if that is refused. */
    private static String offer(int port, String client, String sender) throws IOException {
        return offer(port, client, sender, "user@example.org");
    }

    private static String offer(int port, String client, String sender, String recipient) throws IOException {
        try (SmtpClient socket = new SmtpClient(port, client)) {
            socket.readReply();
            socket.sendCommand("EHLO client.example.net");
            socket.sendCommand("MAIL FROM:<" + sender + "@client.example.net>");
            String reply = socket.sendCommand("RCPT TO:<" + recipient + ">");
            if (reply.startsWith("250 ")) {
                reply = socket.sendCommand("DATA");
            }
            if (reply.startsWith("354 ")) {
                reply = socket.sendCommand("Subject: from " + sender + "\r\n\r\nhello\r\n.");
            }
            socket.sendCommand("QUIT");
            return reply;
        }
    }

    private static String tierOf(String client) throws IOException {
        String report = decoy.get("/senders/" + client).body();
        return report.replaceAll("(?s).*\"tier\":\"([a-z]+)\".*", "$1");
    }

    /** A name that no other attempt has; digits would not make a difference. */
    private static String newName(String prefix, List<?> attempts) {
        return prefix + (char) ('a' + attempts.size() / 26) + (char) ('a' + attempts.size() % 26);
    }

    @Test
    void caughtSender_isDeferred_andClearedByItsRetry_andItsMailIsDelivered() throws IOException {
        assertThat(offer(decoy.smtpPort(), GOOD, "alice")).startsWith("451 ");
        decoy.awaitListed(GOOD);
        assertThat(tierOf(GOOD)).isEqualTo("suspect");
        assertThat(offer(mx.port(), GOOD, "bob"))
                .as(mx::log)
                .startsWith("450 4.7.1 ")
                .contains("Mail is deferred, not rejected. It is accepted when your mail server tries again later.");
        await("the retry to be accepted").atMost(LIMIT).pollInterval(POLL).untilAsserted(() -> assertThat(
                        offer(mx.port(), GOOD, "alice"))
                .startsWith("250 "));
        await("the delisting").atMost(Duration.ofSeconds(2)).untilAsserted(() -> assertThat(decoy.feedEntries())
                .doesNotContain(GOOD));
        assertThat(decoy.get("/senders/" + GOOD).body())
                .contains(
                        "\"tier\":\"cleared\"",
                        "\"listed\":false",
                        "tried again at our real server what had been deferred");
        assertThat(offer(mx.port(), GOOD, "bob")).startsWith("250 ");
        await("both messages").atMost(LIMIT).untilAsserted(() -> assertThat(sink.lines("Subject: from "))
                .contains("Subject: from alice", "Subject: from bob"));
        assertThat(offer(decoy.smtpPort(), GOOD, "carol")).startsWith("451 ");
        assertThat(decoy.awaitSender(GOOD, 2)).contains("\"listed\":false");
    }

    @Test
    void senderThatNeverRetries_isConfirmed_andRejectedOnlyAfterItAbandonedADeferral() throws IOException {
        assertThat(offer(mx.port(), OTHER, "oscar"))
                .as("a report before the first catch")
                .startsWith("250 ");
        List<String> caught = new ArrayList<>();
        await("the second tier").atMost(LIMIT).pollInterval(POLL).untilAsserted(() -> {
            caught.add(offer(decoy.smtpPort(), BOT, newName("decoy", caught)));
            assertThat(tierOf(BOT)).isEqualTo("confirmed");
        });
        assertThat(caught).hasSizeGreaterThan(1);
        assertThat(decoy.get("/senders/" + BOT).body()).contains("never tried again what was deferred");

        List<String> replies = new ArrayList<>();
        await("a rejection").atMost(LIMIT).pollInterval(POLL).untilAsserted(() -> {
            replies.add(offer(mx.port(), BOT, newName("primary", replies)));
            assertThat(replies.get(replies.size() - 1)).as(mx::log).startsWith("554 5.7.1 ");
        });
        assertThat(replies.subList(0, replies.size() - 1))
                .isNotEmpty()
                .allMatch(reply -> reply.startsWith("450 4.7.1 "));
        assertThat(decoy.feedEntries()).contains(BOT);
    }

    /** Postfix refuses the recipient itself in place of DEFER_IF_PERMIT, so there is nothing that is given up. */
    @Test
    void confirmedSender_whoseRecipientsThePrimaryRefused_isDeferred_notRejected() throws IOException {
        assertThat(offer(mx.port(), OTHER, "olivia"))
                .as("a report before the first catch")
                .startsWith("250 ");
        List<String> caught = new ArrayList<>();
        await("the second tier").atMost(LIMIT).pollInterval(POLL).untilAsserted(() -> {
            caught.add(offer(decoy.smtpPort(), SHARED, newName("spam", caught)));
            decoy.awaitListed(SHARED);
            if (caught.size() == 1) {
                assertThat(offer(mx.port(), SHARED, "first", REFUSED))
                        .as(mx::log)
                        .startsWith("554 5.7.1 ");
            }
            assertThat(tierOf(SHARED)).isEqualTo("confirmed");
        });
        assertThat(offer(mx.port(), SHARED, "user")).as(mx::log).startsWith("450 4.7.1 ");
        assertThat(offer(mx.port(), SHARED, "second", REFUSED))
                .as("this deferral is really given")
                .startsWith("450 4.7.1 ")
                .contains("Mail is deferred, not rejected.");
    }
}
