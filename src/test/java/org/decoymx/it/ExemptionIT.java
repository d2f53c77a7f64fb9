package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whoever the administrator exempts at run time leaves the list and stays away. */
class ExemptionIT {
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
        return ExemptionCalls.startIn(dir, settings);
    }

    @Test
    void runTime_exempts_overKill9_untilItIsTakenBack() throws IOException {
        try (DecoyProcess decoy = start()) {
            ExemptionCalls.catches(decoy, SENDER, SENDER);
            ExemptionCalls.catches(decoy, V6, V6_LISTED);
            ExemptionCalls.catches(decoy, OTHER, OTHER);

            ExemptionCalls.answers(
                    ExemptionCalls.curl(decoy, "PUT", "/exemptions/23.0.0.99/24", "-d", "our partner"),
                    201,
                    "application/json",
                    "\"network\":\"23.0.0.0/24\"",
                    "\"why\":\"our partner\"",
                    "\"since\":\"20");
            ExemptionCalls.promptlyDrops(decoy, SENDER);
            ExemptionCalls.answers(
                    ExemptionCalls.curl(decoy, "PUT", "/exemptions/" + V6),
                    201,
                    "\"network\":\"" + V6_LISTED + "\"",
                    "\"why\":\"\"");
            ExemptionCalls.promptlyDrops(decoy, V6_LISTED);
            assertThat(decoy.get("/senders/" + SENDER).body())
                    .contains("Its address is exempt: added by the administrator (our partner).");
            ExemptionCalls.spares(decoy, SENDER, 2);
            assertThat(decoy.feedEntries()).containsExactly(OTHER);

            decoy.killProcess();
            decoy.restart();
            assertThat(decoy.feedEntries()).containsExactly(OTHER);
            ExemptionCalls.spares(decoy, SENDER, 3);
            ExemptionCalls.spares(decoy, "23.0.0.2", 1);

            ExemptionCalls.answers(
                    ExemptionCalls.curl(decoy, "PUT", "/exemptions/23.0.0.0%2F24", "-d", "other words"),
                    200,
                    "\"other words\"");
            ExemptionCalls.answers(ExemptionCalls.curl(decoy, "DELETE", "/exemptions/23.0.0.0%2f24"), 204);
            decoy.awaitListed(SENDER);
            assertThat(decoy.feedEntries()).doesNotContain("23.0.0.2");
            ExemptionCalls.catches(decoy, "23.0.0.2", "23.0.0.2");
            ExemptionCalls.answers(
                    ExemptionCalls.curl(decoy, "DELETE", "/exemptions/23.0.0.0/24"),
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
            ExemptionCalls.answers(
                    ExemptionCalls.curl(decoy, "PUT", "/exemptions/203.0.113.7"),
                    201,
                    "\"overruled\":\"named in " + file + "\"");
            ExemptionCalls.answers(
                    ExemptionCalls.curl(decoy, "GET", "/exemptions"),
                    200,
                    "\"runtime\":[{\"network\":\"203.0.113.7/32\"",
                    "{\"name\":\"decoy.exempt.networks\",\"networks\":2}",
                    "{\"name\":\"" + file + "\",\"networks\":2}",
                    "{\"name\":\"special\",\"networks\":14}");
            ExemptionCalls.answers(
                    ExemptionCalls.curl(decoy, "GET", "/exemptions?source=" + file),
                    200,
                    "{\"name\":\"" + file + "\",\"networks\":[",
                    "{\"network\":\"203.0.113.0/24\",\"exempt\":true,\"name\":\"named in " + file + " (theirs)\"}",
                    "{\"network\":\"203.0.113.7/32\",\"exempt\":false,\"name\":\"named in " + file + "\"}");
            ExemptionCalls.answers(
                    ExemptionCalls.curl(decoy, "GET", "/exemptions?source=nix"),
                    404,
                    "problem+json",
                    "decoy.exempt.networks");
            ExemptionCalls.answers(
                    ExemptionCalls.curl(decoy, "DELETE", "/exemptions/203.0.113.0/24"),
                    404,
                    "it is exempt by another source: 203.0.113.0/24, named in " + file + " (theirs)");
            assertThat(decoy.metricValue("decoy_exempt_networks")).isGreaterThanOrEqualTo(18);
            assertThat(decoy.getManagement("/q/health").body())
                    .contains("\"exemptions read\"", "\"decoy.exempt.networks\": 2", "\"run-time\": 1");
        }
    }

    @Test
    void nobodyGetsIn_withoutTheToken() {
        try (DecoyProcess decoy = start()) {
            for (String method : List.of("PUT", "DELETE")) {
                ExemptionCalls.answers(
                        ExemptionCalls.anonymous(decoy, method, "/exemptions/23.0.0.1"),
                        401,
                        "problem+json",
                        "decoy.admin.token");
                ExemptionCalls.answers(
                        ExemptionCalls.anonymous(decoy, method, "/exemptions/23.0.0.1", "-u", "admin:wrong"), 401);
            }
            ExemptionCalls.answers(ExemptionCalls.anonymous(decoy, "GET", "/exemptions"), 401);
            ExemptionCalls.answers(ExemptionCalls.anonymous(decoy, "GET", "/exemptions?source=special"), 401);
            assertThat(dir.resolve("exemptions.txt")).doesNotExist();
        }
        try (DecoyProcess closed = DecoyProcess.start()) {
            ExemptionCalls.answers(
                    ExemptionCalls.anonymous(closed, "PUT", "/exemptions/23.0.0.1"),
                    403,
                    "problem+json",
                    "decoy.admin.token");
            ExemptionCalls.answers(ExemptionCalls.anonymous(closed, "GET", "/exemptions"), 403);
        }
    }

    @Test
    void badRequests_areProblems_andChangeNothing() {
        try (DecoyProcess decoy = start()) {
            for (String bad :
                    List.of("/23.0.0.0/33", "/23.0.0", "/mail.example.org", "/!23.0.0.1", "/23.0.0.0-9", "/%20")) {
                ExemptionCalls.answers(
                        ExemptionCalls.curl(decoy, "PUT", "/exemptions" + bad),
                        400,
                        "problem+json",
                        "' is not a valid network (");
                ExemptionCalls.answers(ExemptionCalls.curl(decoy, "DELETE", "/exemptions" + bad), 400, "problem+json");
            }
            ExemptionCalls.answers(
                    ExemptionCalls.curl(decoy, "PUT", "/exemptions/23.0.0.1", "-d", "x".repeat(201)),
                    400,
                    "200 printable characters");
            ExemptionCalls.answers(
                    ExemptionCalls.curl(decoy, "PUT", "/exemptions/23.0.0.1", "--data-binary", "a\nb"),
                    400,
                    "one line");
            ExemptionCalls.answers(
                    ExemptionCalls.curl(decoy, "PUT", "/exemptions/23.0.0.1", "-d", "Müller".repeat(30)), 201);
            ExemptionCalls.answers(ExemptionCalls.curl(decoy, "DELETE", "/exemptions/23.0.0.1"), 204);
            ExemptionCalls.answers(ExemptionCalls.curl(decoy, "GET", "/exemptions/23.0.0.1"), 405);
            ExemptionCalls.answers(ExemptionCalls.curl(decoy, "GET", "/exemptions"), 200, "\"runtime\":[]");
        }
    }

    @Test
    void diskFull_isSaid_andNothingChanges() throws IOException {
        try (TestMount disk = TestMount.tmpfs("3m");
                DecoyProcess decoy = ExemptionCalls.startIn(disk.dir())) {
            ExemptionCalls.catches(decoy, SENDER, SENDER);
            ExemptionCalls.catches(decoy, OTHER, OTHER);
            ExemptionCalls.answers(ExemptionCalls.curl(decoy, "PUT", "/exemptions/" + SENDER, "-d", "first"), 201);
            ExemptionCalls.promptlyDrops(decoy, SENDER);
            String kept = Files.readString(disk.dir().resolve("exemptions.txt"));

            disk.fillUp();
            ExemptionCalls.answers(
                    ExemptionCalls.curl(decoy, "PUT", "/exemptions/" + OTHER, "-d", "x".repeat(200)),
                    503,
                    "problem+json",
                    "exemptions.txt cannot be written: No space left on device; nothing has changed");
            ExemptionCalls.answers(
                    ExemptionCalls.curl(decoy, "DELETE", "/exemptions/" + SENDER), 503, "nothing has changed");
            assertThat(decoy.feedEntries()).containsExactly(OTHER);
            assertThat(Files.readString(disk.dir().resolve("exemptions.txt"))).isEqualTo(kept);
            assertThat(decoy.getManagement("/q/health").body())
                    .contains("exemptions.txt cannot be written: No space left on device");

            disk.freeSpace();
            Stopwatch.start().within(ExemptionCalls.SOON, () -> assertThat(
                            decoy.getManagement("/q/health").body())
                    .doesNotContain("exemptions.txt cannot"));
            ExemptionCalls.answers(ExemptionCalls.curl(decoy, "PUT", "/exemptions/" + OTHER), 201);
            ExemptionCalls.promptlyDrops(decoy, OTHER);
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
}
