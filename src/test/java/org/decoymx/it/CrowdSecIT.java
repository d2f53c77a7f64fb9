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
 * A real CrowdSec imports the list by the script that is shipped, and tells its bouncers. Its local API holds each decision
 * against its published schema before it takes it.
 */
class CrowdSecIT {
    /** The feed tells the time that is left up to a minute late, and the test takes its time too. */
    private static final Duration LATE = Duration.ofSeconds(90);

    private static final String ADDRESS = "127.0.0.61";
    private static final String NETWORK = "2001:db8:0:61::/64";

    private static Decoy decoy;

    @BeforeAll
    static void start() throws IOException {
        decoy = Decoy.start(
                "decoy.smtp.greeting-delay=0s", "decoy.smtp.proxy-protocol.trusted=" + Proxied.PROXY + "/32");
        SmtpSocket.mail(decoy.smtpPort(), ADDRESS, "user@example.org");
        Proxied.mail(decoy.smtpPort(), "2001:db8:0:61::25", "user@example.org");
        decoy.promptlyLists(ADDRESS);
        decoy.promptlyLists(NETWORK);
    }

    @AfterAll
    static void stop() {
        if (decoy != null) {
            decoy.close();
        }
    }

    @Test
    void list_isImportedWithItsScopesAndTimes_andBouncersAreTold() throws IOException {
        try (CrowdSec crowdsec = new CrowdSec()) {
            fetch(crowdsec, "");

            Map<String, Duration> imported = crowdsec.imported();
            assertThat(imported).containsOnlyKeys("Ip " + ADDRESS, "Range " + NETWORK);
            assertThat(imported.get("Ip " + ADDRESS)).isCloseTo(left(ADDRESS), LATE);
            assertThat(imported.get("Range " + NETWORK)).isCloseTo(left(NETWORK), LATE);
            assertThat(crowdsec.tellsABouncer(ADDRESS)).contains("\"type\":\"ban\"", "\"value\":\"" + ADDRESS);
            assertThat(crowdsec.tellsABouncer("2001:db8:0:61::9")).contains("\"value\":\"" + NETWORK);
            assertThat(crowdsec.tellsABouncer("127.0.0.69")).isEqualTo("null");
        }
    }

    @Test
    void changes_areImported_andNothingTwice() throws IOException {
        try (CrowdSec crowdsec = new CrowdSec()) {
            fetch(crowdsec, "?family=6");
            assertThat(crowdsec.imported()).containsOnlyKeys("Range " + NETWORK);

            fetch(crowdsec, "");
            assertThat(crowdsec.imported()).containsOnlyKeys("Ip " + ADDRESS, "Range " + NETWORK);
            assertThat(crowdsec.imports()).isEqualTo(2);

            fetch(crowdsec, "?family=4");
            assertThat(crowdsec.imported()).containsOnlyKeys("Ip " + ADDRESS);

            fetch(crowdsec, "?min-points=100000");
            assertThat(crowdsec.imported()).isEmpty();
            assertThat(crowdsec.imports()).isEqualTo(2);
        }
    }

    @Test
    void veryManyWhoAreGone_areLetInAtOnce() throws IOException {
        try (CrowdSec crowdsec = new CrowdSec()) {
            fetch(crowdsec, "");
            fetch(crowdsec, "?family=4", "DECOYMX_ONE_BY_ONE=0 ");

            assertThat(crowdsec.imported()).containsOnlyKeys("Ip " + ADDRESS);
            assertThat(crowdsec.imports()).as("told anew").isEqualTo(3);
        }
    }

    private static void fetch(CrowdSec crowdsec, String query) {
        fetch(crowdsec, query, "");
    }

    /**
     * @param environment what the script finds there besides
     */
    private static void fetch(CrowdSec crowdsec, String query, String environment) {
        String load = "env " + environment + "PATH=" + crowdsec.bin() + ":/usr/bin:/bin "
                + Adapted.path("crowdsec/load-crowdsec");
        Fetch.env(
                        "crowdsec/crowdsec.env",
                        decoy.url(""),
                        crowdsec.dir(),
                        "/feeds/crowdsec-csv",
                        "/feeds/crowdsec-csv" + query,
                        "/usr/local/bin/load-crowdsec",
                        load + " " + crowdsec.dir().resolve("crowdsec.csv"))
                .gets();
    }

    /** How long an entry stays on the list, as another feed says. */
    private static Duration left(String entry) {
        String line = decoy.get("/feeds/csv")
                .body()
                .lines()
                .filter(row -> row.startsWith(entry + ","))
                .findFirst()
                .orElseThrow();
        return Duration.between(Instant.now(), Instant.parse(line.split(",", -1)[2]));
    }
}
