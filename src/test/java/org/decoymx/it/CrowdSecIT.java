package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A real CrowdSec imports the list with the shipped script and serves the decisions to its bouncers. Its local API
 * validates each decision against the published schema.
 */
class CrowdSecIT {
    /** The remaining time in the feed may be up to a minute old. */
    private static final Duration FEED_DELAY = Duration.ofSeconds(61);

    private static final String ADDRESS = "127.0.0.61";
    private static final String NETWORK = "2001:db8:0:61::/64";

    private static DecoyProcess decoy;

    @BeforeAll
    static void start() throws IOException {
        decoy = DecoyProcess.start(
                "decoy.smtp.greeting-delay=0s", "decoy.smtp.proxy-protocol.trusted=" + ProxiedClient.PROXY + "/32");
        SmtpClient.mail(decoy.smtpPort(), ADDRESS, "user@example.org");
        ProxiedClient.mail(decoy.smtpPort(), "2001:db8:0:61::25", "user@example.org");
        ProxiedClient.mail(decoy.smtpPort(), "2001:db8:0:61::26", "user@example.org");
        decoy.awaitListed(ADDRESS);
        decoy.awaitListed(NETWORK);
    }

    @AfterAll
    static void stop() {
        if (decoy != null) {
            decoy.close();
        }
    }

    @Test
    void list_isImportedWithScopesAndDurations_andServedToBouncers() throws IOException {
        try (CrowdSec crowdsec = new CrowdSec()) {
            Instant startedAt = Instant.now();
            fetch(crowdsec, "");

            Map<String, Duration> imported = crowdsec.importedDecisions();
            assertThat(imported).containsOnlyKeys("Ip " + ADDRESS, "Range " + NETWORK);
            Duration tolerance = FEED_DELAY.plus(Duration.between(startedAt, Instant.now()));
            assertThat(imported.get("Ip " + ADDRESS)).isCloseTo(remainingTime(ADDRESS), tolerance);
            assertThat(imported.get("Range " + NETWORK)).isCloseTo(remainingTime(NETWORK), tolerance);
            assertThat(crowdsec.bouncerDecision(ADDRESS)).contains("\"type\":\"ban\"", "\"value\":\"" + ADDRESS);
            assertThat(crowdsec.bouncerDecision("2001:db8:0:61::9")).contains("\"value\":\"" + NETWORK);
            assertThat(crowdsec.bouncerDecision("127.0.0.69")).isEqualTo("null");
        }
    }

    @Test
    void changes_areImported_withoutDuplicates() throws IOException {
        try (CrowdSec crowdsec = new CrowdSec()) {
            fetch(crowdsec, "?family=6");
            assertThat(crowdsec.importedDecisions()).containsOnlyKeys("Range " + NETWORK);

            fetch(crowdsec, "");
            assertThat(crowdsec.importedDecisions()).containsOnlyKeys("Ip " + ADDRESS, "Range " + NETWORK);
            assertThat(crowdsec.importCount()).isEqualTo(2);

            fetch(crowdsec, "?family=4");
            assertThat(crowdsec.importedDecisions()).containsOnlyKeys("Ip " + ADDRESS);

            fetch(crowdsec, "?min-points=100000");
            assertThat(crowdsec.importedDecisions()).isEmpty();
            assertThat(crowdsec.importCount()).isEqualTo(2);
        }
    }

    @Test
    void manyRemovedEntries_causeFullReimport() throws IOException {
        try (CrowdSec crowdsec = new CrowdSec()) {
            fetch(crowdsec, "");
            fetch(crowdsec, "?family=4", "DECOYMX_ONE_BY_ONE=0 ");

            assertThat(crowdsec.importedDecisions()).containsOnlyKeys("Ip " + ADDRESS);
            assertThat(crowdsec.importCount()).as("imported again").isEqualTo(3);
        }
    }

    private static void fetch(CrowdSec crowdsec, String query) {
        fetch(crowdsec, query, "");
    }

    /**
     * @param environment additional variables for the script, each followed by a space
     */
    private static void fetch(CrowdSec crowdsec, String query, String environment) {
        String load = "env " + environment + "PATH=" + crowdsec.cscliDirectory() + ":/usr/bin:/bin "
                + ConsumerFiles.path("crowdsec/load-crowdsec");
        DecoyFetch.fromEnvFile(
                        "crowdsec/crowdsec.env",
                        decoy.url(""),
                        crowdsec.dir(),
                        "/feeds/crowdsec-csv",
                        "/feeds/crowdsec-csv" + query,
                        "/usr/local/bin/load-crowdsec",
                        load + " " + crowdsec.dir().resolve("crowdsec.csv"))
                .withSuspects()
                .assertFetches();
    }

    /** How long an entry stays listed, according to the CSV feed. */
    private static Duration remainingTime(String entry) {
        String line = decoy.get("/feeds/csv")
                .body()
                .lines()
                .filter(row -> row.startsWith(entry + ","))
                .findFirst()
                .orElseThrow();
        return Duration.between(Instant.now(), Instant.parse(line.split(",", -1)[2]));
    }
}
