package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** post-witnesses reads the log of a real Postfix. The decoy is in trial mode, so loopback addresses are listed. */
class PrimaryVisitLogIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String TOKEN = "witness\"token\\0123";

    private static Path dir;
    private static Postfix primary;
    private static DecoyProcess decoy;

    @BeforeAll
    static void start() throws IOException {
        dir = TestResources.createDirectory("witness");
        Files.writeString(dir.resolve("token"), TOKEN + "\n");
        primary = new Postfix("""
                smtpd_sender_restrictions = check_sender_access inline:{later@client.test=defer},
                    check_sender_access inline:{never@client.test=reject}
                """, "");
        decoy = DecoyProcess.start("decoy.witness.token=" + TOKEN, "decoy.smtp.greeting-delay=0s");
    }

    @AfterAll
    static void stop() {
        if (decoy != null) {
            decoy.close();
        }
        if (primary != null) {
            primary.close();
        }
        TestResources.delete(dir);
    }

    private static CompletedProgram runPostWitnesses(String log, String state) {
        return CompletedProgram.run(
                LIMIT,
                Path.of("deploy/witness/post-witnesses").toAbsolutePath().toString(),
                decoy.url(""),
                dir.resolve("token").toString(),
                log,
                dir.resolve(state).toString());
    }

    private static void assertPosts(Path log, String state) {
        CompletedProgram run = runPostWitnesses(log.toString(), state);
        assertThat(run.output()).isEmpty();
        assertThat(run.code()).isZero();
    }

    private static double recordedVisits() {
        return decoy.metricValue("decoy_witnesses_recorded_total");
    }

    /** Sends a message to the primary, and waits until the log has the end of the session. */
    private static String sendToPrimary(String client, String sender, String reply) {
        CompletedProgram run = Swaks.send(primary.port(), client, "--from", sender);
        assertThat(run.output()).contains(reply);
        await("the end of the session").atMost(LIMIT).until(() -> primary.log()
                .contains("disconnect from unknown[" + client + "]"));
        return run.output();
    }

    /** Waits for the first delivery attempt too: only after it the recipients of the message are in the log. */
    private static void deliverToPrimary(String client) {
        String output = sendToPrimary(client, "sender@client.test", "250 2.0.0 Ok: queued as ");
        String queueId = output.replaceAll("(?s).*queued as ([0-9A-Za-z]+).*", "$1");
        await("the delivery").atMost(LIMIT).until(() -> primary.log().contains(queueId + ": to=<"));
    }

    private static void getDeferredByPrimary(String client) {
        sendToPrimary(client, "later@client.test", "450 4.7.1 ");
    }

    private static void assertNotListed(String from) {
        Swaks.send(decoy.smtpPort(), from);
        assertThat(decoy.awaitSender(from, 1)).contains("\"listed\":false");
        assertThat(decoy.feedEntries()).doesNotContain(from);
    }

    private static void assertListed(String from) {
        Swaks.send(decoy.smtpPort(), from);
        decoy.awaitListed(from);
    }

    @Test
    void deferredByThePrimary_isNotListed() throws IOException {
        assertPosts(primary.logFile(), "first");
        double before = recordedVisits();
        getDeferredByPrimary("127.0.21.1");
        assertPosts(primary.logFile(), "first");
        assertThat(recordedVisits()).isEqualTo(before + 1);
        assertPosts(primary.logFile(), "first");
        assertThat(recordedVisits()).isEqualTo(before + 1);
        assertNotListed("127.0.21.1");
        assertNotListed("127.0.21.2");
        assertListed("127.0.22.1");
        long listed = Instant.now().getEpochSecond();
        await("more than the tolerance of clocks")
                .atMost(LIMIT)
                .until(() -> Instant.now().getEpochSecond() > listed + 10);

        // a client that connects to the primary only after it was listed stays listed
        getDeferredByPrimary("127.0.22.1");
        // a client that connects to the primary before the decoy is delisted
        getDeferredByPrimary("127.0.23.1");
        assertListed("127.0.23.1");
        assertPosts(primary.logFile(), "first");
        assertThat(recordedVisits()).isEqualTo(before + 3);
        await("127.0.23.1 to be delisted").atMost(LIMIT).until(() -> !decoy.feedEntries()
                .contains("127.0.23.1"));
        assertThat(decoy.feedEntries()).contains("127.0.22.1");
    }

    @Test
    void acceptedOrRejectedByThePrimary_isListed() {
        assertPosts(primary.logFile(), "fifth");
        double before = recordedVisits();
        deliverToPrimary("127.0.25.1");
        sendToPrimary("127.0.26.1", "never@client.test", "554 5.7.1 ");
        assertPosts(primary.logFile(), "fifth");
        assertThat(recordedVisits()).isEqualTo(before + 2);
        assertListed("127.0.25.1");
        assertListed("127.0.26.1");
    }

    @Test
    void deferredByPostscreenOfAnotherInstance_isNotListed() {
        try (PostfixMx mx = PostfixMx.postscreen("""
                syslog_name = postfix-in
                postscreen_bare_newline_enable = yes
                """)) {
            double before = recordedVisits();
            CompletedProgram run = Swaks.send(mx.port(), "127.0.27.1", "--from", "another@client.test");
            assertThat(run.output()).contains("450 4.3.2 ");
            await("the end of the session")
                    .atMost(LIMIT)
                    .until(() -> mx.log().contains("postfix-in/postscreen[")
                            && mx.log().contains("DISCONNECT [127.0.27.1]"));
            assertPosts(mx.logFile(), "sixth");
            assertThat(recordedVisits()).as(mx.log()).isEqualTo(before + 1);
            assertNotListed("127.0.27.1");
        }
    }

    @Test
    void rotatedLogAndIncompleteLine_areReadOnce() throws IOException {
        Path log = dir.resolve("mail.log");
        double before = recordedVisits();
        String now = Instant.now().toString();
        Files.writeString(log, line(now, "127.1.0.1") + line(now, "127.1.0.2"));
        assertPosts(log, "second");
        assertThat(recordedVisits()).isEqualTo(before + 2);
        Files.writeString(log, line(now, "127.1.0.3"), StandardOpenOption.APPEND);
        Files.move(log, dir.resolve("mail.log.1"), StandardCopyOption.REPLACE_EXISTING);
        String incomplete = line(now, "127.1.0.5");
        Files.writeString(log, line(now, "127.1.0.4") + incomplete.substring(0, 30));
        assertPosts(log, "second");
        assertThat(recordedVisits()).isEqualTo(before + 4);
        Files.writeString(log, incomplete.substring(30), StandardOpenOption.APPEND);
        assertPosts(log, "second");
        assertThat(recordedVisits()).isEqualTo(before + 5);
    }

    private static String line(String time, String client) {
        return time + " mx1 postfix/smtpd[123]: connect from mail.example.net[" + client + "]\n";
    }

    @Test
    void log_onlyVisits_areReported() throws IOException {
        Path log = dir.resolve("odd.log");
        double before = recordedVisits();
        long now = Instant.now().getEpochSecond();
        Files.writeString(log, """
                %1$d.123456 mx1 postfix/postscreen[9]: CONNECT from [127.2.0.1]:4321 to [192.0.2.9]:25
                %1$d.123456 mx1 postfix-in/smtpd[9]: connect from a.example[IPv6:2001:db8::1]:4321
                %1$d.123456 mx1 postfix/smtpd[9]: warning: disconnect from a.example[127.2.0.2]
                %1$d.123456 mx1 postfix/smtpd[9]: lost connection after CONNECT from a.example[127.2.0.3]
                %1$d.123456 mx1 postfix/smtpd[9]: NOQUEUE: reject: helo=<connect from a.example[127.2.0.4]>
                %1$d.123456 mx1 postfix/smtpd[9]: connect from unknown[unknown]
                %1$d.123456 mx1 sshd[9]: connect from a.example[127.2.0.5]
                Nov 22 10:00:00 mx1 sendmail[9]: connect from a.example[127.2.0.6]
                """.formatted(now));
        assertPosts(log, "third");
        assertThat(recordedVisits()).isEqualTo(before + 2);
    }

    @Test
    void failedReport_isSentByTheNextRun() throws IOException {
        Path log = dir.resolve("later.log");
        double before = recordedVisits();
        Files.writeString(log, line(Instant.now().toString(), "127.3.0.1"));
        Path token = dir.resolve("token");
        Files.writeString(token, "wrong-token-0123456");
        CompletedProgram run = runPostWitnesses(log.toString(), "fourth");
        assertThat(run.code()).isNotZero();
        assertThat(run.output()).contains("401");
        Files.writeString(token, TOKEN + "\n");
        assertPosts(log, "fourth");
        assertThat(recordedVisits()).isEqualTo(before + 1);
    }

    /** Reports a whole log with one command. */
    @Test
    void pipeline_fromTheDocumentation_isAccepted() {
        deliverToPrimary("127.0.24.1");
        String pipeline = "sed -nE 's/.*\\/smtpd\\[[0-9]+\\]: connect from [^ ]+\\[([0-9a-fA-F.:]+)\\]$/\\1/p' "
                + primary.logFile() + " | sort -u | curl -sS -u 'witness:" + TOKEN + "' -X POST -T - "
                + decoy.url("/witnesses");
        CompletedProgram run = CompletedProgram.run(LIMIT, "sh", "-c", pipeline);
        assertThat(run.output()).contains("\"bad\":0,\"errors\":[]");
        assertNotListed("127.0.24.1");
    }
}
