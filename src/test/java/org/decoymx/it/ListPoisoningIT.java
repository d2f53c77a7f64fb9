package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * An attacker points the MX record of his own domain at the decoy and makes a large provider deliver mail there. The
 * provider, a real Postfix, does nothing wrong, so such mail must not list it.
 */
class ListPoisoningIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration PUBLISH_TIME = Duration.ofSeconds(3);
    private static final int MESSAGES = 30;

    private static DecoyProcess decoy;

    @BeforeAll
    static void start() {
        decoy = DecoyProcess.start("decoy.domains=example.org", "decoy.exempt.networks=!127.0.0.0/8");
    }

    @AfterAll
    static void stop() {
        decoy.close();
    }

    private static void send(Postfix provider, int messages, String... recipients) {
        for (String recipient : recipients) {
            CompletedProgram run = CompletedProgram.run(
                    LIMIT,
                    RealProgram.require("smtp-source"),
                    "-N",
                    "-s",
                    "4",
                    "-m",
                    Integer.toString(messages),
                    "-t",
                    recipient,
                    "127.0.0.1:" + provider.port());
            assertThat(run.code()).as(run.output()).isZero();
        }
    }

    @Test
    void provider_misledByAttackersMxRecord_isNotListed() {
        try (Postfix provider = new Postfix(decoy.smtpPort(), "127.0.0.41")) {
            send(provider, MESSAGES, "victim@stranger.test");
            await("all messages to bounce").atMost(LIMIT).untilAsserted(() -> assertThat(
                            decoy.metricValue("decoy_replies_total{code=\"554\"}"))
                    .as(provider::log)
                    .isGreaterThanOrEqualTo(MESSAGES));
            await("RELAY_PROBE in the report").atMost(LIMIT).until(() -> report("127.0.0.41")
                    .contains("RELAY_PROBE"));
        }
        await().during(PUBLISH_TIME).atMost(LIMIT).until(() -> decoy.feedEntries().stream()
                .noneMatch("127.0.0.41"::equals));
        assertThat(report("127.0.0.41"))
                .contains("\"verdict\":\"not listed\"", "\"points\":0.0", "it tried to relay to a foreign domain")
                .contains("never completed a conversation for a protected recipient");
    }

    /** Shows that the test above can fail: mail to a protected domain lists the same provider. */
    @Test
    void provider_mailingToProtectedDomain_isListed() {
        try (Postfix other = new Postfix(decoy.smtpPort(), "127.0.0.42")) {
            send(other, 1, "user@example.org");
            await("the listing").atMost(LIMIT).untilAsserted(() -> assertThat(decoy.feedEntries())
                    .as(other::log)
                    .contains("127.0.0.42"));
        }
    }

    private static String report(String address) {
        return decoy.get("/senders/" + address).body();
    }
}
