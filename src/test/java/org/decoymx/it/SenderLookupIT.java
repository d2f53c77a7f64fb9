package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Anybody can look up whether an address is listed, and why. Administrators also get the evidence. */
class SenderLookupIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String TOKEN = "correct-horse-battery";

    private static Path dir;
    private static DecoyProcess decoy;

    @BeforeAll
    static void start() {
        dir = TestResources.createDirectory("lookup");
        List<String> settings = new ArrayList<>(List.of(DecoyWithLedger.settings(dir)));
        settings.add("decoy.admin.token=" + TOKEN);
        decoy = DecoyProcess.start(settings.toArray(String[]::new));
    }

    @AfterAll
    static void stop() {
        decoy.close();
        TestResources.delete(dir);
    }

    private static String lookup(String address) {
        return decoy.get("/senders/" + address).body();
    }

    private static CompletedProgram curl(String address, String... options) {
        List<String> arguments = new ArrayList<>(List.of(RealProgram.require("curl"), "-sS", "-w", "\n%{http_code}"));
        arguments.addAll(List.of(options));
        arguments.add(decoy.url("/senders/" + address));
        return CompletedProgram.run(LIMIT, arguments.toArray(String[]::new));
    }

    @Test
    void unknownAddress_wasNeverSeen() {
        assertThat(decoy.get("/senders/203.0.113.99").statusCode()).isEqualTo(200);
        assertThat(lookup("203.0.113.99"))
                .contains(
                        "\"listed\":false", "\"verdict\":\"never seen\"", "It was never seen here.", "\"sessions\":0");
    }

    @Test
    void exemptNetwork_isExplained_withoutASession() {
        assertThat(lookup("10.9.8.7"))
                .contains("\"verdict\":\"exempt\"", "Its address is exempt: a private network.", "\"listed\":false");
        assertThat(lookup("fe90::1")).contains("\"verdict\":\"exempt\"", "link-local");
    }

    @Test
    void listedAddress_hasTimes_pointsAndReasons() throws IOException {
        ProxiedClient.mail(decoy.smtpPort(), "203.0.113.1", DecoyWithLedger.RECIPIENT);
        decoy.awaitListed("203.0.113.1");
        assertThat(lookup("203.0.113.1"))
                .contains("\"listed\":true", "\"verdict\":\"listed\"", "\"points\":10.0", "\"sessions\":1,")
                .containsPattern("\"since\":\"20[^\"]+Z\",\"until\":\"20[^\"]+Z\"")
                .contains(
                        "completed a conversation for a protected recipient, once",
                        "Mail from it is deferred, not rejected, until 20",
                        "offered mail for ")
                .doesNotContain("evidence", "client.example.net", "frances");
    }

    @Test
    void addressInAListedNetwork_isListed() throws IOException {
        ProxiedClient.mail(decoy.smtpPort(), "2001:db8:5:6::7", DecoyWithLedger.RECIPIENT);
        decoy.awaitListed("2001:db8:5:6::7");
        assertThat(lookup("2001:db8:5:6::7")).contains("\"origin\":\"2001:db8:5:6::7\"", "\"listed\":true");
        assertThat(lookup("2001:db8:5:6::8")).contains("\"verdict\":\"never seen\"");
        ProxiedClient.mail(decoy.smtpPort(), "2001:db8:5:6::9", DecoyWithLedger.RECIPIENT);
        decoy.awaitListed("2001:db8:5:6::/64");
        assertThat(lookup("2001:db8:5:6:ffff::1"))
                .contains("\"origin\":\"2001:db8:5:6:ffff::1\"", "\"listed\":true", "\"tier\":\"suspect\"")
                .contains("Other addresses in its network 2001:db8:5:6::/64", "this address is only their neighbor");
        assertThat(lookup("2001:db8:5:7::7")).contains("\"verdict\":\"never seen\"");
    }

    @Test
    void callbackVerifier_thatWritesEverythingAtOnce_hasNoPoints() throws IOException {
        try (SmtpClient socket = ProxiedClient.connect(decoy.smtpPort(), "203.0.113.2")) {
            assertThat(socket.sendCommand("EHLO verifier.example.net\r\nMAIL FROM:<>\r\nRCPT TO:<"
                            + DecoyWithLedger.RECIPIENT + ">\r\nQUIT"))
                    .startsWith("220 ");
            await("the end of the session").atMost(LIMIT).until(() -> socket.readLine() == null);
        }
        assertThat(decoy.awaitSender("203.0.113.2", 1))
                .contains("\"verdict\":\"not listed\"", "\"points\":0.0", "\"PIPELINED_UNASKED\"")
                .contains("never completed a conversation for a protected recipient");
    }

    @Test
    void evidence_needsTheAdminToken() throws IOException {
        ProxiedClient.mail(decoy.smtpPort(), "203.0.113.3", DecoyWithLedger.RECIPIENT);
        decoy.awaitListed("203.0.113.3");
        decoy.awaitSender("203.0.113.3", 1);
        assertThat(curl("203.0.113.3", "-u", "admin:" + TOKEN).output())
                .contains(
                        "\"evidence\":[{\"node\":",
                        "\"helo\":\"client.example.net\"",
                        "\"senderDomain\":\"example.net\"")
                .contains("\"deepest\":\"DATA\"", "\"recipients\":1")
                .doesNotContain("frances")
                .endsWith("\n200");
        assertThat(curl("203.0.113.3", "-u", "admin:wrong-token-altogether").output())
                .contains("decoy.admin.token")
                .doesNotContain("evidence\":")
                .endsWith("\n401");
        assertThat(curl("203.0.113.98", "-u", "admin:" + TOKEN).output())
                .contains("never seen", "\"evidence\":[]")
                .endsWith("\n200");
    }

    @Test
    void traitAtTheEndOfTheSession_isScored() throws IOException {
        try (SmtpClient socket = ProxiedClient.connect(decoy.smtpPort(), "203.0.113.4")) {
            socket.readReply();
            socket.sendCommand("HELO client.example.net");
            socket.sendCommand("MAIL FROM:<a@example.net>");
            socket.sendCommand("RCPT TO:<" + DecoyWithLedger.RECIPIENT + ">");
            assertThat(socket.sendCommand("DATA")).startsWith("451 ");
        }
        await().atMost(LIMIT).untilAsserted(() -> assertThat(lookup("203.0.113.4"))
                .contains("\"points\":11.0", "it left without QUIT", "\"sessions\":1,"));
    }

    @Test
    void invalidAddress_isRejected_withAnExample() {
        assertThat(curl("example.org").output())
                .contains("Not a valid IP address (examples: 192.0.2.1, ")
                .endsWith("\n400");
    }
}
