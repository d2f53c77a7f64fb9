package org.decoymx.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.decoymx.it.DecoyProcess;
import org.decoymx.it.TestResources;
import org.decoymx.ledger.LargeLedgers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long the decoy takes for its pages, with a million listed senders. */
@Tag("bench")
class SenderPageBenchIT {
    private static final int SENDERS = 1_000_000;
    private static final String TOKEN = "bench-token-0123456789";
    private static final int WARM_UP = 5;
    private static final int REQUESTS = 21;
    private static final Duration TARGET = Duration.ofMillis(300);

    private static final BenchmarkTable TABLE = new BenchmarkTable(
            "Pages",
            "Milliseconds until a client has a page, with a million listed senders; the median of " + REQUESTS + ".");

    private static Path dir;
    private static DecoyProcess decoy;
    private static HttpClient http;

    @BeforeAll
    static void start() {
        dir = TestResources.createDirectory("page-bench");
        LargeLedgers.writeDecoyLedger(dir, SENDERS, 1);
        decoy = DecoyProcess.start(
                "decoy.ledger.dir=" + dir,
                "decoy.ledger.max-senders=" + SENDERS,
                "decoy.domains=example.org",
                "decoy.admin.token=" + TOKEN);
        http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        await("the list")
                .atMost(Duration.ofMinutes(2))
                .until(() -> decoy.metricValue("decoy_senders{tier=\"suspect\"}") > SENDERS * 0.95);
    }

    @AfterAll
    static void stop() {
        if (decoy != null) {
            decoy.close();
            TestResources.delete(dir);
        }
    }

    private static double millis(String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(decoy.url(path)))
                .header("Accept", "text/html")
                .header("Authorization", "Bearer " + TOKEN)
                .build();
        long start = System.nanoTime();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        double elapsed = (System.nanoTime() - start) / 1e6;
        assertThat(response.statusCode()).as(path).isEqualTo(200);
        assertThat(response.body()).contains("</html>");
        return elapsed;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/senders",
                "/senders?page=9000",
                "/senders?size=1000",
                "/senders?tier=suspect&since=2026-01-01",
                "/senders?tier=confirmed",
                "/senders?q=1",
                "/senders?q=101.2",
                "/senders?q=64.0.0.0/4",
                "/senders?q=by+hand",
                "/senders/101.2.3.4",
                "/senders/1.0.0.0"
            })
    void page_isMadeInTime(String path) throws Exception {
        assumeThat(decoy.get(path).statusCode()).isNotEqualTo(404);
        for (int i = 0; i < WARM_UP; i++) {
            millis(path);
        }
        double[] times = new double[REQUESTS];
        for (int i = 0; i < REQUESTS; i++) {
            times[i] = millis(path);
        }
        Arrays.sort(times);
        double median = times[REQUESTS / 2];
        TABLE.atMost("`" + path + "`", median, (double) TARGET.toMillis());
        assertThat(median).isLessThan((double) TARGET.toMillis());
    }
}
