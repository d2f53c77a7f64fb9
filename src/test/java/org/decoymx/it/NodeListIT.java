package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What two decoys that share show of each other, and how one is dropped that is gone. */
class NodeListIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String TOKEN = "test-token-0123456789";
    private static final String[] ADMIN = {"Authorization", "Bearer " + TOKEN};
    private static final Pattern METRIC = Pattern.compile("(?m)^decoy_exchange_[a-z_]+");

    private static KafkaBroker broker;
    private static DecoyProcess alpha;
    private static DecoyProcess beta;

    @BeforeAll
    static void start() {
        broker = KafkaBroker.start();
        alpha = start("alpha");
        beta = start("beta");
        awaitHeartbeat(alpha, "beta");
        awaitHeartbeat(beta, "alpha");
    }

    private static DecoyProcess start(String node) {
        return DecoyProcess.start(
                "decoy.domains=example.org",
                "decoy.admin.token=" + TOKEN,
                "decoy.exchange.servers=" + broker.address(),
                "decoy.exchange.node=" + node);
    }

    private static void awaitHeartbeat(DecoyProcess decoy, String other) {
        await(other).atMost(LIMIT).untilAsserted(() -> assertThat(
                        decoy.get("/nodes").body())
                .containsPattern("\"name\":\"" + other + "\",\"own\":false,\"role\":\"both\","
                        + "\"lastHeartbeat\":\"[^\"]+\",\"silent\":false"));
    }

    @AfterAll
    static void stop() {
        alpha.close();
        beta.close();
        broker.close();
    }

    /** Another name for each test, as decoys remember who was dropped. */
    private static void importNode(DecoyProcess decoy, String node) throws IOException, InterruptedException {
        String line = """
                {"node":"%s","origin":"203.0.113.9","firstSeen":"2026-01-01T00:00:00Z",\
                "lastSeen":"2026-01-02T00:00:00Z","sessions":1,"conversations":1,"points":10.0,"offences":0,\
                "traits":["NO_QUIT"]}
                """.formatted(node);
        HttpRequest request = HttpRequest.newBuilder(URI.create(decoy.url("/ledger")))
                .headers(ADMIN)
                .timeout(LIMIT)
                .POST(HttpRequest.BodyPublishers.ofString(line))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.ofString())
                        .body())
                .contains("\"taken\":1,\"unchanged\":0,\"bad\":0,\"done\":true");
    }

    private static String delete(DecoyProcess decoy, String node) throws IOException {
        HttpResponse<byte[]> response = HttpRequests.send("DELETE", decoy.url("/nodes/" + node), ADMIN);
        return response.statusCode() + " " + new String(response.body(), StandardCharsets.UTF_8);
    }

    @Test
    void node_thatIsGone_isDroppedAtAll() throws Exception {
        importNode(alpha, "gone");
        importNode(beta, "gone");
        assertThat(beta.get("/nodes").body()).contains("\"gone\"");
        assertThat(delete(alpha, "gone")).isEqualTo("200 {\"name\":\"gone\",\"states\":1}");
        assertThat(alpha.get("/nodes").body()).doesNotContain("\"gone\"");
        await("the other one")
                .atMost(LIMIT)
                .until(() -> !beta.get("/nodes").body().contains("\"gone\""));
    }

    @Test
    void node_thatIsUp_isNotDropped() throws IOException {
        assertThat(delete(alpha, "beta")).startsWith("409 ").contains("its last heartbeat was at");
        assertThat(delete(alpha, "alpha")).startsWith("409 ").contains("the node itself");
        assertThat(delete(alpha, "nobody")).startsWith("404 ");
        assertThat(HttpRequests.send("DELETE", alpha.url("/nodes/beta")).statusCode())
                .isEqualTo(401);
    }

    @Test
    void page_check_andMetrics_showTheNodes() throws IOException {
        String page = new String(
                HttpRequests.send("GET", alpha.url("/"), "Accept", "text/html").body(), StandardCharsets.UTF_8);
        assertThat(page).containsSubsequence("Decoys that share this list", "alpha</th>", "beta</th>");
        String status = new String(
                HttpRequests.send("GET", alpha.url("/check?brief=true"), "Accept", "text/plain, application/json;q=0.5")
                        .body(),
                StandardCharsets.UTF_8);
        assertThat(status).containsSubsequence("commits wait", "  alpha: this node, ", "  beta: last heartbeat 20");
        List<String> metrics = METRIC.matcher(alpha.getManagement("/q/metrics").body())
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toList());
        assertThat(metrics).hasSize(7).isSubsetOf(DocumentedMetrics.read().names());
    }
}
