package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The built jar as a process of its own, with the JVM options that it is shipped with, free ports on loopback, and a
 * directory of its own.
 */
public final class DecoyProcess implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
    private static final Duration PUBLISHED = Duration.ofSeconds(2);
    private static final Duration POLL = Duration.ofMillis(10);

    /** An option of the JVM besides those that are shipped; none for benchmarks. */
    private static final String JVM = System.getProperty("decoymx.jvm", "");

    /** Whence the first greeting is asked for: not 127.0.0.1, which some tests trust as a proxy. */
    private static final String PROBE_ADDRESS = "127.0.0.2";

    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(LIMIT)
            .build();

    private final Path dir = TestResources.createDirectory("decoy");
    private final int smtpPort = TestResources.reservePort();
    private final int httpPort = TestResources.reservePort();
    private final int managementPort = TestResources.reservePort();
    private final int dnsPort = TestResources.reservePort();
    private final int policyPort = TestResources.reservePort();
    private final int socketmapPort = TestResources.reservePort();
    private final List<String> command;
    private Process process;
    private long startedNanos = System.nanoTime();
    private Duration startupTime = Duration.ZERO;

    private DecoyProcess(List<String> settings) {
        command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + Path.of("deploy/jvm.options").toAbsolutePath(),
                "-Ddecoy.smtp.host=127.0.0.1",
                "-Ddecoy.smtp.port=" + smtpPort,
                "-Ddecoy.ledger.dir=" + dir,
                "-Ddecoy.exempt.spf-domains=",
                "-Ddecoy.dnsbl.host=127.0.0.1",
                "-Ddecoy.dnsbl.port=" + dnsPort,
                "-Ddecoy.lookup.policy-port=" + policyPort,
                "-Ddecoy.lookup.socketmap-port=" + socketmapPort,
                // on a busy machine a thread may have to wait for a processor for longer than the default of 2 seconds
                "-Dquarkus.vertx.max-event-loop-execute-time=60s",
                "-Dquarkus.http.host=127.0.0.1",
                "-Dquarkus.http.port=" + httpPort,
                "-Dquarkus.management.host=127.0.0.1",
                "-Dquarkus.management.port=" + managementPort));
        if (JVM.startsWith("-")) {
            command.add(JVM);
        }
        settings.forEach(setting -> command.add(setting.startsWith("-X") ? setting : "-D" + setting));
        command.add("-jar");
        command.add(jar());
        process = startProcess();
    }

    private Process startProcess() {
        try {
            return new ProcessBuilder(command)
                    .directory(dir.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String jar() {
        return Path.of(System.getProperty("decoymx.jar", "target/quarkus-app/quarkus-run.jar"))
                .toAbsolutePath()
                .toString();
    }

    /**
     * Starts a decoy and waits until it greets.
     *
     * @param settings keys and values, as {@code decoy.domains=example.org}, or options of the JVM, as {@code -Xmx1g}
     */
    public static DecoyProcess start(String... settings) {
        DecoyProcess decoy = startWithoutWaiting(settings);
        try {
            decoy.awaitReady();
            return decoy;
        } catch (RuntimeException | AssertionError e) {
            decoy.killAndDelete();
            throw e;
        }
    }

    /** Starts it again, which has ended, as it was: the same ports, settings and directory; waits until it greets. */
    void restart() {
        restartWithoutWaiting();
        awaitReady();
    }

    /** Starts it again, and does not wait. */
    void restartWithoutWaiting() {
        startedNanos = System.nanoTime();
        process = startProcess();
    }

    /** Starts a decoy and does not wait, as it may have reason not to come up. */
    static DecoyProcess startWithoutWaiting(String... settings) {
        return new DecoyProcess(List.of(settings));
    }

    private void awaitReady() {
        await("the SMTP greeting").atMost(LIMIT).pollInterval(POLL).until(() -> hasExited() || isGreeting());
        startupTime = Duration.ofNanos(System.nanoTime() - startedNanos);
        await("the HTTP port").atMost(LIMIT).pollInterval(POLL).until(() -> hasExited() || isListening(httpPort));
        await("the management port")
                .atMost(LIMIT)
                .pollInterval(POLL)
                .until(() -> hasExited() || isListening(managementPort));
        if (hasExited()) {
            fail("the decoy ended at its start:\n" + log());
        }
    }

    private boolean isGreeting() {
        try (SmtpClient socket = new SmtpClient(smtpPort, PROBE_ADDRESS)) {
            return String.valueOf(socket.readLine()).startsWith("220");
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isListening(int port) {
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress(PROBE_ADDRESS, 0));
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether the process has ended. */
    boolean hasExited() {
        return !process.isAlive();
    }

    /** The exit code of the process, which has ended. */
    int exitCode() {
        return process.exitValue();
    }

    public int smtpPort() {
        return smtpPort;
    }

    int managementPort() {
        return managementPort;
    }

    /** Of DNS, over UDP and TCP. */
    public int dnsPort() {
        return dnsPort;
    }

    int policyPort() {
        return policyPort;
    }

    int socketmapPort() {
        return socketmapPort;
    }

    public long pid() {
        return process.pid();
    }

    /** The time from the start of the process to its first SMTP greeting. */
    public Duration startupTime() {
        return startupTime;
    }

    /** The URL of a path on the port of the feeds. */
    public String url(String path) {
        return "http://127.0.0.1:" + httpPort + path;
    }

    /** Gets a path from the port of the feeds. */
    public HttpResponse<String> get(String path) {
        return fetch(url(path));
    }

    /** Gets a path from the management port. */
    public HttpResponse<String> getManagement(String path) {
        return fetch("http://127.0.0.1:" + managementPort + path);
    }

    private static HttpResponse<String> fetch(String url) {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url)).timeout(LIMIT).build();
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The value of a meter without tags, or with exactly the tags given: {@code decoy_replies_total{code="451"}}. */
    public double metricValue(String name) {
        return getManagement("/q/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no meter " + name));
    }

    /** The entries of the plain feed. */
    List<String> feedEntries() {
        return lines("").toList();
    }

    private Stream<String> lines(String prefix) {
        return get("/blocklist.txt").body().lines().filter(line -> line.startsWith(prefix) && !line.startsWith("#"));
    }

    /** Two seconds from now at most the address is in the feed: the decoy's promise. */
    void awaitListed(String address) {
        Stopwatch.start().within(PUBLISHED, () -> assertThat(feedEntries()).contains(address));
    }

    /** Waits until so many sessions of an address are known, and gives what is said of it. */
    String awaitSender(String address, int sessions) {
        String path = "/senders/" + address;
        await(sessions + " sessions of " + address)
                .atMost(LIMIT)
                .until(() -> get(path).body().contains("\"sessions\":" + sessions + ","));
        return get(path).body();
    }

    private Path logFile() {
        return dir.resolve("decoy.log");
    }

    /** What the process has written so far. */
    String log() {
        return CompletedProgram.read(logFile());
    }

    /** Sends SIGTERM, and does not wait. */
    void terminate() {
        process.destroy();
    }

    /** Ends the process with SIGKILL, if it has not ended, and keeps its directory. */
    void killProcess() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** Ends the process, if it has not ended, without waiting for its leave. */
    void killAndDelete() {
        killProcess();
        TestResources.delete(dir);
    }

    /** Stops the process with SIGTERM and keeps its directory; the test fails when it does not end in 10 seconds. */
    void stop() {
        terminate();
        Stopwatch.start().within(STOP_LIMIT, () -> assertThat(hasExited())
                .as("ends after SIGTERM; its log:%n%s", log())
                .isTrue());
    }

    /** Stops the decoy with SIGTERM; the test fails when it does not end in 10 seconds. */
    @Override
    public void close() {
        try {
            stop();
        } finally {
            killAndDelete();
        }
    }
}
