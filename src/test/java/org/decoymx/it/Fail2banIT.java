package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A real fail2ban bans listed clients with iptables, using the shipped filter, jail and script. */
class Fail2banIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String V6 = "2001:db8:0:61::/64";

    private static DecoyProcess decoy;

    private final Fail2ban fail2ban = new Fail2ban();

    @BeforeAll
    static void startDecoy() throws IOException {
        RealProgram.require("fail2ban-client");
        decoy = TrialDecoy.start();
        TrialDecoy.listIpv6Network(decoy, V6.replace("/64", ""));
    }

    @AfterAll
    static void stop() {
        if (decoy != null) {
            decoy.close();
        }
    }

    @AfterEach
    void tearDown() {
        fail2ban.close();
    }

    private void awaitBans(String... entries) {
        await("exactly these bans").atMost(LIMIT).untilAsserted(() -> assertThat(fail2ban.banned())
                .as(fail2ban::log)
                .containsExactlyInAnyOrder(entries));
    }

    private void startAfterFirstFetch() {
        CompletedProgram first = fail2ban.fetch(decoy, "?family=6").run();
        assertThat(first.code()).as("fail2ban is not running yet").isNotZero();
        assertThat(first.output()).contains("Is fail2ban running?", "it runs again at the next fetch");
        fail2ban.start();
    }

    @Test
    void filter_matchesEveryEntry_withItsTime() throws IOException {
        Path list = fail2ban.dir().resolve("feed");
        Files.writeString(list, decoy.get("/feeds/fail2ban?tier=all").body());

        CompletedProgram run = CompletedProgram.run(
                LIMIT,
                "env",
                "TZ=America/New_York",
                RealProgram.require("fail2ban-regex"),
                "--out=row",
                list.toString(),
                fail2ban.filter().toString());

        assertThat(run.code()).as(run.output()).isZero();
        assertThat(run.output().lines().map(row -> row.replaceFirst(",\t\\{.*", "")))
                .containsExactlyInAnyOrder(row(TrialDecoy.LISTED), row(TrialDecoy.NETWORK), row(V6));
    }

    /** What fail2ban-regex prints for an entry: the entry and the time when it was caught, as in the CSV feed. */
    private static String row(String entry) {
        String line = decoy.get("/feeds/csv")
                .body()
                .lines()
                .filter(row -> row.startsWith(entry + ","))
                .findFirst()
                .orElseThrow();
        return "['" + entry + "',\t" + Instant.parse(line.split(",", -1)[1]).getEpochSecond();
    }

    @Test
    void listedEntries_areBanned_andRemovedOnesUnbanned() {
        startAfterFirstFetch();
        fail2ban.fetch(decoy, "?family=6").assertFetches();
        awaitBans(V6);

        fail2ban.fetch(decoy, "").assertFetches();
        awaitBans(TrialDecoy.LISTED + "/32", TrialDecoy.NETWORK, V6);

        fail2ban.fetch(decoy, "?family=4").assertFetches();
        awaitBans(TrialDecoy.LISTED + "/32", TrialDecoy.NETWORK);

        fail2ban.fetch(decoy, "?min-points=100000").assertFetches();
        awaitBans();
        assertThat(fail2ban.log()).doesNotContain("already banned", "ERROR");
    }

    @Test
    void log_overItsLimit_isReplaced_andReadFromItsStart() {
        startAfterFirstFetch();
        fail2ban.fetch(decoy, "?family=6").assertFetches();
        awaitBans(V6);

        fail2ban.setMaxLog(0);
        fail2ban.fetch(decoy, "").assertFetches();
        awaitBans(TrialDecoy.LISTED + "/32", TrialDecoy.NETWORK, V6);

        fail2ban.fetch(decoy, "?min-points=100000").assertFetches();
        awaitBans();
        fail2ban.fetch(decoy, "").assertFetches();
        awaitBans(TrialDecoy.LISTED + "/32", TrialDecoy.NETWORK, V6);
        assertThat(fail2ban.log()).doesNotContain("already banned", "ERROR");
    }

    @Test
    void restartedFail2ban_keepsBans_andLoadsChanges() {
        startAfterFirstFetch();
        fail2ban.fetch(decoy, "?family=6").assertFetches();
        awaitBans(V6);

        fail2ban.stop();
        assertThat(fail2ban.fetch(decoy, "").run().code()).isNotZero();
        fail2ban.start();
        awaitBans(V6);

        fail2ban.fetch(decoy, "").assertFetches();
        awaitBans(TrialDecoy.LISTED + "/32", TrialDecoy.NETWORK, V6);
    }
}
