package org.decoymx.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.decoymx.bench.BenchmarkTable.Pair;
import org.decoymx.it.CompletedProgram;
import org.decoymx.it.DaemonProcess;
import org.decoymx.it.DecoyProcess;
import org.decoymx.it.ProxiedClient;
import org.decoymx.it.RealProgram;
import org.decoymx.it.TestResources;
import org.decoymx.ledger.LargeLedgers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A feed of a million entries compared with nginx, which serves it as a file; wrk requests them in turn. */
@Tag("bench")
class FeedBenchIT {
    /** One percent of them is always exempt: private and reserved addresses. */
    private static final int SENDERS = 1_010_000;

    private static final int ENTRIES = 999_000;
    private static final int PAIRS = 5;
    private static final int CHANGES = 8;
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final Pattern RATE = Pattern.compile("Requests/sec: +([0-9.]+)");
    private static final String FEED = "/feeds/plain";

    private static final BenchmarkTable TABLE = new BenchmarkTable(
            "Feeds",
            "A feed of a million addresses, which nginx serves as a file; wrk reads both in turn. And how soon a sender"
                    + " that is caught is in the feed, and how long another client of HTTP waits meanwhile.");

    private static Path dir;
    private static DecoyProcess decoy;
    private static DaemonProcess nginx;
    private static int nginxPort;

    @BeforeAll
    static void start() throws IOException {
        String program = RealProgram.require("nginx");
        RealProgram.require("wrk");
        dir = TestResources.createDirectory("feed-bench");
        Files.createDirectories(dir.resolve("ledger"));
        Files.createDirectories(dir.resolve("feeds"));
        LargeLedgers.writeDecoyLedger(dir.resolve("ledger"), SENDERS, 1);
        decoy = DecoyProcess.start(
                "decoy.ledger.dir=" + dir.resolve("ledger"),
                "decoy.ledger.max-senders=1100000",
                "decoy.domains=example.org",
                "decoy.smtp.greeting-delay=0s",
                "decoy.smtp.proxy-protocol.trusted=" + ProxiedClient.PROXY);
        nginxPort = TestResources.reservePort();
        Files.writeString(dir.resolve("feeds/plain"), decoy.get(FEED).body());
        Files.writeString(dir.resolve("feeds/small"), "# one entry\n192.0.2.1\n");
        Path config = Files.writeString(dir.resolve("nginx.conf"), """
                worker_processes auto;
                error_log %1$s/nginx-error.log;
                pid %1$s/nginx.pid;
                daemon off;
                events { worker_connections 1024; }
                http {
                    access_log off;
                    sendfile on;
                    tcp_nopush on;
                    keepalive_requests 1000000000;
                    default_type text/plain;
                    server { listen 127.0.0.1:%2$d; root %1$s; }
                }
                """.formatted(dir, nginxPort));
        nginx = DaemonProcess.start(dir, nginxPort, program, "-c", config.toString());
    }

    @AfterAll
    static void stop() {
        if (nginx != null) {
            nginx.close();
        }
        if (decoy != null) {
            decoy.close();
            TestResources.delete(dir);
        }
    }

    private static double rate(String url, int connections, String... header) {
        List<String> command = new ArrayList<>(
                List.of(RealProgram.require("wrk"), "-t1", "-c" + connections, "-d4s", "--timeout", "30s"));
        for (String field : header) {
            command.add("-H");
            command.add(field);
        }
        command.add(url);
        CompletedProgram run = CompletedProgram.run(LIMIT, command.toArray(String[]::new));
        Matcher rate = RATE.matcher(run.output());
        assertThat(rate.find()).as(run.output()).isTrue();
        assertThat(run.output()).doesNotContain("Non-2xx").doesNotContain("Socket errors");
        return Double.parseDouble(rate.group(1));
    }

    private static void compare(String name, ToDoubleFunction<String> ofNginx, ToDoubleFunction<String> ofDecoy) {
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i <= PAIRS; i++) {
            Pair pair = new Pair(
                    ofDecoy.applyAsDouble(decoy.url(FEED)),
                    ofNginx.applyAsDouble("http://127.0.0.1:" + nginxPort + FEED));
            if (i > 0) {
                pairs.add(pair);
            }
            System.out.printf(
                    Locale.ROOT,
                    "%s: nginx %.0f/s, decoy %.0f/s, ratio %.2f%n",
                    name,
                    pair.ofPeer(),
                    pair.result(),
                    pair.ratio());
        }
        TABLE.compare(name, "nginx", pairs);
    }

    @Test
    void fullFeed() {
        assertThat(decoy.get(FEED)
                        .body()
                        .lines()
                        .filter(line -> !line.startsWith("#"))
                        .count())
                .isGreaterThan(ENTRIES);
        compare("full feeds a second", url -> rate(url, 10), url -> rate(url, 10));
    }

    /** Measures how soon a new entry is published, and how long small requests of another client stall meanwhile. */
    @Test
    void change() throws Exception {
        decoy.get(FEED);
        List<Double> published = new ArrayList<>();
        List<Double> read = new ArrayList<>();
        List<Double> latencies = new ArrayList<>();
        try (LatencyProbe probe = new LatencyProbe(decoy.url("/feeds/nix"))) {
            for (int i = 0; i <= CHANGES; i++) {
                TimeUnit.SECONDS.sleep(2);
                String client = "9.9." + i + ".1";
                long version = version();
                double idle = probe.resetMaxLatency();
                ProxiedClient.mail(decoy.smtpPort(), client, "user@example.org");
                long start = System.nanoTime();
                await().pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> decoy.get("/feeds/changes?tier=all&since=" + version)
                                .body()
                                .contains(client));
                double publishedMillis = millisSince(start);
                assertThat(decoy.get(FEED).body()).contains("\n" + client + "\n");
                double readMillis = millisSince(start);
                double latency = probe.resetMaxLatency();
                System.out.printf(Locale.ROOT, "%s: another client waited %.1f ms, idle %.1f%n", client, latency, idle);
                if (i > 0) {
                    published.add(publishedMillis);
                    read.add(readMillis);
                    latencies.add(latency);
                }
            }
        }
        TABLE.atMost("ms until a new entry is published", BenchmarkTable.median(published), 500);
        TABLE.add("ms until the full feed with it is read", BenchmarkTable.median(read));
        TABLE.atMost("ms that another client waits meanwhile, at most", Collections.max(latencies), 50);
    }

    private static double millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e6;
    }

    private static long version() {
        Matcher version =
                Pattern.compile("# version ([0-9]+)").matcher(decoy.get(FEED).body());
        assertThat(version.find()).isTrue();
        return Long.parseLong(version.group(1));
    }

    @Test
    void notModified() {
        HttpResponse<String> file = decoy.get(FEED);
        String tag = "If-None-Match: " + file.headers().firstValue("ETag").orElseThrow();
        String ofNginx = CompletedProgram.run(
                        LIMIT, RealProgram.require("curl"), "-sSI", "http://127.0.0.1:" + nginxPort + FEED)
                .output()
                .lines()
                .filter(line -> line.startsWith("ETag: "))
                .map(line -> "If-None-Match: " + line.substring("ETag: ".length()))
                .findFirst()
                .orElseThrow();
        compare("answers 304 a second", url -> rate(url, 50, ofNginx), url -> rate(url, 50, tag));
    }
}
