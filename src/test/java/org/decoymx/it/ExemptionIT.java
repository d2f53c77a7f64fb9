package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whoever the administrator exempts, by configuration, in a file or at run time, leaves the list and stays away. */
class ExemptionIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration PROMPTLY = Duration.ofSeconds(2);
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String TOKEN = "test-token-0123456789";
    private static final String SENDER = "23.0.0.1";
    private static final String OTHER = "23.0.1.1";
    private static final String V6 = "2a01:4f8:1:2::25";
    private static final String V6_LISTED = "2a01:4f8:1:2::/64";

    private final Path dir = TestResources.createDirectory("ledger");

    @AfterEach
    void clean() {
        TestResources.delete(dir);
    }

    private DecoyProcess start(String... settings) {
        return startIn(dir, settings);
    }

    private static DecoyProcess startIn(Path dir, String... settings) {
        return DecoyProcess.start(
                Stream.of(DecoyWithLedger.settings(dir), new String[] {"decoy.admin.token=" + TOKEN}, settings)
                        .flatMap(Stream::of)
                        .toArray(String[]::new));
    }

    private static void catches(DecoyProcess decoy, String client, String listed) throws IOException {
        assertThat(ProxiedClient.mail(decoy.smtpPort(), client, DecoyWithLedger.RECIPIENT))
                .startsWith("451 ");
        decoy.awaitListed(listed);
    }

    /** Comes, is counted, and is not listed. */
    private static void spares(DecoyProcess decoy, String client, int sessions) throws IOException {
        assertThat(ProxiedClient.mail(decoy.smtpPort(), client, DecoyWithLedger.RECIPIENT))
                .startsWith("451 ");
        assertThat(decoy.awaitSender(client, sessions)).contains("\"listed\":false", "Its address is exempt: ");
        assertThat(decoy.feedEntries()).doesNotContain(client);
    }

    private static void promptlyDrops(DecoyProcess decoy, String listed) {
        await(listed + " off the feed")
                .atMost(PROMPTLY)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> assertThat(decoy.feedEntries()).doesNotContain(listed));
    }

    private static CompletedProgram curl(DecoyProcess decoy, String method, String path, String... options) {
        return anonymous(
                decoy,
                method,
                path,
                Stream.of(new String[] {"-u", "admin:" + TOKEN}, options)
                        .flatMap(Stream::of)
                        .toArray(String[]::new));
    }

    private static CompletedProgram anonymous(DecoyProcess decoy, String method, String path, String... options) {
        String[] command = {RealProgram.require("curl"), "-gsSi", "-m", "20", "-X", method, decoy.url(path)};
        return CompletedProgram.run(
                LIMIT, Stream.of(command, options).flatMap(Stream::of).toArray(String[]::new));
    }

    private static void answers(CompletedProgram run, int code, String... words) {
        assertThat(run.output()).startsWith("HTTP/1.1 " + code + " ");
        for (String word : words) {
            assertThat(run.output()).contains(word);
        }
    }

    @Test
    void runTime_exempts_overKill9_untilItIsTakenBack() throws IOException {
        try (DecoyProcess decoy = start()) {
            catches(decoy, SENDER, SENDER);
            catches(decoy, V6, V6_LISTED);
            catches(decoy, OTHER, OTHER);

            answers(
                    curl(decoy, "PUT", "/exemptions/23.0.0.99/24", "-d", "our partner"),
                    201,
                    "application/json",
                    "\"network\":\"23.0.0.0/24\"",
                    "\"why\":\"our partner\"",
                    "\"since\":\"20");
            promptlyDrops(decoy, SENDER);
            answers(curl(decoy, "PUT", "/exemptions/" + V6), 201, "\"network\":\"" + V6_LISTED + "\"", "\"why\":\"\"");
            promptlyDrops(decoy, V6_LISTED);
            assertThat(decoy.get("/senders/" + SENDER).body())
                    .contains("Its address is exempt: added by the administrator (our partner).");
            spares(decoy, SENDER, 2);
            assertThat(decoy.feedEntries()).containsExactly(OTHER);

            decoy.killProcess();
            decoy.restart();
            assertThat(decoy.feedEntries()).containsExactly(OTHER);
            spares(decoy, SENDER, 3);
            spares(decoy, "23.0.0.2", 1);

            answers(curl(decoy, "PUT", "/exemptions/23.0.0.0%2F24", "-d", "other words"), 200, "\"other words\"");
            answers(curl(decoy, "DELETE", "/exemptions/23.0.0.0%2f24"), 204);
            decoy.awaitListed(SENDER);
            assertThat(decoy.feedEntries()).doesNotContain("23.0.0.2");
            catches(decoy, "23.0.0.2", "23.0.0.2");
            answers(
                    curl(decoy, "DELETE", "/exemptions/23.0.0.0/24"),
                    404,
                    "problem+json",
                    "was not exempted at run time");
            assertThat(Files.readString(dir.resolve("exemptions.txt")))
                    .doesNotContain("23.0.0.0")
                    .contains(V6_LISTED);
        }
    }

    @Test
    void overview_namesTheSources_andWhatEachSays() throws IOException {
        Path file = Files.writeString(dir.resolve("partners.txt"), "203.0.113.0/24 # theirs\n!203.0.113.7\n");
        try (DecoyProcess decoy =
                start("decoy.exempt.networks=198.51.100.0/24,!198.51.100.9", "decoy.exempt.files=" + file)) {
            answers(curl(decoy, "PUT", "/exemptions/203.0.113.7"), 201, "\"overruled\":\"named in " + file + "\"");
            answers(
                    curl(decoy, "GET", "/exemptions"),
                    200,
                    "\"runtime\":[{\"network\":\"203.0.113.7/32\"",
                    "{\"name\":\"decoy.exempt.networks\",\"networks\":2}",
                    "{\"name\":\"" + file + "\",\"networks\":2}",
                    "{\"name\":\"special\",\"networks\":14}");
            answers(
                    curl(decoy, "GET", "/exemptions?source=" + file),
                    200,
                    "{\"name\":\"" + file + "\",\"networks\":[",
                    "{\"network\":\"203.0.113.0/24\",\"exempt\":true,\"name\":\"named in " + file + " (theirs)\"}",
                    "{\"network\":\"203.0.113.7/32\",\"exempt\":false,\"name\":\"named in " + file + "\"}");
            answers(curl(decoy, "GET", "/exemptions?source=nix"), 404, "problem+json", "decoy.exempt.networks");
            answers(
                    curl(decoy, "DELETE", "/exemptions/203.0.113.0/24"),
                    404,
                    "it is exempt all the same: 203.0.113.0/24, named in " + file + " (theirs)");
            assertThat(decoy.metricValue("decoy_exempt_networks")).isGreaterThanOrEqualTo(18);
            assertThat(decoy.getManagement("/q/health").body())
                    .contains("\"exemptions read\"", "\"decoy.exempt.networks\": 2", "\"run-time\": 1");
        }
    }

    @Test
    void configuration_exempts_andTakesOutAgain_evenOfPrivateNetworks() throws IOException {
        try (DecoyProcess decoy = start("decoy.exempt.networks=23.0.0.0/16, !23.0.1.0/24,!10.1.0.0/16")) {
            spares(decoy, SENDER, 1);
            spares(decoy, "10.2.0.1", 1);
            catches(decoy, OTHER, OTHER);
            catches(decoy, "10.1.0.1", "10.1.0.1");
            assertThat(decoy.get("/senders/" + SENDER).body())
                    .contains("Its address is exempt: named in decoy.exempt.networks.");
        }
    }

    @Test
    void nobodyGetsIn_withoutTheToken() {
        try (DecoyProcess decoy = start()) {
            for (String method : List.of("PUT", "DELETE")) {
                answers(anonymous(decoy, method, "/exemptions/23.0.0.1"), 401, "problem+json", "decoy.admin.token");
                answers(anonymous(decoy, method, "/exemptions/23.0.0.1", "-u", "admin:wrong"), 401);
            }
            answers(anonymous(decoy, "GET", "/exemptions"), 401);
            answers(anonymous(decoy, "GET", "/exemptions?source=special"), 401);
            assertThat(dir.resolve("exemptions.txt")).doesNotExist();
        }
        try (DecoyProcess closed = DecoyProcess.start()) {
            answers(anonymous(closed, "PUT", "/exemptions/23.0.0.1"), 403, "problem+json", "decoy.admin.token");
            answers(anonymous(closed, "GET", "/exemptions"), 403);
        }
    }

    @Test
    void badRequests_areProblems_andChangeNothing() {
        try (DecoyProcess decoy = start()) {
            for (String bad :
                    List.of("/23.0.0.0/33", "/23.0.0", "/mail.example.org", "/!23.0.0.1", "/23.0.0.0-9", "/%20")) {
                answers(curl(decoy, "PUT", "/exemptions" + bad), 400, "problem+json", "' is no network; ");
                answers(curl(decoy, "DELETE", "/exemptions" + bad), 400, "problem+json");
            }
            answers(curl(decoy, "PUT", "/exemptions/23.0.0.1", "-d", "x".repeat(201)), 400, "200 printable characters");
            answers(curl(decoy, "PUT", "/exemptions/23.0.0.1", "--data-binary", "a\nb"), 400, "one line");
            answers(curl(decoy, "PUT", "/exemptions/23.0.0.1", "-d", "Müller".repeat(30)), 201);
            answers(curl(decoy, "DELETE", "/exemptions/23.0.0.1"), 204);
            answers(curl(decoy, "GET", "/exemptions/23.0.0.1"), 405);
            answers(curl(decoy, "GET", "/exemptions"), 200, "\"runtime\":[]");
        }
    }

    @Test
    void file_editedWhileItRuns_takesEffect() throws IOException {
        Path file = Files.writeString(dir.resolve("partners.txt"), "# none yet\n");
        try (DecoyProcess decoy = start("decoy.exempt.files=" + file)) {
            catches(decoy, SENDER, SENDER);
            catches(decoy, OTHER, OTHER);

            Files.writeString(file, "23.0.0.0/24 # theirs\n", StandardOpenOption.APPEND);
            comesToList(decoy, OTHER);
            assertThat(decoy.get("/senders/" + SENDER).body()).contains("named in " + file + " (theirs).");
            assertThat(decoy.log()).contains(file + ": read 1 networks");

            Files.writeString(dir.resolve("new"), "23.0.0.0/16\n!23.0.0.1\n");
            Files.move(dir.resolve("new"), file, StandardCopyOption.ATOMIC_MOVE);
            comesToList(decoy, SENDER);

            Files.writeString(file, "23.0.0.0/24\nmail.\u001bexample.org\n23.0.1.0/24\n");
            comesToList(decoy);
            String mistake = file + ":2: 'mail.\\u001bexample.org' is no network; write it like 192.0.2.0/24";
            assertThat(decoy.log()).contains(mistake);
            assertThat(decoy.getManagement("/q/health").statusCode()).isEqualTo(503);
            assertThat(decoy.getManagement("/q/health").body()).contains("partners.txt:2: 'mail.");
            assertThat(decoy.getManagement("/q/health/ready").statusCode()).isEqualTo(200);

            Files.delete(file);
            await("health to tell").atMost(SOON).untilAsserted(() -> assertThat(
                            decoy.getManagement("/q/health").body())
                    .contains(file + " cannot be read: no such file; its last contents stay in effect"));
            assertThat(decoy.feedEntries()).isEmpty();

            Files.writeString(file, "");
            comesToList(decoy, SENDER, OTHER);
            assertThat(decoy.getManagement("/q/health").statusCode()).isEqualTo(200);
        }
    }

    private static void comesToList(DecoyProcess decoy, String... listed) {
        await("the feed with " + List.of(listed)).atMost(SOON).untilAsserted(() -> assertThat(decoy.feedEntries())
                .containsExactlyInAnyOrder(listed));
    }

    /** In trial mode private addresses are listed, but for those that somebody names. */
    @Test
    void trial_exemptsOnlyWhoIsNamed() throws IOException {
        try (DecoyProcess decoy = DecoyProcess.start(
                "decoy.smtp.greeting-delay=0s", "decoy.admin.token=" + TOKEN, "decoy.exempt.networks=127.0.0.52")) {
            SmtpClient.mail(decoy.smtpPort(), "127.0.0.52", "user@example.org");
            SmtpClient.mail(decoy.smtpPort(), "127.0.0.53", "user@example.org");
            decoy.awaitListed("127.0.0.53");
            assertThat(decoy.awaitSender("127.0.0.52", 1)).contains("named in decoy.exempt.networks");
            answers(curl(decoy, "PUT", "/exemptions/127.0.0.53"), 201);
            promptlyDrops(decoy, "127.0.0.53");
        }
    }

    @Test
    void diskFull_isSaid_andNothingChanges() throws IOException {
        try (TestMount disk = TestMount.tmpfs("3m");
                DecoyProcess decoy = startIn(disk.dir())) {
            catches(decoy, SENDER, SENDER);
            catches(decoy, OTHER, OTHER);
            answers(curl(decoy, "PUT", "/exemptions/" + SENDER, "-d", "first"), 201);
            promptlyDrops(decoy, SENDER);
            String kept = Files.readString(disk.dir().resolve("exemptions.txt"));

            disk.fillUp();
            answers(
                    curl(decoy, "PUT", "/exemptions/" + OTHER, "-d", "x".repeat(200)),
                    503,
                    "problem+json",
                    "exemptions.txt cannot be written: No space left on device; nothing has changed");
            answers(curl(decoy, "DELETE", "/exemptions/" + SENDER), 503, "nothing has changed");
            assertThat(decoy.feedEntries()).containsExactly(OTHER);
            assertThat(Files.readString(disk.dir().resolve("exemptions.txt"))).isEqualTo(kept);
            assertThat(decoy.getManagement("/q/health").body())
                    .contains("exemptions.txt cannot be written: No space left on device");

            disk.freeSpace();
            await("health to be up again").atMost(SOON).untilAsserted(() -> assertThat(
                            decoy.getManagement("/q/health").body())
                    .doesNotContain("exemptions.txt cannot"));
            answers(curl(decoy, "PUT", "/exemptions/" + OTHER), 201);
            promptlyDrops(decoy, OTHER);
            decoy.killProcess();
            decoy.restart();
            assertThat(decoy.feedEntries()).isEmpty();
        }
    }

    @Test
    void grants_thatCannotBeRead_stopTheStart() throws IOException {
        Files.createDirectory(dir.resolve("exemptions.txt"));
        StartupFailures.awaitOneLineError(
                DecoyProcess.startWithoutWaiting(DecoyWithLedger.settings(dir)),
                "decoy.ledger.dir: ",
                "exemptions.txt cannot be read: ");
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.0/33, may be 0 to 32", "!nix, write it like"})
    void badNetwork_stopsTheStart_andSaysWhatIsAllowed(String value, String allowed) {
        StartupFailures.awaitOneLineError(
                DecoyProcess.startWithoutWaiting("decoy.exempt.networks=192.0.2.0/24," + value),
                "decoy.exempt.networks: '",
                allowed);
    }
}
