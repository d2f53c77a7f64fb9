package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A real Postfix that greets, but puts off every sender, is down: senders that come to the decoy do not count. */
class PrimaryProbeIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String TLSMGR = "tlsmgr unix - - n 1000? 1 tlsmgr\n";

    private final Path dir = TestResources.createDirectory("probe");

    @AfterEach
    void delete() {
        TestResources.delete(dir);
    }

    private static String unreachableMilter() {
        return "smtpd_milters = inet:127.0.0.1:" + TestResources.reservePort() + "\nmilter_default_action = tempfail\n";
    }

    private String[] settings(Postfix primary, String... more) {
        String[] settings = {
            "decoy.primary.hosts=127.0.0.1:" + primary.port(),
            "decoy.primary.probe-interval=1s",
            "decoy.primary.outage-grace-min=0s",
            "decoy.primary.outage-grace-max=0s"
        };
        return Stream.of(DecoyWithLedger.settings(dir), settings, more)
                .flatMap(Stream::of)
                .toArray(String[]::new);
    }

    private DecoyProcess startDecoy(Postfix primary, String... more) {
        return DecoyProcess.start(settings(primary, more));
    }

    private static void awaitHealth(DecoyProcess decoy, String text) {
        await("the health check to contain: " + text).atMost(LIMIT).untilAsserted(() -> assertThat(
                        decoy.getManagement("/q/health").body())
                .as(decoy.log())
                .contains(text));
    }

    private static void assertNotListed(DecoyProcess decoy, String client) throws IOException {
        assertThat(ProxiedClient.mail(decoy.smtpPort(), client, DecoyWithLedger.RECIPIENT))
                .startsWith("451 ");
        assertThat(decoy.awaitSender(client, 1)).contains("\"listed\":false", "\"OUTAGE\"");
    }

    private void assertDown(String main, String error) throws IOException {
        try (Postfix primary = new Postfix(main, TLSMGR);
                DecoyProcess decoy = startDecoy(primary)) {
            awaitHealth(decoy, "down since ");
            awaitHealth(decoy, error);
            assertNotListed(decoy, "23.0.0.1");
        }
    }

    @Test
    void milterDown_primaryAnswers451ToMail_isDown() throws IOException {
        assertDown(unreachableMilter(), "unexpected reply to MAIL: '451 ");
    }

    @Test
    void diskFull_primaryAnswers452ToMail_isDown() throws IOException {
        assertDown("queue_minfree = 1000000000000000\n", "unexpected reply to MAIL: '452 ");
    }

    @Test
    void overloaded_primaryAnswers421AtConnect_isDown() throws IOException {
        assertDown(
                "smtpd_delay_reject = no\nsmtpd_client_restrictions = check_client_access static:{421 4.3.2 busy}\n",
                "unexpected greeting: '421 ");
    }

    @Test
    void strangersDeferred_isUnknown_andNobodyIsNewlyListed() throws IOException {
        Path access = dir.resolve("access");
        Files.writeString(access, "");
        try (Postfix primary = new Postfix(
                        "smtpd_recipient_restrictions = check_recipient_access texthash:" + access
                                + ", permit_mynetworks, reject\nmax_use = 1\n",
                        "");
                DecoyProcess decoy = startDecoy(primary)) {
            awaitHealth(decoy, "up since ");
            Files.writeString(access, "postmaster@example.org defer_if_permit greylisted\n");
            awaitHealth(decoy, "it defers the probe, reply to RCPT: '450 ");
            assertThat(decoy.getManagement("/q/health").body())
                    .contains("unknown since ", "allow the address 127.0.0.1 there")
                    .doesNotContain("nothing counts now");
            assertThat(ProxiedClient.mail(decoy.smtpPort(), "23.0.0.1", DecoyWithLedger.RECIPIENT))
                    .startsWith("451 ");
            assertThat(decoy.awaitSender("23.0.0.1", 1)).contains("\"listed\":false", "It is listed as soon as ");
            Files.writeString(access, "");
            awaitHealth(decoy, "up since ");
            decoy.awaitListedAfterProbe("23.0.0.1");
        }
    }

    @Test
    void certificateBroken_primaryOffersStartTlsInVain_isDown() throws IOException {
        assertDown(
                "smtpd_tls_security_level = may\nsmtpd_tls_cert_file = /dev/null\nsmtpd_tls_key_file = /dev/null\n",
                "unexpected reply to STARTTLS: '454 ");
    }

    @Test
    void tlsRequired_withACertificateThatNobodyKnows_isUp() {
        Path pem = dir.resolve("tls.pem");
        CompletedProgram openssl = CompletedProgram.run(
                LIMIT,
                "sh",
                "-c",
                RealProgram.require("openssl")
                        + " req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=mx1.test -keyout " + pem + " -out "
                        + pem + ".crt && cat " + pem + ".crt >> " + pem);
        assertThat(openssl.code()).as(openssl.output()).isZero();
        try (Postfix primary = new Postfix(
                        "smtpd_tls_security_level = encrypt\nsmtpd_tls_chain_files = " + pem + "\n", TLSMGR);
                DecoyProcess decoy = startDecoy(primary)) {
            awaitHealth(decoy, "up since ");
            await("the end of a probe").atMost(LIMIT).until(() -> primary.log()
                    .contains("starttls=1 mail=1 rcpt=1 rset=1 "));
        }
    }

    @Test
    void milterDown_probedForTheGreetingOnly_isUp() {
        try (Postfix primary = new Postfix(unreachableMilter(), "");
                DecoyProcess decoy = startDecoy(primary, "decoy.primary.probe=greeting")) {
            awaitHealth(decoy, "up since ");
        }
    }

    /** Nothing listens at the first addresses of its name, of both families. */
    @Test
    void firstAddressesDead_lastOneAnswers_isUp() throws IOException {
        Path hosts = Files.copy(Path.of("/etc/hosts"), dir.resolve("hosts"));
        for (String address : List.of("127.0.17.1", "::1", "127.0.17.2", "127.0.0.1")) {
            Files.writeString(hosts, address + " mx1.test\n", StandardOpenOption.APPEND);
        }
        try (Postfix primary = new Postfix("", "");
                DecoyProcess decoy = DecoyProcess.startAfter(
                        "mount --bind '" + hosts + "' /etc/hosts",
                        settings(primary, "decoy.primary.hosts=mx1.test:" + primary.port()))) {
            awaitHealth(decoy, "up since ");
            assertThat(decoy.log()).doesNotContain(" is down");
        }
    }

    @Test
    void postmasterRefusedForGood_isUp_andLoggedOnce() throws IOException {
        try (Postfix primary = new Postfix("smtpd_recipient_restrictions = reject\n", "");
                DecoyProcess decoy = startDecoy(primary)) {
            awaitHealth(decoy, "up since ");
            await("a second probe").atMost(LIMIT).until(() -> primary.log().split("rset=1 ", -1).length > 3);
            assertThat(decoy.log())
                    .containsOnlyOnce("refuses the probe for <postmaster@example.org> (reply to RCPT: '554 ");
            assertThat(ProxiedClient.mail(decoy.smtpPort(), "23.0.0.1", DecoyWithLedger.RECIPIENT))
                    .startsWith("451 ");
            decoy.awaitListedAfterProbe("23.0.0.1");
        }
    }
}
