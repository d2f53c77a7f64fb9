package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** With protected domains, only public senders that mail to these domains are listed. */
class ProtectedDomainsIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration PUBLICATION_TIME = Duration.ofSeconds(2);
    private static final String PROTECTED_RECIPIENT = "user@example.org";

    private static DecoyProcess decoy;

    @BeforeAll
    static void start() {
        decoy = DecoyProcess.start(
                "decoy.domains=example.org",
                "decoy.smtp.greeting-delay=0s",
                "decoy.smtp.proxy-protocol.trusted=127.0.0.1/32");
    }

    @AfterAll
    static void stop() {
        decoy.close();
    }

    @Test
    void publicAddress_mailingToAProtectedDomain_isListed() throws IOException {
        assertThat(mail("TCP4 192.0.2.9 127.0.0.1", PROTECTED_RECIPIENT)).startsWith("451 ");

        decoy.awaitListed("192.0.2.9");
        assertThat(decoy.get("/senders/192.0.2.9").body()).contains("\"listed\":true");
    }

    @Test
    void publicIpv6Address_mailingToAProtectedDomain_isListedAsNetwork() throws IOException {
        assertThat(mail("TCP6 2001:db8:1:2::3 ::1", PROTECTED_RECIPIENT)).startsWith("451 ");

        decoy.awaitListed("2001:db8:1:2::3");
        assertThat(decoy.get("/senders/2001:db8:1:2::3").body()).contains("\"listed\":true");
    }

    @Test
    void recipientOfAnotherDomain_isRejected_andSenderIsNotListed() throws IOException {
        assertThat(mail("TCP4 192.0.2.10 127.0.0.1", "user@foreign.test")).startsWith("554 5.7.1 ");

        assertStaysUnlisted("192.0.2.10");
    }

    @Test
    void subdomain_isNotProtected() throws IOException {
        assertThat(mail("TCP4 192.0.2.11 127.0.0.1", "user@sub.example.org")).startsWith("554 5.7.1 ");

        assertStaysUnlisted("192.0.2.11");
    }

    @Test
    void greetingAndQuit_isNotListed() throws IOException {
        try (SmtpClient socket = connectThroughProxy("TCP4 192.0.2.12 127.0.0.1")) {
            socket.readReply();
            assertThat(socket.sendCommand("HELO client.test")).startsWith("250 ");
            assertThat(socket.sendCommand("QUIT")).startsWith("221 ");
        }

        assertStaysUnlisted("192.0.2.12");
    }

    @Test
    void recipientAcceptedButNoData_isNotListed() throws IOException {
        try (SmtpClient socket = connectThroughProxy("TCP4 192.0.2.13 127.0.0.1")) {
            socket.readReply();
            socket.sendCommand("HELO client.test");
            socket.sendCommand("MAIL FROM:<>");
            assertThat(socket.sendCommand("RCPT TO:<" + PROTECTED_RECIPIENT + ">"))
                    .startsWith("250 ");
            assertThat(socket.sendCommand("QUIT")).startsWith("221 ");
        }

        assertStaysUnlisted("192.0.2.13");
    }

    @Test
    void loopbackAddress_mailingToAProtectedDomain_isNotListed() throws IOException {
        assertThat(SmtpClient.mail(decoy.smtpPort(), "127.0.0.31", PROTECTED_RECIPIENT))
                .startsWith("451 ");

        assertStaysUnlisted("127.0.0.31").contains("loopback");
    }

    @Test
    void privateAddress_mailingToAProtectedDomain_isNotListed() throws IOException {
        assertThat(mail("TCP4 10.1.2.3 127.0.0.1", PROTECTED_RECIPIENT)).startsWith("451 ");

        assertStaysUnlisted("10.1.2.3").contains("a private network");
    }

    @Test
    void feed_withProtectedDomains_isNotATrialFeed() {
        assertThat(decoy.get("/blocklist.txt").body()).startsWith("# decoymx").doesNotContain("TRIAL");
        assertThat(decoy.getManagement("/q/health").body()).contains("enforce").doesNotContain("TRIAL");
        assertThat(decoy.log()).doesNotContain("TRIAL");
    }

    private static String mail(String addresses, String recipient) throws IOException {
        try (SmtpClient socket = connectThroughProxy(addresses)) {
            return socket.mail(recipient);
        }
    }

    private static SmtpClient connectThroughProxy(String addresses) throws IOException {
        SmtpClient socket = new SmtpClient(decoy.smtpPort(), "127.0.0.1");
        socket.sendLine("PROXY " + addresses + " 40000 25");
        return socket;
    }

    /** The session is in the ledger, and the address is still not listed after the next publication. */
    private static AbstractStringAssert<?> assertStaysUnlisted(String address) {
        decoy.awaitSender(address, 1);
        await().during(PUBLICATION_TIME).atMost(LIMIT).until(() -> !decoy.feedEntries()
                .contains(address));
        return assertThat(decoy.get("/senders/" + address).body()).contains("\"listed\":false");
    }
}
