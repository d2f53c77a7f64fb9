package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.decoymx.OpenApiDocument;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The health check and the metrics on the management port. */
class ManagementIT {
    private static final Duration MAX_DELAY = Duration.ofSeconds(2);
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** The state of a listening socket in {@code /proc/net/tcp}. */
    private static final String LISTEN = "0A";

    private static final String TOKEN = "admin-token-012345";

    private static DecoyProcess decoy;

    @BeforeAll
    static void start() {
        decoy = DecoyProcess.start("decoy.smtp.greeting-delay=0s", "decoy.admin.token=" + TOKEN);
    }

    @AfterAll
    static void stop() {
        decoy.close();
    }

    @Test
    void health_isUpAndShowsTrial() {
        HttpResponse<String> health = decoy.getManagement("/q/health");

        assertThat(health.statusCode()).isEqualTo(200);
        assertThat(health.body())
                .contains("\"SMTP port bound\"")
                .contains("127.0.0.1 port " + decoy.smtpPort())
                .contains("\"listing fresh\"")
                .contains("TRIAL")
                .doesNotContain("DOWN");
    }

    @Test
    void missingProtections_areDownInHealthOnly_andSaidInStatsAndLog() {
        try (DecoyProcess unprotected = DecoyProcess.start("decoy.domains=example.org")) {
            HttpResponse<String> health = unprotected.getManagement("/q/health");
            assertThat(health.statusCode()).isEqualTo(503);
            assertThat(health.body())
                    .contains("\"domains protected\"", "set decoy.primary.hosts", "never reported who visits it");
            assertThat(unprotected.getManagement("/q/health/ready").statusCode())
                    .isEqualTo(200);
            assertThat(unprotected.getManagement("/q/health/live").statusCode()).isEqualTo(200);
            assertThat(unprotected.get("/stats").body())
                    .contains("\"protections\":[{\"domain\":\"example.org\"", "\"complete\":false");
            await("the warnings").atMost(LIMIT).untilAsserted(() -> assertThat(unprotected.log())
                    .contains(
                            "missing: real MX, witnesses",
                            "Protection of example.org: no real MX is known",
                            "Protection of example.org: its real MX has never reported who visits it"));
        }
    }

    /** The decoy of this test stands for the real MX, as it answers the probe. */
    @Test
    void protections_areUp_withARealMxThatReports() throws IOException {
        String primary = "127.0.0.1:" + decoy.smtpPort();
        try (DecoyProcess complete = DecoyProcess.start(
                "decoy.domains=example.org", "decoy.primary.hosts=" + primary, "decoy.primary.probe-interval=1s")) {
            try (Socket policyService = new Socket(InetAddress.getLoopbackAddress(), complete.policyPort())) {
                policyService
                        .getOutputStream()
                        .write("request=smtpd_access_policy\nprotocol_state=RCPT\nclient_address=203.0.113.1\n\n"
                                .getBytes(StandardCharsets.US_ASCII));
                assertThat(policyService.getInputStream().read()).isEqualTo('a');
            }
            await("all protections").atMost(LIMIT).untilAsserted(() -> assertThat(
                            complete.getManagement("/q/health").statusCode())
                    .as(complete.getManagement("/q/health").body())
                    .isEqualTo(200));
            assertThat(complete.get("/stats").body())
                    .contains("\"complete\":true", "the real MX " + primary + " is up");
            await("the log").atMost(LIMIT).untilAsserted(() -> assertThat(complete.log())
                    .contains("Protection of example.org: "));
            DocumentedMetrics.read()
                    .assertDescribes(complete.getManagement("/q/metrics").body());
        }
    }

    @Test
    void readinessAndLiveness_areUp() {
        assertThat(decoy.getManagement("/q/health/ready").statusCode()).isEqualTo(200);
        assertThat(decoy.getManagement("/q/health/live").statusCode()).isEqualTo(200);
    }

    /** The address is the default: {@link DecoyProcess} sets only the port. */
    @Test
    void managementPort_listensOnLoopbackOnly() throws IOException {
        String port = String.format(Locale.ROOT, ":%04X", decoy.managementPort());
        Stream<String> sockets = Stream.concat(
                Files.readAllLines(Path.of("/proc/" + decoy.pid() + "/net/tcp")).stream(),
                Files.readAllLines(Path.of("/proc/" + decoy.pid() + "/net/tcp6")).stream());

        assertThat(sockets.map(line -> line.strip().split(" +"))
                        .filter(fields -> fields[1].endsWith(port) && fields[3].equals(LISTEN))
                        .map(fields -> fields[1]))
                .isNotEmpty()
                .allMatch(address ->
                        address.equals("0100007F" + port) || address.equals("0000000000000000FFFF00000100007F" + port));
    }

    @Test
    void healthAndMetrics_onTheFeedPort_areNotFound() {
        assertThat(decoy.get("/q/health").statusCode()).isEqualTo(404);
        assertThat(decoy.get("/q/metrics").statusCode()).isEqualTo(404);
    }

    @Test
    void metrics_countConversations() throws IOException {
        awaitMetric(0, "decoy_connections_open");
        double sessions = decoy.metricValue("decoy_sessions_total");
        double data = decoy.metricValue("decoy_commands_total{verb=\"data\"}");
        double deferrals = decoy.metricValue("decoy_replies_total{code=\"451\"}");
        double sightings = decoy.metricValue("decoy_sightings_total");
        double listed = decoy.metricValue("decoy_listed");

        SmtpClient.mail(decoy.smtpPort(), "127.0.0.51", "user@example.org");

        decoy.awaitListed("127.0.0.51");
        assertThat(decoy.metricValue("decoy_sessions_total")).isEqualTo(sessions + 1);
        assertThat(decoy.metricValue("decoy_commands_total{verb=\"data\"}")).isEqualTo(data + 1);
        assertThat(decoy.metricValue("decoy_replies_total{code=\"451\"}")).isEqualTo(deferrals + 1);
        assertThat(decoy.metricValue("decoy_sightings_total")).isGreaterThan(sightings);
        assertThat(decoy.metricValue("decoy_listed")).isEqualTo(listed + 1);
        assertThat(decoy.metricValue("decoy_sightings_lost_total")).isZero();
    }

    @Test
    void metrics_countOpenConnections() throws IOException {
        awaitMetric(0, "decoy_connections_open");
        try (SmtpClient socket = new SmtpClient(decoy.smtpPort(), "127.0.0.52")) {
            socket.readReply();
            assertThat(decoy.metricValue("decoy_connections_open")).isEqualTo(1);
        }
        awaitMetric(0, "decoy_connections_open");
    }

    @Test
    void metrics_countTraits() throws IOException {
        double before = decoy.metricValue("decoy_traits_total{trait=\"auth_probe\"}");
        try (SmtpClient socket = new SmtpClient(decoy.smtpPort(), "127.0.0.53")) {
            socket.readReply();
            socket.sendCommand("EHLO client.test");
            assertThat(socket.sendCommand("AUTH LOGIN")).startsWith("503 ");
            socket.sendCommand("QUIT");
        }

        awaitMetric(before + 1, "decoy_traits_total{trait=\"auth_probe\"}");
    }

    /** What a stranger sends must not become the name or the label of a metric: each one would take memory. */
    @Test
    void labels_areBounded_whateverStrangersSend() throws IOException {
        Set<String> before = series();
        for (String word : List.of("X-${jndi:ldap://a}", "\u001b[31m", "a\"b\\c", "x".repeat(900))) {
            try (SmtpClient socket = new SmtpClient(decoy.smtpPort(), "127.0.0.54")) {
                socket.readReply();
                assertThat(socket.sendCommand("EHLO " + word)).matches("[25].*");
                assertThat(socket.sendCommand(word)).matches("(421|500) .*");
            }
            String name = URLEncoder.encode(word, StandardCharsets.UTF_8);
            for (String path : List.of("/", "/feeds/", "/feeds/plain?", "/senders/", "/q/")) {
                assertThat(decoy.get(path + name).statusCode()).isIn(400, 404);
                assertThat(decoy.getManagement(path + name).statusCode()).isIn(400, 404);
            }
        }
        assertThat(series()).isEqualTo(before).hasSizeLessThan(400);
    }

    /** The document that is served has all of the source, and each response to GET is as it says. */
    @Test
    void openApi_describesTheResponses() throws IOException {
        OpenApiDocument document =
                OpenApiDocument.parse(decoy.getManagement("/q/openapi").body());
        assertThat(document.operations())
                .hasSameSizeAs(OpenApiDocument.parse(Files.readString(OpenApiDocument.SOURCE))
                        .operations());
        SmtpClient.mail(decoy.smtpPort(), "127.0.0.56", "user@example.org");
        decoy.awaitListed("127.0.0.56");
        for (OpenApiDocument.Operation operation : document.operations()) {
            if (operation.method().equals("GET") && !document.isEndless(operation)) {
                String path = document.examplePath(operation).replace("192.0.2.9", "127.0.0.56");
                String url = operation.isManagement()
                        ? "http://127.0.0.1:" + decoy.managementPort() + path
                        : decoy.url(path);
                HttpResponse<byte[]> response = HttpRequests.send(
                        "GET", url, "Authorization", "Bearer " + TOKEN, "Accept", "application/json, */*;q=0.1");
                assertThat(document.validate(operation, response))
                        .as("GET " + url)
                        .isEmpty();
            }
        }
    }

    private static Set<String> series() {
        return decoy.getManagement("/q/metrics")
                .body()
                .lines()
                .filter(line -> !line.startsWith("#") && !line.startsWith("jvm_"))
                .map(line -> line.substring(0, line.lastIndexOf(' ')))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static void awaitMetric(double value, String meter) {
        Stopwatch.start()
                .within(MAX_DELAY, () -> assertThat(decoy.metricValue(meter)).isEqualTo(value));
    }
}
