package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.decoymx.it.WebhookReceiver.Posted;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What somebody should know is posted to a real HTTPS server, and given to a real program. */
class NotificationIT {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final String SECRET = "notify-secret-0123";
    private static final String TOKEN = "witness-token-0123";
    private static final String FAILED = "decoy_notifications_failed_total{by=\"webhook\"}";
    private static final Path DIR = TestResources.createDirectory("notify");

    private static WebhookReceiver receiver;
    private static Posted missing;
    private static Postfix primary;
    private static DecoyProcess decoy;

    @BeforeAll
    static void start() throws Exception {
        RealProgram.requireRoot();
        receiver = new WebhookReceiver(DIR);
        receiver.listen();
        primary = new Postfix(TestResources.reservePort());
        Path command = Files.writeString(
                DIR.resolve("command"),
                "#!/bin/sh\ncat >> " + DIR.resolve("in") + "; echo >> " + DIR.resolve("in") + "\nenv > "
                        + DIR.resolve("env") + "\necho told $1\n");
        Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwxr-xr-x"));
        String[] settings = {
            "decoy.primary.hosts=127.0.0.1:" + primary.port(),
            "decoy.primary.probe-interval=1s",
            "decoy.primary.outage-grace-min=0s",
            "decoy.primary.outage-grace-max=0s",
            "decoy.witness.token=" + TOKEN,
            "decoy.public-url=https://decoy.example.org/",
            "decoy.notify.command=" + command + " somebody"
        };
        decoy = DecoyProcess.start(
                Map.of("DECOY_NOTIFY_URL", receiver.url(), "DECOY_NOTIFY_SECRET", SECRET),
                Stream.of(
                                Stream.of(DecoyWithLedger.settings(DIR)),
                                Stream.of(settings),
                                receiver.trustOptions().stream())
                        .flatMap(all -> all)
                        .toArray(String[]::new));
        // before a test reports a visit; a slow machine tells first that the real MX is not probed yet
        missing = receiver.awaitText("Protections are missing: example.org (witnesses)");
    }

    @AfterAll
    static void stop() {
        if (decoy != null) {
            decoy.close();
        }
        if (primary != null) {
            primary.close();
        }
        if (receiver != null) {
            receiver.close();
        }
        TestResources.delete(DIR);
    }

    private static String health() {
        return decoy.getManagement("/q/health").body();
    }

    private static void awaitHealth(String text) {
        await("health with " + text)
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(health()).as(decoy.log()).contains(text));
    }

    /** By the lines of the documentation, in a shell and in Python. */
    private static void assertSigned(Posted post) throws IOException {
        RealProgram.require("openssl");
        String documentation = Files.readString(Path.of("docs/operating.md"));
        Path body = Files.writeString(DIR.resolve("body"), post.body());
        Matcher signature = Pattern.compile("t=(\\d+),v1=([0-9a-f]{64})").matcher(post.signature());
        assertThat(signature.matches()).as(post.signature()).isTrue();
        String shell = codeBlock(documentation, "(printf '%s.'");
        String variables = "cd " + DIR + "; SECRET=" + SECRET + "; t=" + signature.group(1) + "; ";
        assertThat(CompletedProgram.run(LIMIT, "sh", "-c", variables + shell)
                        .output()
                        .strip())
                .endsWith(" " + signature.group(2));
        String call =
                "\nprint(is_genuine('" + SECRET + "', '" + post.signature() + "', open('" + body + "', 'rb').read()))";
        assertThat(CompletedProgram.run(
                                LIMIT,
                                RealProgram.require("python3"),
                                "-c",
                                codeBlock(documentation, "import hashlib") + call)
                        .output())
                .isEqualTo("True\n");
    }

    private static String codeBlock(String documentation, String start) {
        int begin = documentation.indexOf("```\n" + start) + 4;
        return documentation.substring(begin, documentation.indexOf("```", begin));
    }

    /** The first consumer of an outage is a receiver that has trouble itself. */
    @Test
    void outage_isTold_overAllTroubleOfTheReceiver_andThatItIsOver() throws Exception {
        int before = receiver.posted().size();
        receiver.answer(500);
        primary.stop();
        receiver.awaitAnswered(500);
        awaitHealth("the URL answers 500");
        receiver.answer(302);
        receiver.awaitAnswered(302);
        receiver.close();
        double failed = decoy.metricValue(FAILED);
        await("a connection to be refused").atMost(LIMIT).until(() -> decoy.metricValue(FAILED) > failed);
        receiver.answer(204);
        receiver.listen();
        Posted down = receiver.await("primary", "down", before);
        await("health without failures").atMost(LIMIT).until(() -> !health().contains("failing since"));

        List<Posted> tries = receiver.posted().stream()
                .filter(post -> post.is("primary", "down"))
                .toList();
        assertThat(tries).hasSizeGreaterThan(2);
        assertThat(tries).extracting(Posted::id).containsOnly(down.id());
        assertThat(tries).extracting(Posted::body).containsOnly(down.body());
        assertThat(receiver.posted().stream().map(Posted::path)).containsOnly("/decoy?key=1");
        assertThat(down.contentType()).isEqualTo("application/json");
        assertSigned(down);
        String host = "127.0.0.1:" + primary.port();
        assertThat(down.json().path("text").asText()).startsWith("The real MX " + host + " is down");
        assertThat(down.json().path("details").path(0).path("host").asText()).isEqualTo(host);

        primary.start();
        Posted up = receiver.await("primary", "up", before);
        assertSigned(up);
        assertThat(up.id()).isNotEqualTo(down.id());
        assertThat(up.json().path("text").asText()).isEqualTo("The outage of the real MX " + host + " is over");
        assertThat(decoy.log())
                .containsOnlyOnce("Notifications by webhook are not delivered")
                .contains("The command for notifications printed: told somebody")
                .doesNotContain("key=1", SECRET);
        assertCommandGot(down, up);
    }

    private static void assertCommandGot(Posted... posts) {
        for (Posted post : posts) {
            await("the input of the command").atMost(LIMIT).untilAsserted(() -> assertThat(
                            CompletedProgram.read(DIR.resolve("in")).lines())
                    .contains(post.body()));
        }
        assertThat(CompletedProgram.read(DIR.resolve("env")))
                .contains("DECOY_EVENT=")
                .doesNotContain(SECRET);
    }

    @Test
    void missingProtection_isTold() throws IOException {
        assertSigned(missing);
        JsonNode domain = missing.json().path("details").path(0);
        assertThat(domain.path("missing").path(0).asText()).isEqualTo("witnesses");
        assertThat(domain.path("words").asText()).startsWith("its real MX has never reported");
    }

    @Test
    void listedSenders_seenAtTheRealMx_areToldTogether() throws IOException {
        int before = receiver.posted().size();
        for (String client : List.of("23.0.0.1", "2a01:4f8:1:2::25", "23.0.1.1")) {
            assertThat(ProxiedClient.mail(decoy.smtpPort(), client, DecoyWithLedger.RECIPIENT))
                    .startsWith("451 ");
            decoy.awaitListedAfterProbe(client);
        }
        Path report = Files.writeString(DIR.resolve("report"), "23.0.0.1\n23.0.0.2\n2a01:4f8:1:2::25\n");
        CompletedProgram curl = CompletedProgram.run(
                LIMIT,
                RealProgram.require("curl"),
                "-sS",
                "-H",
                "Authorization: Bearer " + TOKEN,
                "-T",
                report.toString(),
                "-X",
                "POST",
                decoy.url("/witnesses?mx=192.0.2.25"));
        assertThat(curl.output()).contains("\"taken\":3");
        askAbout("23.0.1.1", "192.0.2.26");
        Posted seen = receiver.await("senders", "seen", before);
        assertSigned(seen);
        assertThat(seen.json().path("text").asText())
                .isEqualTo("Senders that are listed were seen at the real MX: 23.0.0.1 (suspect),"
                        + " 2a01:4f8:1:2::25 (suspect), 23.0.1.1 (suspect)");
        assertThat(seen.json().path("details").findValuesAsText("mx"))
                .containsExactly("192.0.2.25", "192.0.2.25", "192.0.2.26");
        JsonNode sender = seen.json().path("details").path(1);
        assertThat(sender.path("link").asText()).isEqualTo("https://decoy.example.org/senders/2a01:4f8:1:2::25");
        assertThat(sender.path("tierNow").asText()).isEqualTo("suspect");
        receiver.await("protections", "complete", before);
    }

    /** A question of a Postfix at this address. */
    private static void askAbout(String client, String mx) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), decoy.policyPort())) {
            socket.setSoTimeout((int) LIMIT.toMillis());
            String request =
                    "request=smtpd_access_policy\nprotocol_state=RCPT\nclient_address=" + client + "\nserver_address="
                            + mx + "\nsender=a@example.net\nrecipient=" + DecoyWithLedger.RECIPIENT + "\n\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().read()).isEqualTo('a');
        }
    }

    @Test
    void ledgerThatCannotBeWritten_isTold_andThatItCanAgain() throws IOException {
        int before = receiver.posted().size();
        try (SqliteShell.Transaction lock = SqliteShell.Transaction.beginWrite(DIR.resolve("ledger.db"))) {
            ProxiedClient.mail(decoy.smtpPort(), "23.0.3.1", DecoyWithLedger.RECIPIENT);
            Posted failing = receiver.await("disk", "failing", before);
            lock.assertOpen();
            assertThat(failing.json().path("text").asText()).startsWith("The ledger is not written, so nobody");
            assertThat(failing.json().path("details").path(0).path("problem").asText())
                    .contains("locked");
        }
        receiver.await("disk", "recovered", before);
    }
}
