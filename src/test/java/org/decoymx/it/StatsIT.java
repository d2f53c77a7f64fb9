package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The statistics compare real sessions at the decoy with the visit reports of a primary, sent by curl. */
class StatsIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String TOKEN = "witness-token-0123";

    private final Path dir = TestResources.createDirectory("stats");
    private DecoyProcess decoy;

    @BeforeEach
    void start() {
        List<String> settings = new ArrayList<>(List.of(DecoyWithLedger.settings(dir)));
        settings.add("decoy.policy.mode=observe");
        settings.add("decoy.witness.token=" + TOKEN);
        decoy = DecoyProcess.start(settings.toArray(String[]::new));
    }

    @AfterEach
    void stop() {
        decoy.close();
        TestResources.delete(dir);
    }

    private JsonNode stats() {
        try {
            return new ObjectMapper().readTree(decoy.get("/stats").body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void reportVisit(String address) throws IOException {
        Path body = Files.writeString(dir.resolve("body"), address + "\n");
        CompletedProgram run = CompletedProgram.run(
                LIMIT,
                RealProgram.require("curl"),
                "-fsS",
                "-X",
                "POST",
                "-H",
                "Authorization: Bearer " + TOKEN,
                "--data-binary",
                "@" + body,
                decoy.url("/witnesses"));
        assertThat(run.code()).as(run.output()).isZero();
    }

    private void sendMail(String client) throws IOException {
        assertThat(ProxiedClient.mail(decoy.smtpPort(), client, DecoyWithLedger.RECIPIENT))
                .startsWith("451 ");
        decoy.awaitSender(client, 1);
    }

    private void verifyCallback(String client) throws IOException {
        try (SmtpClient socket = ProxiedClient.connect(decoy.smtpPort(), client)) {
            socket.readReply();
            socket.sendCommand("EHLO verifier.example.net");
            socket.sendCommand("MAIL FROM:<>");
            socket.sendCommand("RCPT TO:<" + DecoyWithLedger.RECIPIENT + ">");
            socket.sendCommand("QUIT");
        }
        decoy.awaitSender(client, 1);
    }

    @Test
    void stats_countSendersSeenAtThePrimary_beforeAndAfterTheirSession() throws Exception {
        reportVisit("203.0.113.1");
        sendMail("203.0.113.1");
        for (String client : List.of("198.51.100.1", "198.51.101.1", "198.51.102.1")) {
            sendMail(client);
        }
        verifyCallback("198.51.103.1");
        long secondOfTheSession = Instant.now().getEpochSecond();
        await("the next second").atMost(LIMIT).until(() -> Instant.now().getEpochSecond() > secondOfTheSession);
        reportVisit("198.51.100.1");
        reportVisit("198.51.103.1");
        await("the statistics to be updated").atMost(LIMIT).untilAsserted(() -> {
            JsonNode primary = stats().path("primary");
            assertThat(primary.path("caught").asInt()).as(primary.toString()).isEqualTo(3);
            assertThat(primary.path("later").asInt()).isEqualTo(1);
        });
        JsonNode stats = stats();
        assertThat(stats.path("mode").asText()).isEqualTo("observe");
        assertThat(stats.path("published").asInt()).isZero();
        assertThat(stats.path("tiers").toString()).isEqualTo("{\"suspect\":3,\"confirmed\":0,\"cleared\":0}");
        assertThat(stats.path("tierChanges").toString()).isEqualTo("{\"FIRST_CATCH\":3}");
        // one more: DecoyProcess reads the greeting at startup
        assertThat(stats.path("senders").path("known").asInt()).isEqualTo(5 + 1);
        assertThat(stats.path("senders").path("listed").asInt()).isEqualTo(3);
        assertThat(stats.path("primary").path("first").asInt()).isEqualTo(1);
        assertThat(stats.path("primary").path("share").asDouble()).isEqualTo(0.5);
        assertThat(stats.path("waived").path("WITNESSED").asInt()).isEqualTo(1);
        assertThat(replaySummary(stats, 2))
                .isEqualTo("At threshold 2 you would have listed 3, of which 1 later reached a primary MX.");
        assertThat(replaySummary(stats, 10))
                .isEqualTo("At threshold 10 you would have listed 3, of which 1 later reached a primary MX.");
        assertThat(replaySummary(stats, 20)).startsWith("At threshold 20 you would have listed 0,");
        assertThat(decoy.get("/senders/203.0.113.1").body()).contains("a primary MX had just put it off");
        assertThat(decoy.log())
                .contains("sender 203.0.113.1: caught, does not count: witnessed")
                .containsPattern("sender 198.51.100.1: caught, [0-9.]+ points, suspect until \\S+: first catch")
                .containsPattern("sender 198.51.100.1: tier none -> suspect until \\S+: first catch")
                .containsPattern("sender 198.51.100.1: would be listed, suspect until \\S+: [0-9.]+ points")
                .doesNotContain("sender 198.51.103.1: caught");
        assertThat(decoy.metricValue("decoy_senders{tier=\"suspect\"}")).isEqualTo(3);
        assertThat(decoy.metricValue("decoy_tier_changes_total{cause=\"first_catch\"}"))
                .isEqualTo(3);
    }

    private static String replaySummary(JsonNode stats, double threshold) {
        for (JsonNode replay : stats.path("replay")) {
            if (replay.path("threshold").asDouble() == threshold) {
                return replay.path("words").asText();
            }
        }
        throw new AssertionError("no such threshold");
    }

    @Test
    void replay_isKeptAcrossARestart() throws IOException {
        sendMail("198.51.100.1");
        decoy.stop();
        decoy.restart();
        assertThat(replaySummary(stats(), 10)).startsWith("At threshold 10 you would have listed 1,");
        assertThat(decoy.get("/senders/198.51.100.1").body())
                .contains("\"verdict\":\"would be listed\"", "\"listed\":false");
        assertThat(decoy.feedEntries()).isEmpty();
    }
}
