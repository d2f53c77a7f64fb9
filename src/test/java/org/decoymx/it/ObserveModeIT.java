package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With {@code decoy.policy.mode=observe} the decoy evaluates senders, but publishes none. */
class ObserveModeIT {
    private static final String SENDER = "192.0.2.71";
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration PUBLISH_TIME = Duration.ofSeconds(2);

    @TempDir
    private Path dir;

    private DecoyProcess startObserver() {
        return DecoyProcess.start(
                Stream.concat(Stream.of(DecoyWithLedger.settings(dir)), Stream.of("decoy.policy.mode=observe"))
                        .toArray(String[]::new));
    }

    private static String header(HttpResponse<String> response, String name) {
        return response.headers().firstValue(name).orElseThrow(() -> new AssertionError("missing header " + name));
    }

    @Test
    void observeMode_servesEmptyFeed_untilEnforceModeServesTheSender() throws Exception {
        try (DecoyProcess decoy = startObserver()) {
            HttpResponse<String> before = decoy.get("/blocklist.txt");
            assertThat(before.body()).startsWith("# OBSERVE: decoy.policy.mode is observe, so this feed is empty;");

            assertThat(ProxiedClient.mail(decoy.smtpPort(), SENDER, DecoyWithLedger.RECIPIENT))
                    .startsWith("451 ");
            await("decoy_would_list to be 1").atMost(LIMIT).until(() -> decoy.metricValue("decoy_would_list") == 1);
            await().during(PUBLISH_TIME).atMost(LIMIT).until(() -> decoy.feedEntries()
                    .isEmpty());

            HttpResponse<String> after = decoy.get("/blocklist.txt");
            assertThat(after.body()).isEqualTo(before.body());
            assertThat(header(after, "ETag")).isEqualTo(header(before, "ETag"));
            assertThat(header(after, "Last-Modified")).isEqualTo(header(before, "Last-Modified"));
            assertThat(decoy.metricValue("decoy_listed")).isZero();
            HttpResponse<String> health = decoy.getManagement("/q/health/ready");
            assertThat(health.statusCode()).isEqualTo(200);
            assertThat(health.body())
                    .contains("observe: the feeds are empty")
                    .containsPattern("\"entries\": ?0")
                    .containsPattern("\"entries there would be\": ?1");
        }
        try (DecoyWithLedger enforcer = DecoyWithLedger.startIn(dir)) {
            enforcer.assertOnlyListed(SENDER);
            assertThat(enforcer.decoy().get("/blocklist.txt").body()).doesNotContain("OBSERVE");
            assertThat(enforcer.decoy().metricValue("decoy_listed")).isEqualTo(1);
            assertThat(enforcer.decoy().metricValue("decoy_would_list")).isEqualTo(1);
        }
    }

    @Test
    void observeMode_afterEnforceMode_servesEmptyFeedFromStart() {
        try (DecoyWithLedger enforcer = DecoyWithLedger.startIn(dir)) {
            enforcer.assertListed(SENDER);
        }
        try (DecoyProcess decoy = startObserver()) {
            assertThat(decoy.feedEntries()).isEmpty();
            assertThat(decoy.metricValue("decoy_would_list")).isEqualTo(1);
        }
    }
}
