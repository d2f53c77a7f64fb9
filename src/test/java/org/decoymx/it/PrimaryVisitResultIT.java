package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What became of a message at a primary MX decides whether it excuses its sender. */
class PrimaryVisitResultIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String TOKEN = "witness-token-0123";

    @Test
    void onlyDeferralsAndUnknownResults_excuseTheSender() throws Exception {
        Path dir = TestResources.createDirectory("witness");
        String[] settings = Stream.concat(
                        Stream.of(DecoyWithLedger.settings(dir)), Stream.of("decoy.witness.token=" + TOKEN))
                .toArray(String[]::new);
        try (DecoyProcess decoy = DecoyProcess.start(settings)) {
            Instant before = Instant.now().minusSeconds(60);
            assertListedAfterMail(decoy, "23.9.1.1");
            assertListedAfterMail(decoy, "23.9.2.1");
            assertThat(post(decoy, """
                            23.9.1.1 %1$s from=a@b.example to=%2$s result=accepted
                            23.9.2.1 from= to=%2$s %1$s result=deferred
                            23.9.3.1 to=%2$s result=rejected from=
                            23.9.4.1 from=a@b.example
                            23.9.5.1 from=a+b@c.example
                            23.9.6.1 %1$s to=another@example.org result=deferred
                            """.formatted(before, DecoyWithLedger.RECIPIENT)))
                    .startsWith("{\"lines\":6,\"taken\":5,\"old\":0,\"bad\":1,"
                            + "\"errors\":[{\"line\":5,\"error\":\"from= is not valid xtext");
            assertThat(decoy.metricValue("decoy_witnesses_recorded_total")).isEqualTo(5);
            await("23.9.2.1 to be delisted").atMost(LIMIT).untilAsserted(() -> assertThat(decoy.feedEntries())
                    .containsExactly("23.9.1.1"));
            assertListedAfterMail(decoy, "23.9.3.1");
            assertNotListedAfterMail(decoy, "23.9.4.1");
            assertListedAfterMail(decoy, "23.9.5.1");
            assertListedAfterMail(decoy, "23.9.6.1");
        } finally {
            TestResources.delete(dir);
        }
    }

    @Test
    void reportedRetry_clearsTheSender() throws Exception {
        Path dir = TestResources.createDirectory("witness");
        String[] settings = Stream.concat(
                        Stream.of(DecoyWithLedger.settings(dir)),
                        Stream.of("decoy.witness.token=" + TOKEN, "decoy.policy.retry-after=2s"))
                .toArray(String[]::new);
        try (DecoyProcess decoy = DecoyProcess.start(settings)) {
            assertListedAfterMail(decoy, "23.9.6.1");
            assertListedAfterMail(decoy, "23.9.7.1");
            Instant listed = Instant.now();
            await("the time of a retry").atMost(LIMIT).until(() -> Instant.now().isAfter(listed.plusSeconds(3)));
            assertThat(post(decoy, """
                            23.9.6.1 from=sender@example.net to=%1$s result=accepted
                            23.9.7.1 from=another@example.net to=%1$s result=accepted
                            """.formatted(DecoyWithLedger.RECIPIENT))).startsWith("{\"lines\":2,\"taken\":2,");
            await("23.9.6.1 to be delisted").atMost(LIMIT).until(() -> !decoy.feedEntries()
                    .contains("23.9.6.1"));
            assertThat(decoy.awaitSender("23.9.6.1", 1)).contains("\"tier\":\"cleared\"");
            assertThat(decoy.awaitSender("23.9.7.1", 1)).contains("\"tier\":\"suspect\"", "\"listed\":true");
        } finally {
            TestResources.delete(dir);
        }
    }

    private static String post(DecoyProcess decoy, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(decoy.url("/witnesses")))
                .header("Authorization", "Bearer " + TOKEN)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body();
    }

    private static void sendMail(DecoyProcess decoy, String client) throws IOException {
        assertThat(ProxiedClient.mail(decoy.smtpPort(), client, DecoyWithLedger.RECIPIENT))
                .startsWith("451 ");
    }

    private static void assertNotListedAfterMail(DecoyProcess decoy, String client) throws IOException {
        sendMail(decoy, client);
        assertThat(decoy.awaitSender(client, 1)).contains("\"listed\":false");
    }

    private static void assertListedAfterMail(DecoyProcess decoy, String client) throws IOException {
        sendMail(decoy, client);
        decoy.awaitListed(client);
    }
}
