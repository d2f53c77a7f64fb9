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

/** A real Postfix, whose log post-witnesses reads. The decoy is on trial, so addresses of loopback are listed. */
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
        primary = new Postfix(TestResources.reservePort());
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

    private static CompletedProgram post(String log, String state) {
        return CompletedProgram.run(
                LIMIT,
                Path.of("deploy/witness/post-witnesses").toAbsolutePath().toString(),
                decoy.url(""),
                dir.resolve("token").toString(),
                log,
                dir.resolve(state).toString());
    }

    private static void posts(Path log, String state) {
        CompletedProgram run = post(log.toString(), state);
        assertThat(run.output()).isEmpty();
        assertThat(run.code()).isZero();
    }

    private static double recorded() {
        return decoy.metricValue("decoy_witnesses_recorded_total");
    }

    private static void deliversToPrimary(String from) {
        CompletedProgram run = Swaks.send(primary.port(), from);
        assertThat(run.code()).as(run.output()).isZero();
    }

    private static void isNotListed(String from) {
        Swaks.send(decoy.smtpPort(), from);
        assertThat(decoy.awaitSender(from, 1)).contains("\"listed\":false");
        assertThat(decoy.feedEntries()).doesNotContain(from);
    }

    private static void isListed(String from) {
        Swaks.send(decoy.smtpPort(), from);
        decoy.awaitListed(from);
    }

    @Test
    void whoDeliversToThePrimary_isNotListed() throws IOException {
        posts(primary.logFile(), "first");
        double before = recorded();
        deliversToPrimary("127.0.21.1");
        posts(primary.logFile(), "first");
        assertThat(recorded()).isEqualTo(before + 1);
        posts(primary.logFile(), "first");
        assertThat(recorded()).isEqualTo(before + 1);
        isNotListed("127.0.21.1");
        isNotListed("127.0.21.2");
        isListed("127.0.22.1");
        long listed = Instant.now().getEpochSecond();
        await("the next second").until(() -> Instant.now().getEpochSecond() > listed);

        // who comes to the primary later is told later, and stays listed
        deliversToPrimary("127.0.22.1");
        // whoever has tried the primary, and the decoy at once, is taken off
        deliversToPrimary("127.0.23.1");
        isListed("127.0.23.1");
        posts(primary.logFile(), "first");
        assertThat(recorded()).isEqualTo(before + 3);
        await("the pardon").atMost(LIMIT).until(() -> !decoy.feedEntries().contains("127.0.23.1"));
        assertThat(decoy.feedEntries()).contains("127.0.22.1");
    }

    @Test
    void rotatedLog_andUnfinishedLine_areReadOnce() throws IOException {
        Path log = dir.resolve("mail.log");
        double before = recorded();
        String now = Instant.now().toString();
        Files.writeString(log, line(now, "127.1.0.1") + line(now, "127.1.0.2"));
        posts(log, "second");
        assertThat(recorded()).isEqualTo(before + 2);
        Files.writeString(log, line(now, "127.1.0.3"), StandardOpenOption.APPEND);
        Files.move(log, dir.resolve("mail.log.1"), StandardCopyOption.REPLACE_EXISTING);
        String half = line(now, "127.1.0.5");
        Files.writeString(log, line(now, "127.1.0.4") + half.substring(0, 30));
        posts(log, "second");
        assertThat(recorded()).isEqualTo(before + 4);
        Files.writeString(log, half.substring(30), StandardOpenOption.APPEND);
        posts(log, "second");
        assertThat(recorded()).isEqualTo(before + 5);
    }

    private static String line(String time, String client) {
        return time + " mx1 postfix/smtpd[123]: connect from mail.example.net[" + client + "]\n";
    }

    @Test
    void onlyWhoConnected_isTold() throws IOException {
        Path log = dir.resolve("odd.log");
        double before = recorded();
        long now = Instant.now().getEpochSecond();
        Files.writeString(log, """
                %1$d.123456 mx1 postfix/postscreen[9]: CONNECT from [127.2.0.1]:4321 to [192.0.2.9]:25
                %1$d.123456 mx1 postfix-in/smtpd[9]: connect from a.example[IPv6:2001:db8::1]:4321
                %1$d.123456 mx1 postfix/smtpd[9]: disconnect from a.example[127.2.0.2]
                %1$d.123456 mx1 postfix/smtpd[9]: lost connection after CONNECT from a.example[127.2.0.3]
                %1$d.123456 mx1 postfix/smtpd[9]: NOQUEUE: reject: helo=<connect from a.example[127.2.0.4]>
                %1$d.123456 mx1 postfix/smtpd[9]: connect from unknown[unknown]
                %1$d.123456 mx1 sshd[9]: connect from a.example[127.2.0.5]
                Nov 22 10:00:00 mx1 sendmail[9]: connect from a.example[127.2.0.6]
                """.formatted(now));
        posts(log, "third");
        assertThat(recorded()).isEqualTo(before + 2);
    }

    @Test
    void whatCannotBeSent_isSentTheNextTime() throws IOException {
        Path log = dir.resolve("later.log");
        double before = recorded();
        Files.writeString(log, line(Instant.now().toString(), "127.3.0.1"));
        Path token = dir.resolve("token");
        Files.writeString(token, "wrong-token-0123456");
        CompletedProgram run = post(log.toString(), "fourth");
        assertThat(run.code()).isNotZero();
        assertThat(run.output()).contains("401");
        Files.writeString(token, TOKEN + "\n");
        posts(log, "fourth");
        assertThat(recorded()).isEqualTo(before + 1);
    }

    /** The shortest way: all that one log says, in one go. */
    @Test
    void pipeline_asInTheDocumentation_isTaken() {
        deliversToPrimary("127.0.24.1");
        String pipeline = "sed -nE 's/.*\\/smtpd\\[[0-9]+\\]: connect from [^ ]+\\[([0-9a-fA-F.:]+)\\]$/\\1/p' "
                + primary.logFile() + " | sort -u | curl -sS -u 'witness:" + TOKEN + "' -X POST -T - "
                + decoy.url("/witnesses");
        CompletedProgram run = CompletedProgram.run(LIMIT, "sh", "-c", pipeline);
        assertThat(run.output()).contains("\"bad\":0,\"errors\":[]");
        isNotListed("127.0.24.1");
    }
}
