package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The administrator lists and forgets senders by hand, and reads who is listed. */
class SenderControlIT {
    private static final String SENDER = "23.0.0.1";
    private static final String UNSEEN = "23.0.0.2";
    private static final Duration LIMIT = Duration.ofSeconds(2);

    private final Path dir = TestResources.createDirectory("hand");

    @AfterEach
    void clean() {
        TestResources.delete(dir);
    }

    private DecoyProcess start(String... settings) {
        return ExemptionCalls.startIn(dir, settings);
    }

    private static CompletedProgram put(DecoyProcess decoy, String address, String body) {
        return ExemptionCalls.curl(decoy, "PUT", "/senders/" + address, "-d", body);
    }

    private static CompletedProgram list(DecoyProcess decoy, String query) {
        return ExemptionCalls.curl(decoy, "GET", "/senders" + query);
    }

    private static void awaitListed(DecoyProcess decoy, String entry) {
        Stopwatch.start().within(LIMIT, () -> assertThat(decoy.feedEntries()).contains(entry));
    }

    @Test
    void unseenSender_isListedAndForgotten_overKill9() throws IOException {
        try (DecoyProcess decoy = start()) {
            ExemptionCalls.assertResponse(
                    put(decoy, UNSEEN, "{\"tier\":\"confirmed\",\"for\":\"7d\",\"reason\":\"sends to our traps\"}"),
                    200,
                    "\"tier\":\"confirmed\"",
                    "\"verdict\":\"listed\"",
                    "was listed by hand: sends to our traps.",
                    "\"byHand\":{\"tier\":\"confirmed\",\"at\":\"20",
                    "\"reason\":\"sends to our traps\"}");
            awaitListed(decoy, UNSEEN);
            assertThat(decoy.log())
                    .contains("By hand, by decoy.admin.token from 127.0.0.1: " + UNSEEN + " is confirmed until 20");
            assertThat(decoy.get("/senders/" + UNSEEN).body())
                    .contains("Mail from it is rejected until", "It was never seen here.")
                    .doesNotContain("byHand");

            decoy.killProcess();
            decoy.restart();
            assertThat(decoy.feedEntries()).contains(UNSEEN);
            ExemptionCalls.assertResponse(
                    ExemptionCalls.curl(decoy, "DELETE", "/senders/" + UNSEEN + "?reason=a%20mistake"),
                    200,
                    "\"verdict\":\"never seen\"",
                    "it was taken off the list by hand: a mistake.",
                    "\"byHand\":{\"tier\":\"none\"");
            ExemptionCalls.awaitDelisted(decoy, UNSEEN);

            decoy.killProcess();
            decoy.restart();
            assertThat(decoy.feedEntries()).doesNotContain(UNSEEN);
            ExemptionCalls.assertResponse(
                    ExemptionCalls.curl(decoy, "GET", "/senders/" + UNSEEN), 200, "\"reason\":\"a mistake\"");
            assertThat(ExemptionCalls.curl(decoy, "GET", "/ledger").output())
                    .contains("\"byHand\":{\"tier\":\"NONE\",\"at\":\"20");
        }
    }

    @Test
    void forgottenSender_isDelisted_andItsSessionDoesNotListItAgain() throws IOException {
        try (DecoyProcess decoy = start();
                SmtpClient session = ProxiedClient.connect(decoy.smtpPort(), SENDER)) {
            session.readReply();
            session.sendCommand("EHLO client.example.net");
            session.sendCommand("MAIL FROM:<a@example.net>");
            session.sendCommand("RCPT TO:<" + DecoyWithLedger.RECIPIENT + ">");
            assertThat(session.sendCommand("DATA")).startsWith("451 ");
            decoy.awaitListed(SENDER);

            ExemptionCalls.assertResponse(
                    ExemptionCalls.curl(
                            decoy, "DELETE", "/senders/" + SENDER, "-d", "{\"reason\":\"listed by mistake\"}"),
                    200,
                    "\"verdict\":\"not listed\"",
                    "listed by mistake");
            ExemptionCalls.awaitDelisted(decoy, SENDER);
            session.sendCommand("RSET");
            session.sendCommand("MAIL FROM:<b@example.net>");
            session.sendCommand("RCPT TO:<" + DecoyWithLedger.RECIPIENT + ">");
            assertThat(session.sendCommand("DATA")).startsWith("451 ");
            session.sendCommand("QUIT");

            ExemptionCalls.assertListed(decoy, UNSEEN, UNSEEN);
            assertThat(decoy.feedEntries()).doesNotContain(SENDER);
            ExemptionCalls.assertListed(decoy, SENDER, SENDER);
        }
    }

    @Test
    void exemptSender_isRefused_withASentence() {
        try (DecoyProcess decoy = start("decoy.exempt.networks=23.0.0.0/24")) {
            ExemptionCalls.assertResponse(
                    put(decoy, SENDER, "{}"),
                    409,
                    "problem+json",
                    "Its address is exempt: named in decoy.exempt.networks.",
                    "end the exemption first");
            assertThat(decoy.feedEntries()).doesNotContain(SENDER);
        }
    }

    @Test
    void badRequests_getProblems() {
        try (DecoyProcess decoy = start()) {
            ExemptionCalls.assertResponse(put(decoy, "example.org", "{}"), 400, "problem+json", "192.0.2.1");
            ExemptionCalls.assertResponse(
                    put(decoy, SENDER, "{\"tier\":\"bad\"}"), 400, "problem+json", "suspect, confirmed, cleared");
            ExemptionCalls.assertResponse(put(decoy, SENDER, "tier=bad"), 400, "problem+json", "JSON object");
            ExemptionCalls.assertResponse(
                    ExemptionCalls.curl(decoy, "DELETE", "/senders/" + SENDER), 404, "problem+json", "never seen");
            ExemptionCalls.assertResponse(
                    ExemptionCalls.curl(decoy, "DELETE", "/senders/" + SENDER + "?reason=" + "x".repeat(201)),
                    400,
                    "200 printable characters");
            ExemptionCalls.assertResponse(list(decoy, "?tier=bad"), 400, "suspect, confirmed, all");
            for (String method : List.of("PUT", "DELETE")) {
                ExemptionCalls.assertResponse(
                        ExemptionCalls.curlWithoutToken(decoy, method, "/senders/" + SENDER),
                        401,
                        "problem+json",
                        "decoy.admin.token");
            }
            ExemptionCalls.assertResponse(ExemptionCalls.curlWithoutToken(decoy, "GET", "/senders"), 200);
            assertThat(decoy.feedEntries()).doesNotContain(SENDER);
        }
    }

    @Test
    void list_hasWhoWhyAndSinceWhen_alsoWhileObserving() throws IOException {
        try (DecoyProcess decoy = start("decoy.policy.mode=observe")) {
            ProxiedClient.mail(decoy.smtpPort(), SENDER, DecoyWithLedger.RECIPIENT);
            ExemptionCalls.assertResponse(put(decoy, UNSEEN, "{\"reason\":\"for the test\"}"), 200, "would be listed");
            Stopwatch.start()
                    .within(
                            Duration.ofSeconds(5),
                            () -> ExemptionCalls.assertResponse(
                                    list(decoy, "?q=23.0."),
                                    200,
                                    "\"published\":false",
                                    "\"total\":2,\"page\":1,\"size\":100"));
            assertThat(list(decoy, "?tier=suspect&q=23.0.0.0/24").output())
                    .contains("\"address\":\"" + SENDER + "\",\"tier\":\"suspect\",\"since\":\"20")
                    .contains("completed a conversation for a protected recipient, once", "\"conversations\":1}")
                    .doesNotContain(UNSEEN);
            assertThat(list(decoy, "?q=FOR%20the").output())
                    .contains("\"address\":\"" + UNSEEN + "\"", "It was listed by hand: for the test")
                    .contains("\"total\":1,");
            assertThat(list(decoy, "?page=2&size=1&q=23.").output()).contains("\"total\":2,\"page\":2,\"size\":1");
            assertThat(list(decoy, "?since=2040-01-01T00:00:00Z").output()).contains("\"total\":0", "\"senders\":[]");
            assertThat(decoy.feedEntries()).isEmpty();
        }
    }

    @Test
    void exemptionWithAnEnd_endsByItself() throws IOException {
        try (DecoyProcess decoy = start()) {
            ExemptionCalls.assertListed(decoy, SENDER, SENDER);
            ExemptionCalls.assertResponse(
                    ExemptionCalls.curl(decoy, "PUT", "/exemptions/" + SENDER + "?for=8s", "-d", "for a while"),
                    201,
                    "\"until\":\"20");
            ExemptionCalls.awaitDelisted(decoy, SENDER);
            assertThat(Files.readString(dir.resolve("exemptions.txt"))).contains("Z for a while");
            Stopwatch.start().within(Duration.ofSeconds(30), () -> assertThat(decoy.feedEntries())
                    .contains(SENDER));
            ExemptionCalls.assertResponse(
                    ExemptionCalls.curl(decoy, "PUT", "/exemptions/" + SENDER + "?for=soon"),
                    400,
                    "problem+json",
                    "examples: 90m, 24h, 7d");
            // what is stored is deleted only after the first minute, when the clock is known to be right
            await("the end of the exemption in its file")
                    .atMost(Duration.ofMinutes(10))
                    .untilAsserted(() -> assertThat(Files.readString(dir.resolve("exemptions.txt")))
                            .doesNotContain("for a while"));
        }
    }

    @Test
    void contactLine_isTheLastSentence() {
        try (DecoyProcess decoy =
                start("decoy.policy.explain-template=Questions? Call +49 30 123456 about {address}.")) {
            assertThat(decoy.get("/senders/" + SENDER).body())
                    .contains("\"It was never seen here.\",\"Questions? Call +49 30 123456 about " + SENDER + ".\"]");
        }
        StartupFailures.awaitOneLineError(
                DecoyProcess.startWithoutWaiting("decoy.policy.explain-template=Call {name}"),
                "decoy.policy.explain-template: ",
                "{address} and {tier}");
    }
}
