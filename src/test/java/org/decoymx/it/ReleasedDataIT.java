package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The first start with a data directory that release 0.1.0 wrote uses everything in it and loses nothing. All times in
 * the copy are shifted by the same duration, as if it had been written just now: so nothing has expired.
 */
class ReleasedDataIT {
    private static final Path RELEASE = Path.of("src/test/resources/release-0.1.0");
    private static final List<String> FILES =
            List.of("ledger.db", "trial.db", "primary.db", "exemptions.txt", "spf.txt", "self-signed.pem");
    private static final Instant WRITTEN_AT = Instant.parse("2026-11-26T19:58:10Z");
    private static final Pattern TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private static final String[] LISTED = {
        "23.0.0.1", "23.0.0.2", "23.0.0.3", "23.0.0.4", "23.0.0.7", "2a00:1:2:3::/64"
    };
    private static final String[] LISTED_IN_TRIAL = {"23.0.9.1", "23.0.9.2"};
    private static final String NEW = "23.4.1.8";
    private static final String PRIMARY_TABLES =
            "SELECT * FROM witness; SELECT * FROM network; SELECT * FROM outage; SELECT * FROM host";

    private final Path dir = TestResources.createDirectory("released");
    private final Duration shift = Duration.between(WRITTEN_AT, Instant.now()).truncatedTo(ChronoUnit.SECONDS);

    @BeforeEach
    void copyFiles() throws IOException {
        for (String file : FILES) {
            Files.copy(RELEASE.resolve(file), dir.resolve(file));
        }
        for (String ledger : List.of("ledger.db", "trial.db")) {
            shiftTimes(ledger, "sender", "first_seen", "last_seen", "scored_at", "listed_since", "listed_until");
        }
        shiftTimes("primary.db", "witness", "first_seen", "last_seen");
        shiftTimes("primary.db", "network", "first_seen", "last_seen");
        shiftTimes("primary.db", "outage", "last_good", "recovered");
        shiftTimes("primary.db", "host", "last_good");
        for (String text : List.of("exemptions.txt", "spf.txt")) {
            Files.writeString(dir.resolve(text), readReleased(text));
        }
    }

    /** Shifts the times in some columns; 0 means never. */
    private void shiftTimes(String file, String table, String... columns) {
        SqliteShell.run(
                dir.resolve(file),
                Stream.of(columns)
                        .map(column -> "UPDATE %s SET %s = %s + %d WHERE %s != 0"
                                .formatted(table, column, column, shift.toSeconds(), column))
                        .toArray(String[]::new));
    }

    /** A text file of the release, with its times shifted. */
    private String readReleased(String name) throws IOException {
        return TIME.matcher(Files.readString(RELEASE.resolve(name)))
                .replaceAll(time -> Instant.parse(time.group()).plus(shift).toString());
    }

    @AfterEach
    void cleanUp() {
        TestResources.delete(dir);
    }

    private DecoyProcess start() {
        return ExemptionCalls.startIn(
                dir,
                "decoy.hostname=mx9.example.test",
                "decoy.exempt.spf-domains=good.example",
                "decoy.exempt.name-servers=127.0.0.1:" + TestResources.reservePort());
    }

    @Test
    void dataDirectory_isUsed_andKept() throws IOException {
        String primary = SqliteShell.run(dir.resolve("primary.db"), PRIMARY_TABLES);
        String nodes = SqliteShell.run(dir.resolve("ledger.db"), "SELECT * FROM node");
        try (DecoyProcess decoy = start()) {
            assertThat(decoy.feedEntries()).containsExactlyInAnyOrder(LISTED);
            assertThat(export(decoy)).isEqualTo(readLines("ledger.ndjson"));
            assertVisitorsAreKnown(decoy);
            assertNetworksAreExempt(decoy);
            assertThat(certificateOf(decoy)).isNotEmpty().isSubstringOf(readReleased("self-signed.pem"));
            ExemptionCalls.assertListed(decoy, NEW, NEW);

            decoy.stop();
            decoy.restart();
            assertThat(decoy.feedEntries()).contains(LISTED).contains(NEW).hasSize(LISTED.length + 1);
            assertThat(export(decoy)).containsAll(readLines("ledger.ndjson"));
            assertThat(decoy.log()).doesNotContain("quarantined", "Ledger unavailable", "kept in memory");
        }
        SqliteShell.assertIntact(dir.resolve("ledger.db"));
        assertThat(SqliteShell.run(dir.resolve("ledger.db"), "SELECT * FROM node"))
                .isEqualTo(nodes);
        assertThat(SqliteShell.run(dir.resolve("primary.db"), PRIMARY_TABLES)).isEqualTo(primary);
        for (String text : List.of("exemptions.txt", "spf.txt", "self-signed.pem")) {
            assertThat(dir.resolve(text)).hasContent(readReleased(text));
        }
    }

    /** The records of the export, without that of the test's own readiness checks. */
    private static List<String> export(DecoyProcess decoy) {
        return ExemptionCalls.curl(decoy, "GET", "/ledger")
                .output()
                .lines()
                .filter(line -> line.startsWith("{") && !line.contains("\"origin\":\"127.0.0.2\""))
                .toList();
    }

    private List<String> readLines(String name) throws IOException {
        return readReleased(name).lines().toList();
    }

    private void assertVisitorsAreKnown(DecoyProcess decoy) {
        String visitors = SqliteShell.run(dir.resolve("primary.db"), "SELECT count(*) FROM witness");
        assertThat(decoy.metricValue("decoy_witnesses")).isEqualTo(Double.parseDouble(visitors.strip()));
    }

    private void assertNetworksAreExempt(DecoyProcess decoy) throws IOException {
        for (String client : List.of("23.4.0.255", "23.4.1.7", "2a00:4:0:1::1", "23.4.2.9")) {
            ExemptionCalls.assertNotListed(decoy, client, 1);
            assertThat(decoy.get("/senders/" + client).body()).contains("a network of good.example, by its SPF record");
        }
        ExemptionCalls.assertNotListed(decoy, "23.3.0.1", 1);
        ExemptionCalls.assertNotListed(decoy, "2a00:3:1::1", 1);
        String[] networks = readReleased("exemptions.txt")
                .lines()
                .filter(line -> !line.startsWith("#"))
                .flatMap(line -> Stream.of(line.split(" # |(?<=Z) ")))
                .toArray(String[]::new);
        ExemptionCalls.assertResponse(ExemptionCalls.curl(decoy, "GET", "/exemptions"), 200, networks);
    }

    @Test
    void trialDatabase_isUsedInTrialMode() throws IOException {
        try (DecoyProcess decoy =
                DecoyProcess.start("decoy.ledger.dir=" + dir, "decoy.admin.token=" + ExemptionCalls.TOKEN)) {
            assertThat(decoy.feedEntries()).containsExactlyInAnyOrder(LISTED_IN_TRIAL);
            assertThat(export(decoy)).isEqualTo(readLines("trial.ndjson"));
        }
        SqliteShell.assertIntact(dir.resolve("trial.db"));
    }

    private static String certificateOf(DecoyProcess decoy) {
        String output = CompletedProgram.run(
                        LIMIT,
                        RealProgram.require("openssl"),
                        "s_client",
                        "-starttls",
                        "smtp",
                        "-connect",
                        "127.0.0.1:" + decoy.smtpPort())
                .output();
        return output.substring(output.indexOf("-----BEGIN"), output.indexOf("-----END"));
    }
}
