package org.decoymx.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.decoymx.it.CompletedProgram;
import org.decoymx.it.DaemonProcess;
import org.decoymx.it.LoopWatchdogAgent;
import org.decoymx.it.RealProgram;
import org.decoymx.it.TestResources;

/** The built jar on port 25 of an address in a namespace, with the clock of the lab. */
final class LabDecoy implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(50);
    /** The token of the administrator. */
    static final String TOKEN = "lab-token-0123456789";

    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(LIMIT)
            .build();

    private final LabNamespace namespace;
    private final Path dir;
    private final LabClock clock;
    private final List<String> command = new ArrayList<>();
    private final int httpPort;
    private final int managementPort;
    private final List<DaemonProcess> relays = new ArrayList<>();
    private Process process;

    /**
     * Starts a decoy and waits until it answers.
     *
     * @param dir its working directory
     * @param addresses where its port 25 is, with a comma between them
     * @param settings keys with values
     */
    LabDecoy(LabNamespace namespace, Path dir, LabClock clock, String addresses, List<String> settings) {
        this.namespace = namespace;
        this.dir = dir;
        this.clock = clock;
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + Path.of("deploy/jvm.options").toAbsolutePath(),
                "-XX:TieredStopAtLevel=1",
                LoopWatchdogAgent.jvmOption(),
                "-Ddecoy.smtp.host=" + addresses,
                "-Ddecoy.smtp.port=25",
                "-Ddecoy.smtp.greeting-delay=200ms",
                "-Ddecoy.ledger.dir=" + dir,
                "-Ddecoy.exempt.spf-domains=",
                "-Ddecoy.admin.token=" + TOKEN,
                "-Dquarkus.vertx.max-event-loop-execute-time=60s",
                "-Dquarkus.http.host=127.0.0.1",
                "-Dquarkus.management.host=127.0.0.1"));
        settings.forEach(setting -> command.add("-D" + setting));
        command.add("-jar");
        command.add(Path.of(System.getProperty("decoymx.jar", "target/quarkus-app/quarkus-run.jar"))
                .toAbsolutePath()
                .toString());
        process = start();
        httpPort = relay(8080);
        managementPort = relay(9000);
        awaitReady();
    }

    private Process start() {
        ProcessBuilder builder = namespace.builder(command.toArray(String[]::new));
        builder.environment().putAll(clock.environment());
        try {
            return builder.directory(dir.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            dir.resolve("decoy.log").toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The test is in another namespace, so each of its connections goes through a socat. */
    private int relay(int port) {
        int local = TestResources.reservePort();
        String socat = RealProgram.require("socat");
        String inside = String.join(" ", namespace.command(socat, "STDIO", "TCP\\:127.0.0.1\\:" + port));
        relays.add(DaemonProcess.start(
                dir, local, socat, "TCP-LISTEN:" + local + ",bind=127.0.0.1,reuseaddr,fork", "EXEC:" + inside));
        return local;
    }

    private void awaitReady() {
        await("the decoy")
                .atMost(LIMIT)
                .pollInterval(POLL)
                .failFast(() -> assertThat(process.isAlive()).as(this::log).isTrue())
                .until(this::isReady);
    }

    private boolean isReady() {
        try {
            return send(request(managementPort, "/q/health/ready").GET()).statusCode() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    private static HttpRequest.Builder request(int port, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(LIMIT)
                .header("Authorization", "Bearer " + TOKEN);
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The body of a path on the HTTP port. */
    String get(String path) {
        return send(request(httpPort, path).GET()).body();
    }

    /** The health data. */
    String health() {
        return send(request(managementPort, "/q/health").GET()).body();
    }

    /** Posts a body to a path on the HTTP port, and requires success. */
    void post(String path, String body) {
        HttpResponse<String> response = send(request(httpPort, path).POST(HttpRequest.BodyPublishers.ofString(body)));
        assertThat(response.statusCode()).as(response.body()).isBetween(200, 299);
    }

    /** The tier that {@code /senders/{ip}} has. */
    String tierOf(String address) {
        return get("/senders/" + address).replaceAll("(?s).*\"tier\":\"([a-z]+)\".*", "$1");
    }

    /** Waits until a sender is in a tier. */
    void awaitTier(String address, String tier) {
        await(address + " to be " + tier).atMost(LIMIT).pollInterval(POLL).untilAsserted(() -> assertThat(
                        tierOf(address))
                .as(() -> describe(address))
                .isEqualTo(tier));
    }

    /** Waits until the decoy has counted this many sessions of an address, and returns the sender's report. */
    String awaitSessions(String address, int sessions) {
        await(sessions + " sessions of " + address)
                .atMost(LIMIT)
                .pollInterval(POLL)
                .untilAsserted(() -> assertThat(get("/senders/" + address)).contains("\"sessions\":" + sessions + ","));
        return get("/senders/" + address);
    }

    /** Waits until the plain feed, with both tiers, has an address or a network. */
    void awaitInFeed(String entry) {
        await(entry + " to be in the feed").atMost(LIMIT).pollInterval(POLL).untilAsserted(() -> assertThat(
                        feed("/feeds/plain"))
                .contains(entry));
    }

    /** Waits until the plain feed, with both tiers, does not have an address any more. */
    void awaitNotInFeed(String address) {
        await(address + " to leave the feed").atMost(LIMIT).pollInterval(POLL).untilAsserted(() -> assertThat(
                        feed("/feeds/plain"))
                .doesNotContain(address));
    }

    /** What is known about a sender, for the message of a failed test. */
    String describe(String address) {
        return get("/senders/" + address) + "\n" + health() + "\n" + log();
    }

    /** The lines of a feed without its comments. */
    List<String> feed(String path) {
        return get(path).lines().filter(line -> !line.startsWith("#")).toList();
    }

    /** The output of the process. */
    String log() {
        return Files.exists(dir.resolve("decoy.log")) ? CompletedProgram.read(dir.resolve("decoy.log")) : "";
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
        relays.forEach(DaemonProcess::close);
        LoopWatchdogAgent.assertNoLoopBlocked(log());
    }
}
