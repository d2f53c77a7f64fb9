package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The first start with a data directory of release 0.1.0 uses everything in it. */
class ReleasedDataIT {
    private static final Path RELEASE = Path.of("src/test/resources/release-0.1.0");
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String LISTED = "23.0.0.1";
    private static final String LISTED_V6 = "2a00:1:2:3::/64";
    private static final String LISTED_ELSEWHERE = "23.0.0.2";
    private static final String NOT_LISTED = "23.0.0.3";
    private static final String LISTED_IN_TRIAL = "23.0.9.1";
    private static final String VISITOR = "23.1.0.1";
    private static final String EXEMPT = "23.3.0.1";
    private static final String IN_SPF_RECORD = "23.4.0.1";
    private static final String NEW = "23.9.0.1";

    private static final String NODES =
            "INSERT INTO node VALUES (1, 'mx1.example.org-0a1b2c', 1), (2, 'mx2.example.org-3d4e5f', 0)";

    private final Path dir = TestResources.createDirectory("released");

    @BeforeEach
    void writeFiles() throws IOException {
        String ledgerSchema = ".read " + RELEASE.resolve("ledger.sql");
        SqliteShell.run(
                dir.resolve("ledger.db"),
                ledgerSchema,
                NODES,
                insertListed(LISTED, 1),
                insertListed(LISTED_V6, 1),
                insertListed(LISTED_ELSEWHERE, 2),
                "INSERT INTO sender VALUES ('" + NOT_LISTED
                        + "', 1, unixepoch() - 9000, unixepoch() - 8000, 7, 0, 0, 0,"
                        + " 0, 0, 0, 2048, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0)");
        SqliteShell.run(dir.resolve("trial.db"), ledgerSchema, NODES, insertListed(LISTED_IN_TRIAL, 1));
        SqliteShell.run(
                dir.resolve("primary.db"),
                ".read " + RELEASE.resolve("primary.sql"),
                "INSERT INTO witness VALUES ('" + VISITOR + "', unixepoch() - 3600, unixepoch() - 60)",
                "INSERT INTO network VALUES ('23.1.0.0', unixepoch() - 3600, unixepoch() - 60)",
                "INSERT INTO outage VALUES (unixepoch() - 90000, 'mx1.example.org', unixepoch() - 89000)",
                "INSERT INTO host VALUES ('mx1.example.org', unixepoch() - 60)");
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        Files.writeString(dir.resolve("exemptions.txt"), "23.3.0.0/24 # " + now + " our partner\n");
        Files.writeString(dir.resolve("spf.txt"), "# good.example " + now + "\n23.4.0.0/24\n");
        writeCertificate();
    }

    /** The values of sender's columns: times, counts, points, traits, evidence, waivers, peaks. */
    private static String insertListed(String origin, int node) {
        return "INSERT INTO sender VALUES ('" + origin + "', " + node
                + ", unixepoch() - 7200, unixepoch() - 3600, 5, 4,"
                + " 12.5, unixepoch() - 3600, 1, unixepoch() - 3600, unixepoch() + 80000, 2049, 'old.example.net',"
                + " 'example.com', 'DATA', 1, 'QUIT', 2, 0, 8)";
    }

    private void writeCertificate() throws IOException {
        Path key = dir.resolve("key");
        Path certificate = dir.resolve("certificate");
        CompletedProgram run = CompletedProgram.run(
                LIMIT,
                RealProgram.require("openssl"),
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-days",
                "365",
                "-subj",
                "/CN=old.example.org",
                "-keyout",
                key.toString(),
                "-out",
                certificate.toString());
        assertThat(run.code()).as(run.output()).isZero();
        Files.writeString(dir.resolve("self-signed.pem"), Files.readString(key) + Files.readString(certificate));
        Files.delete(key);
        Files.delete(certificate);
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
        try (DecoyProcess decoy = start()) {
            assertThat(decoy.feedEntries()).containsExactlyInAnyOrder(LISTED, LISTED_V6, LISTED_ELSEWHERE);
            assertSenders(decoy);
            assertVisitorAndExemptNetworks(decoy);
            assertThat(sendMail(decoy, NEW)).startsWith("451 ");
            decoy.awaitListed(NEW);
            assertThat(certificateOf(decoy)).isNotEmpty().isSubstringOf(read("self-signed.pem"));

            decoy.stop();
            decoy.restart();
            assertThat(decoy.feedEntries()).containsExactlyInAnyOrder(LISTED, LISTED_V6, LISTED_ELSEWHERE, NEW);
            assertSenders(decoy);
            assertThat(decoy.log()).doesNotContain("quarantined", "Ledger unavailable", "kept in memory");
        }
        SqliteShell.assertIntact(dir.resolve("ledger.db"));
        assertThat(SqliteShell.run(dir.resolve("ledger.db"), "SELECT name, own FROM node ORDER BY id"))
                .isEqualTo("mx1.example.org-0a1b2c|1\nmx2.example.org-3d4e5f|0");
        assertThat(SqliteShell.run(dir.resolve("primary.db"), "SELECT origin FROM witness"))
                .isEqualTo(VISITOR);
        assertThat(read("exemptions.txt")).contains("23.3.0.0/24", "our partner");
        assertThat(read("spf.txt")).contains("# good.example ", "23.4.0.0/24");
    }

    private static void assertSenders(DecoyProcess decoy) {
        assertThat(ExemptionCalls.curl(decoy, "GET", "/senders/" + LISTED).output())
                .contains("\"sessions\":5,", "\"listed\":true", "\"helo\":\"old.example.net\"");
        assertThat(decoy.awaitSender(NOT_LISTED, 7)).contains("\"listed\":false");
    }

    private static void assertVisitorAndExemptNetworks(DecoyProcess decoy) throws IOException {
        assertThat(sendMail(decoy, VISITOR)).startsWith("451 ");
        assertThat(decoy.awaitSender(VISITOR, 1)).contains("\"listed\":false", "primary");
        ExemptionCalls.assertNotListed(decoy, EXEMPT, 1);
        assertThat(decoy.awaitSender(EXEMPT, 1)).contains("added by the administrator (our partner)");
        ExemptionCalls.assertNotListed(decoy, IN_SPF_RECORD, 1);
        assertThat(decoy.awaitSender(IN_SPF_RECORD, 1)).contains("a network of good.example, by its SPF record");
    }

    @Test
    void trialDatabase_isUsedInTrialMode() {
        try (DecoyProcess decoy = DecoyProcess.start("decoy.ledger.dir=" + dir)) {
            assertThat(decoy.feedEntries()).containsExactly(LISTED_IN_TRIAL);
            assertThat(decoy.awaitSender(LISTED_IN_TRIAL, 5)).contains("\"listed\":true");
        }
    }

    private static String sendMail(DecoyProcess decoy, String client) throws IOException {
        return ProxiedClient.mail(decoy.smtpPort(), client, DecoyWithLedger.RECIPIENT);
    }

    private String read(String name) throws IOException {
        return Files.readString(dir.resolve(name));
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
