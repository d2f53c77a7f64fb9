package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** While the primary MX, a real Postfix, is down, legitimate senders connect to the decoy and must not be listed. */
class PrimaryOutageIT {
    private static final Duration LIMIT = Duration.ofMinutes(10);

    /** Outage grace in seconds: long enough for mail from some senders and a restart of the decoy. */
    private static long grace;

    private final Path dir = TestResources.createDirectory("primary");
    private Postfix primary;
    private DecoyProcess decoy;

    @BeforeAll
    static void measure() {
        try (DecoyProcess decoy = DecoyProcess.start()) {
            grace = 4 * (2 + decoy.startupTime().toSeconds());
        }
    }

    @BeforeEach
    void start() {
        primary = new Postfix(TestResources.reservePort());
        decoy = startDecoy("1s", grace + "s");
    }

    @AfterEach
    void stop() {
        decoy.close();
        primary.close();
        TestResources.delete(dir);
    }

    private DecoyProcess startDecoy(String interval, String grace) {
        String[] settings = {
            "decoy.primary.hosts=" + host(),
            "decoy.primary.probe-interval=" + interval,
            "decoy.primary.outage-grace-min=" + grace,
            "decoy.primary.outage-grace-max=" + grace
        };
        return DecoyProcess.start(Stream.of(DecoyWithLedger.settings(dir), settings)
                .flatMap(Stream::of)
                .toArray(String[]::new));
    }

    private String host() {
        return "127.0.0.1:" + primary.port();
    }

    private String health() {
        return decoy.getManagement("/q/health").body();
    }

    private void awaitHealth(String text) {
        await("the health check to contain: " + text)
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(health()).as(decoy.log()).contains(text));
    }

    private void sendMail(String client) throws IOException {
        assertThat(ProxiedClient.mail(decoy.smtpPort(), client, DecoyWithLedger.RECIPIENT))
                .startsWith("451 ");
    }

    private void assertListed(String client) throws IOException {
        sendMail(client);
        decoy.awaitListedAfterProbe(client);
    }

    private void assertNotListed(String client) throws IOException {
        sendMail(client);
        assertThat(decoy.awaitSender(client, 1)).contains("\"listed\":false");
        assertThat(decoy.feedEntries()).doesNotContain(client);
    }

    private double primaryUp() {
        return decoy.metricValue("decoy_primary_up{host=\"" + host() + "\"}");
    }

    @Test
    void outage_fromTheLastGoodProbe_untilTheEndOfTheGrace_pausesScoring() throws IOException {
        awaitHealth("up since");
        awaitScoring();
        assertListed("23.0.0.1");
        assertThat(primaryUp()).isEqualTo(1);

        primary.stop();
        assertNotListed("23.0.1.1");
        awaitHealth("the primary MX " + host() + " has been down since ");
        assertThat(decoy.feedEntries()).containsExactly("23.0.0.1");
        assertThat(decoy.isHealthy()).isFalse();
        assertThat(decoy.getManagement("/q/health/ready").statusCode()).isEqualTo(200);
        // refused, or closed if a probe was under way
        assertThat(health()).containsPattern("down since \\S+: connection (refused|closed)");
        assertThat(primaryUp()).isZero();
        assertThat(decoy.log()).containsPattern("Primary MX " + host() + " is down: connection (refused|closed)");
        assertNotListed("23.0.2.1");

        primary.start();
        awaitHealth("and scoring is paused until ");
        assertThat(primaryUp()).isEqualTo(1);
        assertThat(decoy.metricValue("decoy_primary_changes_total")).isEqualTo(2);
        assertThat(decoy.get("/stats/history").body()).contains("\"outages\":[{\"from\":");
        assertNotListed("23.0.3.1");

        awaitOutageStored();
        decoy.killProcess();
        decoy.restart();
        awaitHealth("up since");
        assertThat(health()).contains("and scoring is paused until ");
        assertNotListed("23.0.4.1");
        awaitScoring();
        assertListed("23.0.5.1");
        assertListed("23.0.2.1");
    }

    /** An outage that no probe at the interval sees, as it is so short: the catch itself asks for a probe. */
    @Test
    void outageBetweenTwoProbes_listsNobody() throws IOException {
        decoy.close();
        decoy = startDecoy("10m", "0s");
        awaitScoring();
        assertListed("23.0.0.1");
        primary.stop();
        assertNotListed("23.0.1.1");
        awaitHealth("down since ");
        assertThat(decoy.feedEntries()).containsExactly("23.0.0.1");
        assertThat(decoy.get("/senders/23.0.1.1").body()).contains("\"listed\":false", "\"tier\":\"none\"");
    }

    @Test
    void primary_thatSendsToTheDecoy_isExempt() throws IOException {
        decoy.close();
        decoy = DecoyProcess.start(Stream.of(DecoyWithLedger.settings(dir), new String[] {
                    "decoy.primary.hosts=127.0.9.1,localhost:" + primary.port(), "decoy.exempt.networks=!127.0.0.0/8"
                })
                .flatMap(Stream::of)
                .toArray(String[]::new));
        assertThat(decoy.get("/senders/127.0.9.1").body())
                .contains("\"verdict\":\"exempt\"", "Its address is exempt: it is a primary MX.");
        await("the name to be resolved")
                .atMost(LIMIT)
                .until(() -> decoy.get("/senders/127.0.0.1").body().contains("it is a primary MX"));
        sendMail("127.0.9.1");
        assertThat(decoy.awaitSender("127.0.9.1", 1)).contains("\"listed\":false", "\"exempt\"");
    }

    private void awaitScoring() {
        await("scoring to resume")
                .atMost(LIMIT)
                .until(() -> health().contains("up since") && !health().contains("nothing counts"));
    }

    private void awaitOutageStored() {
        await("the end of the outage in primary.db").atMost(LIMIT).until(() -> SqliteShell.run(
                        dir.resolve("primary.db"), "SELECT count(*) FROM outage WHERE recovered > 0")
                .equals("1"));
    }

    @Test
    void primaryDown_atStart_pausesScoringUntilItIsUp() throws IOException {
        primary.stop();
        decoy.close();
        decoy = startDecoy("1s", "0s");
        assertNotListed("23.0.0.1");
        awaitHealth("down since ");
        primary.start();
        awaitScoring();
        assertListed("23.0.0.1");
        assertThat(decoy.log()).contains("Primary MX " + host() + " is up");
    }
}
