package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Mail programs get 451 from the decoy, and their addresses are in the feed within two seconds. */
class MailClientsIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String DEFERRAL = "451 4.7.1 try again later";

    private static DecoyProcess decoy;

    @BeforeAll
    static void start() {
        decoy = DecoyProcess.start();
    }

    @AfterAll
    static void stop() {
        decoy.close();
    }

    @Test
    void swaks_isDeferredAndListed() {
        CompletedProgram run = swaks("127.0.0.11");

        assertThat(run.output()).contains("<** " + DEFERRAL);
        decoy.awaitListed("127.0.0.11");
    }

    @Test
    void swaks_withPipelining_isDeferredAndListed() {
        CompletedProgram run = swaks("127.0.0.12", "--pipeline");

        assertThat(run.output()).contains("<** " + DEFERRAL);
        decoy.awaitListed("127.0.0.12");
    }

    @Test
    void swaks_withStartTls_isDeferredAndListed() {
        CompletedProgram run = swaks("127.0.0.13", "-tls");

        assertThat(run.output()).contains("=== TLS started with cipher").contains("<~* " + DEFERRAL);
        decoy.awaitListed("127.0.0.13");
    }

    private static CompletedProgram swaks(String from, String... options) {
        return Swaks.send(decoy.smtpPort(), from, options);
    }

    @Test
    void curl_isDeferredAndListed() {
        CompletedProgram run = CompletedProgram.run(
                LIMIT,
                RealProgram.require("curl"),
                "-sS",
                "--interface",
                "127.0.0.14",
                "smtp://127.0.0.1:" + decoy.smtpPort() + "/client.test",
                "--mail-from",
                "sender@client.test",
                "--mail-rcpt",
                "user@example.org",
                "-T",
                "/etc/hostname");

        assertThat(run.output()).contains("DATA failed: 451");
        decoy.awaitListed("127.0.0.14");
    }

    @Test
    void smtplib_isDeferredAndListed() {
        CompletedProgram run = python("127.0.0.15", "");

        assertThat(run.output()).contains("(451, b'4.7.1 try again later')");
        decoy.awaitListed("127.0.0.15");
    }

    @Test
    void smtplib_withStartTls_isDeferredAndListed() {
        CompletedProgram run = python("127.0.0.16", "smtp.starttls(); print(smtp.sock.version())");

        assertThat(run.output()).contains("TLSv1.").contains("(451, b'4.7.1 try again later')");
        decoy.awaitListed("127.0.0.16");
    }

    private static CompletedProgram python(String from, String command) {
        String script = """
                import smtplib
                smtp = smtplib.SMTP("127.0.0.1", %d, "client.test", 20, source_address=("%s", 0))
                %s
                try:
                    smtp.sendmail("sender@client.test", ["user@example.org"], "Subject: hello\\r\\n\\r\\nhello\\r\\n")
                except smtplib.SMTPDataError as error:
                    print((error.smtp_code, error.smtp_error))
                smtp.close()
                """.formatted(decoy.smtpPort(), from, command);
        return CompletedProgram.run(LIMIT, RealProgram.require("python3"), "-c", script);
    }

    @Test
    void netSmtp_isDeferredAndListed() {
        String script = """
                use Net::SMTP;
                my $smtp = Net::SMTP->new("127.0.0.1", Port => %d, LocalAddr => "127.0.0.17",
                    Hello => "client.test", Timeout => 20) or die "no greeting";
                $smtp->mail("sender\\@client.test");
                $smtp->to("user\\@example.org");
                $smtp->data();
                print $smtp->code, " ", $smtp->message;
                $smtp->quit;
                """.formatted(decoy.smtpPort());
        CompletedProgram run = CompletedProgram.run(LIMIT, RealProgram.require("perl"), "-e", script);

        assertThat(run.output()).contains(DEFERRAL);
        decoy.awaitListed("127.0.0.17");
    }

    /** Without a greeting delay: smtp-source blocks all its sessions while it waits for the end of a greeting. */
    @Test
    void smtpSource_withTenSessionsAtATime_isDeferredAndListed() {
        String source = RealProgram.require("smtp-source");
        try (DecoyProcess decoyWithoutDelay = DecoyProcess.start("decoy.smtp.greeting-delay=0s")) {
            CompletedProgram run = CompletedProgram.run(
                    LIMIT, source, "-A", "-s", "10", "-m", "200", "127.0.0.1:" + decoyWithoutDelay.smtpPort());

            assertThat(run.code()).isZero();
            assertThat(run.countMatches("data rejected: " + DEFERRAL)).isEqualTo(200);
            decoyWithoutDelay.awaitListed("127.0.0.1");
        }
    }
}
