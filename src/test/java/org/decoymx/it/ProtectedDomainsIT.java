package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** With protected domains set, only public senders that mail to them are listed. */
class ProtectedDomainsIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration PUBLISHED = Duration.ofSeconds(2);
    private static final String OURS = "user@example.org";

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
    void publicAddress_mailingToOurDomain_isListed() throws IOException {
        assertThat(mail("TCP4 192.0.2.9 127.0.0.1", OURS)).startsWith("451 ");

        decoy.awaitListed("192.0.2.9");
        assertThat(decoy.get("/senders/192.0.2.9").body()).contains("\"listed\":true");
    }

    @Test
    void publicIpv6Address_mailingToOurDomain_isListedByItsNetwork() throws IOException {
        assertThat(mail("TCP6 2001:db8:1:2::3 ::1", OURS)).startsWith("451 ");

        decoy.awaitListed("2001:db8:1:2::/64");
        assertThat(decoy.get("/senders/2001:db8:1:2::77").body()).contains("\"listed\":true");
    }

    @Test
    void foreignRecipient_isRefused_andSenderIsNotListed() throws IOException {
        assertThat(mail("TCP4 192.0.2.10 127.0.0.1", "user@foreign.test")).startsWith("554 5.7.1 ");

        staysUnlisted("192.0.2.10");
    }

    @Test
    void subdomain_isForeign() throws IOException {
        assertThat(mail("TCP4 192.0.2.11 127.0.0.1", "user@sub.example.org")).startsWith("554 5.7.1 ");

        staysUnlisted("192.0.2.11");
    }

    @Test
    void greetingAndQuit_isNotListed() throws IOException {
        try (SmtpClient socket = proxied("TCP4 192.0.2.12 127.0.0.1")) {
            socket.readReply();
            assertThat(socket.sendCommand("HELO client.test")).startsWith("250 ");
            assertThat(socket.sendCommand("QUIT")).startsWith("221 ");
        }

        staysUnlisted("192.0.2.12");
    }

    @Test
    void recipientTakenButNoData_isNotListed() throws IOException {
        try (SmtpClient socket = proxied("TCP4 192.0.2.13 127.0.0.1")) {
            socket.readReply();
            socket.sendCommand("HELO client.test");
            socket.sendCommand("MAIL FROM:<>");
            assertThat(socket.sendCommand("RCPT TO:<" + OURS + ">")).startsWith("250 ");
            assertThat(socket.sendCommand("QUIT")).startsWith("221 ");
        }

        staysUnlisted("192.0.2.13");
    }

    @Test
    void loopbackAddress_mailingToOurDomain_isNotListed() throws IOException {
        assertThat(SmtpClient.mail(decoy.smtpPort(), "127.0.0.31", OURS)).startsWith("451 ");

        staysUnlisted("127.0.0.31").contains("loopback");
    }

    @Test
    void privateAddress_mailingToOurDomain_isNotListed() throws IOException {
        assertThat(mail("TCP4 10.1.2.3 127.0.0.1", OURS)).startsWith("451 ");

        staysUnlisted("10.1.2.3").contains("a private network");
    }

    @Test
    void feed_isNoTrial() {
        assertThat(decoy.get("/blocklist.txt").body()).startsWith("# decoymx").doesNotContain("TRIAL");
        assertThat(decoy.getManagement("/q/health").body()).contains("enforce").doesNotContain("TRIAL");
        assertThat(decoy.log()).doesNotContain("TRIAL");
    }

    private static String mail(String proxied, String recipient) throws IOException {
        try (SmtpClient socket = proxied(proxied)) {
            return socket.mail(recipient);
        }
    }

    private static SmtpClient proxied(String addresses) throws IOException {
        SmtpClient socket = new SmtpClient(decoy.smtpPort(), "127.0.0.1");
        socket.sendLine("PROXY " + addresses + " 40000 25");
        return socket;
    }

    /** The session is known, the next listing would tell of it, and the address is still not there. */
    private static AbstractStringAssert<?> staysUnlisted(String address) {
        decoy.awaitSender(address, 1);
        await().during(PUBLISHED).atMost(LIMIT).until(() -> !decoy.feedEntries().contains(address));
        return assertThat(decoy.get("/senders/" + address).body()).contains("\"listed\":false");
    }
}
