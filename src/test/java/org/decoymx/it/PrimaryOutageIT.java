package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** While the primary MX, a real Postfix, is down, good senders come to the decoy, and nobody is listed. */
class PrimaryOutageIT {
    private static final Duration LIMIT = Duration.ofMinutes(10);

    /** Seconds in which Postfix can be stopped and a sender listed, on this machine. */
    private static long interval;

    /** Seconds in which some senders can mail and the decoy can be restarted. */
    private static long grace;

    private static final Pattern LEAVE = Pattern.compile("smtpd\\[\\d+\\]: disconnect from ");

    private final Path dir = TestResources.createDirectory("primary");
    private Postfix primary;
    private DecoyProcess decoy;

    @BeforeAll
    static void measure() {
        try (DecoyProcess decoy = DecoyProcess.start()) {
            long start = 1 + decoy.startupTime().toSeconds();
            interval = 4 + 2 * start;
            grace = interval + 4 * start;
        }
    }

    @BeforeEach
    void start() {
        primary = new Postfix(TestResources.reservePort());
        decoy = decoy(interval + "s", grace + "s");
    }

    @AfterEach
    void stop() {
        decoy.close();
        primary.close();
        TestResources.delete(dir);
    }

    private DecoyProcess decoy(String interval, String grace) {
        String[] more = {
            "decoy.primary.hosts=" + host(),
            "decoy.primary.probe-interval=" + interval,
            "decoy.primary.outage-grace=" + grace
        };
        return DecoyProcess.start(Stream.of(DecoyWithLedger.settings(dir), more)
                .flatMap(Stream::of)
                .toArray(String[]::new));
    }

    private String host() {
        return "127.0.0.1:" + primary.port();
    }

    private String health() {
        return decoy.getManagement("/q/health").body();
    }

    private void comesToSay(String words) {
        await("health to say: " + words)
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(health()).as(decoy.log()).contains(words));
    }

    private void mails(String client) throws IOException {
        assertThat(ProxiedClient.mail(decoy.smtpPort(), client, DecoyWithLedger.RECIPIENT))
                .startsWith("451 ");
    }

    private void mailsAndIsListed(String client) throws IOException {
        mails(client);
        decoy.awaitListed(client);
    }

    private void mailsAndIsNotListed(String client) throws IOException {
        mails(client);
        assertThat(decoy.awaitSender(client, 1)).contains("\"listed\":false");
        assertThat(decoy.feedEntries()).doesNotContain(client);
    }

    /** Right after a look of the decoy there is the most time until the next. */
    private void awaitLook() {
        long before = looks();
        await("a look at the primary").atMost(LIMIT).until(() -> looks() > before);
    }

    private long looks() {
        return LEAVE.matcher(primary.log()).results().count();
    }

    private double up() {
        return decoy.metricValue("decoy_primary_up{host=\"" + host() + "\"}");
    }

    @Test
    void outage_countsNothing_fromTheLastGoodLook_untilTheGraceIsOver() throws IOException {
        comesToSay("up since");
        comesToCount();
        mailsAndIsListed("23.0.0.1");
        assertThat(up()).isEqualTo(1);

        awaitLook();
        awaitLook();
        primary.stop();
        mailsAndIsListed("23.0.1.1");
        comesToSay("the primary MX " + host() + " has been down since ");
        await("the pardon").atMost(LIMIT).until(() -> !decoy.feedEntries().contains("23.0.1.1"));
        assertThat(decoy.feedEntries()).containsExactly("23.0.0.1");
        assertThat(decoy.getManagement("/q/health").statusCode()).isEqualTo(503);
        assertThat(decoy.getManagement("/q/health/ready").statusCode()).isEqualTo(200);
        assertThat(health()).contains("down since ").contains("connection refused");
        assertThat(up()).isZero();
        assertThat(decoy.log()).contains("Primary MX " + host() + " is down: connection refused");
        mailsAndIsNotListed("23.0.2.1");

        primary.start();
        comesToSay("and scoring is paused until ");
        assertThat(up()).isEqualTo(1);
        assertThat(decoy.metricValue("decoy_primary_changes_total")).isEqualTo(2);
        mailsAndIsNotListed("23.0.3.1");

        awaitKept();
        decoy.killProcess();
        decoy.restart();
        comesToSay("up since");
        assertThat(health()).contains("and scoring is paused until ");
        mailsAndIsNotListed("23.0.4.1");
        comesToCount();
        mailsAndIsListed("23.0.5.1");
        mails("23.0.2.1");
        decoy.awaitListed("23.0.2.1");
    }

    private void comesToCount() {
        await("everything to count")
                .atMost(LIMIT)
                .until(() -> health().contains("up since") && !health().contains("nothing counts"));
    }

    private void awaitKept() {
        await("the end of the outage on the disk").atMost(LIMIT).until(() -> SqliteShell.run(
                        dir.resolve("primary.db"), "SELECT count(*) FROM outage WHERE recovered > 0")
                .equals("1"));
    }

    @Test
    void downAtTheStart_nothingCounts_untilItIsUp() throws IOException {
        primary.stop();
        decoy.close();
        decoy = decoy("1s", "0s");
        mailsAndIsNotListed("23.0.0.1");
        comesToSay("down since ");
        primary.start();
        comesToCount();
        mailsAndIsListed("23.0.0.1");
        assertThat(decoy.log()).contains("Primary MX " + host() + " is up");
    }
}
