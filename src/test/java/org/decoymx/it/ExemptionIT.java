package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Networks that the administrator exempts at run time are delisted and not listed again. */
class ExemptionIT {
    private static final String SENDER = "23.0.0.1";
    private static final String OTHER = "23.0.1.1";
    private static final String V6 = "2a01:4f8:1:2::25";
    private static final String V6_LISTED = "2a01:4f8:1:2::25";

    private final Path dir = TestResources.createDirectory("ledger");

    @AfterEach
    void clean() {
        TestResources.delete(dir);
    }

    private DecoyProcess start(String... settings) {
        return ExemptionCalls.startIn(dir, settings);
    }

    @Test
    void runTimeExemption_survivesKill9_untilDeleted() throws IOException {
        try (DecoyProcess decoy = start()) {
            ExemptionCalls.assertListed(decoy, SENDER, SENDER);
            ExemptionCalls.assertListed(decoy, V6, V6_LISTED);
            ExemptionCalls.assertListed(decoy, OTHER, OTHER);

            ExemptionCalls.assertResponse(
                    ExemptionCalls.curl(decoy, "PUT", "/exemptions/23.0.0.99/24", "-d", "our partner"),
                    201,
                    "application/json",
                    "\"network\":\"23.0.0.0/24\"",
                    "\"why\":\"our partner\"",
                    "\"since\":\"20");
            ExemptionCalls.awaitDelisted(decoy, SENDER);
            ExemptionCalls.assertResponse(
                    ExemptionCalls.curl(decoy, "PUT", "/exemptions/" + V6),
                    201,
                    "\"network\":\"" + V6_LISTED + "/128\"",
                    "\"why\":\"\"");
            ExemptionCalls.awaitDelisted(decoy, V6_LISTED);
            assertThat(decoy.get("/senders/" + SENDER).body())
                    .contains("Its address is exempt: added by the administrator (our partner).");
            ExemptionCalls.assertNotListed(decoy, SENDER, 2);
            assertThat(decoy.feedEntries()).containsExactly(OTHER);

            decoy.killProcess();
            decoy.restart();
            assertThat(decoy.feedEntries()).containsExactly(OTHER);
            ExemptionCalls.assertNotListed(decoy, SENDER, 3);
            ExemptionCalls.assertNotListed(decoy, "23.0.0.2", 1);

            ExemptionCalls.assertResponse(
                    ExemptionCalls.curl(decoy, "PUT", "/exemptions/23.0.0.0%2F24", "-d", "new reason"),
                    200,
                    "\"new reason\"");
            ExemptionCalls.assertResponse(ExemptionCalls.curl(decoy, "DELETE", "/exemptions/23.0.0.0%2f24"), 204);
            decoy.awaitListed(SENDER);
            assertThat(decoy.feedEntries()).doesNotContain("23.0.0.2");
            ExemptionCalls.assertListed(decoy, "23.0.0.2", "23.0.0.2");
            ExemptionCalls.assertResponse(
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
    void overview_listsSources_andNetworksOfEach() throws IOException {
        Path file = Files.writeString(dir.resolve("partners.txt"), "203.0.113.0/24 # theirs\n!203.0.113.7\n");
        try (DecoyProcess decoy =
                start("decoy.exempt.networks=198.51.100.0/24,!198.51.100.9", "decoy.exempt.files=" + file)) {
            ExemptionCalls.assertResponse(
                    ExemptionCalls.curl(decoy, "PUT", "/exemptions/203.0.113.7"),
                    201,
                    "\"overruled\":\"named in " + file + "\"");
            ExemptionCalls.assertResponse(
                    ExemptionCalls.curl(decoy, "GET", "/exemptions"),
                    200,
                    "\"runtime\":[{\"network\":\"203.0.113.7/32\"",
                    "{\"name\":\"decoy.exempt.networks\",\"networks\":2}",
                    "{\"name\":\"" + file + "\",\"networks\":2}",
                    "{\"name\":\"special\",\"networks\":27}");
            ExemptionCalls.assertResponse(
                    ExemptionCalls.curl(decoy, "GET", "/exemptions?source=" + file),
                    200,
                    "{\"name\":\"" + file + "\",\"networks\":[",
                    "{\"network\":\"203.0.113.0/24\",\"exempt\":true,\"name\":\"named in " + file + " (theirs)\"}",
                    "{\"network\":\"203.0.113.7/32\",\"exempt\":false,\"name\":\"named in " + file + "\"}");
            ExemptionCalls.assertResponse(
                    ExemptionCalls.curl(decoy, "GET", "/exemptions?source=nix"),
                    404,
                    "problem+json",
                    "decoy.exempt.networks");
            ExemptionCalls.assertResponse(
                    ExemptionCalls.curl(decoy, "DELETE", "/exemptions/203.0.113.0/24"),
                    404,
                    "it is exempt by another source: 203.0.113.0/24, named in " + file + " (theirs)");
            assertThat(decoy.metricValue("decoy_exempt_networks")).isGreaterThanOrEqualTo(18);
            assertThat(decoy.getManagement("/q/health").body())
                    .contains("\"exemptions read\"", "\"decoy.exempt.networks\": 2", "\"run-time\": 1");
        }
    }

    @Test
    void requests_withoutToken_areRejected() {
        try (DecoyProcess decoy = start()) {
            for (String method : List.of("PUT", "DELETE")) {
                ExemptionCalls.assertResponse(
                        ExemptionCalls.curlWithoutToken(decoy, method, "/exemptions/23.0.0.1"),
                        401,
                        "problem+json",
                        "decoy.admin.token");
                ExemptionCalls.assertResponse(
                        ExemptionCalls.curlWithoutToken(decoy, method, "/exemptions/23.0.0.1", "-u", "admin:wrong"),
                        401);
            }
            ExemptionCalls.assertResponse(ExemptionCalls.curlWithoutToken(decoy, "GET", "/exemptions"), 401);
            ExemptionCalls.assertResponse(
                    ExemptionCalls.curlWithoutToken(decoy, "GET", "/exemptions?source=special"), 401);
            assertThat(dir.resolve("exemptions.txt")).doesNotExist();
        }
        try (DecoyProcess withoutToken = DecoyProcess.start()) {
            ExemptionCalls.assertResponse(
                    ExemptionCalls.curlWithoutToken(withoutToken, "PUT", "/exemptions/23.0.0.1"),
                    403,
                    "problem+json",
                    "decoy.admin.token");
            ExemptionCalls.assertResponse(ExemptionCalls.curlWithoutToken(withoutToken, "GET", "/exemptions"), 403);
        }
    }

    @Test
    void badRequests_getProblems_andChangeNothing() {
        try (DecoyProcess decoy = start()) {
            for (String bad :
                    List.of("/23.0.0.0/33", "/23.0.0", "/mail.example.org", "/!23.0.0.1", "/23.0.0.0-9", "/%20")) {
                ExemptionCalls.assertResponse(
                        ExemptionCalls.curl(decoy, "PUT", "/exemptions" + bad),
                        400,
                        "problem+json",
                        "' is not a valid network (");
                ExemptionCalls.assertResponse(
                        ExemptionCalls.curl(decoy, "DELETE", "/exemptions" + bad), 400, "problem+json");
            }
            ExemptionCalls.assertResponse(
                    ExemptionCalls.curl(decoy, "PUT", "/exemptions/23.0.0.1", "-d", "x".repeat(201)),
                    400,
                    "200 printable characters");
            ExemptionCalls.assertResponse(
                    ExemptionCalls.curl(decoy, "PUT", "/exemptions/23.0.0.1", "--data-binary", "a\nb"),
                    400,
                    "one line");
            ExemptionCalls.assertResponse(
                    ExemptionCalls.curl(decoy, "PUT", "/exemptions/23.0.0.1", "-d", "Müller".repeat(30)), 201);
            ExemptionCalls.assertResponse(ExemptionCalls.curl(decoy, "DELETE", "/exemptions/23.0.0.1"), 204);
            ExemptionCalls.assertResponse(ExemptionCalls.curl(decoy, "GET", "/exemptions/23.0.0.1"), 405);
            ExemptionCalls.assertResponse(ExemptionCalls.curl(decoy, "GET", "/exemptions"), 200, "\"runtime\":[]");
        }
    }

    @Test
    void diskFull_isReported_andChangesNothing() throws IOException {
        try (TestMount disk = TestMount.tmpfs("3m");
                DecoyProcess decoy = ExemptionCalls.startIn(disk.dir())) {
            ExemptionCalls.assertListed(decoy, SENDER, SENDER);
            ExemptionCalls.assertListed(decoy, OTHER, OTHER);
            ExemptionCalls.assertResponse(
                    ExemptionCalls.curl(decoy, "PUT", "/exemptions/" + SENDER, "-d", "first"), 201);
            ExemptionCalls.awaitDelisted(decoy, SENDER);
            String kept = Files.readString(disk.dir().resolve("exemptions.txt"));

            disk.fillUp();
            ExemptionCalls.assertResponse(
                    ExemptionCalls.curl(decoy, "PUT", "/exemptions/" + OTHER, "-d", "x".repeat(200)),
                    503,
                    "problem+json",
                    "exemptions.txt cannot be written: No space left on device; nothing has changed");
            ExemptionCalls.assertResponse(
                    ExemptionCalls.curl(decoy, "DELETE", "/exemptions/" + SENDER), 503, "nothing has changed");
            assertThat(decoy.feedEntries()).containsExactly(OTHER);
            assertThat(Files.readString(disk.dir().resolve("exemptions.txt"))).isEqualTo(kept);
            assertThat(decoy.getManagement("/q/health").body())
                    .contains("exemptions.txt cannot be written: No space left on device");

            disk.freeSpace();
            Stopwatch.start().within(ExemptionCalls.FILE_CHECK_LIMIT, () -> assertThat(
                            decoy.getManagement("/q/health").body())
                    .doesNotContain("exemptions.txt cannot"));
            ExemptionCalls.assertResponse(ExemptionCalls.curl(decoy, "PUT", "/exemptions/" + OTHER), 201);
            ExemptionCalls.awaitDelisted(decoy, OTHER);
            decoy.killProcess();
            decoy.restart();
            assertThat(decoy.feedEntries()).isEmpty();
        }
    }

    @Test
    void exemptionFile_unreadable_stopsTheStart() throws IOException {
        Files.createDirectory(dir.resolve("exemptions.txt"));
        StartupFailures.awaitOneLineError(
                DecoyProcess.startWithoutWaiting(DecoyWithLedger.settings(dir)),
                "decoy.ledger.dir: ",
                "exemptions.txt cannot be read: ");
    }
}
