package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The built jar in a separate process, with the shipped JVM options, free loopback ports, and its own directory. It
 * starts with a class-data archive; decoys of the lab, and those of other tests that do not use this, start without.
 */
public final class DecoyProcess implements AutoCloseable {
    /** The setting with which it starts without a class-data archive, but that of the JVM. */
    public static final String WITHOUT_CLASS_DATA = "-plain";

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
    private static final Duration PROBE_LIMIT = Duration.ofSeconds(5);
    private static final Duration PUBLISH_LIMIT = Duration.ofSeconds(2);
    private static final Duration POLL = Duration.ofMillis(10);

    /** An additional JVM option; empty for benchmarks. */
    private static final String JVM = System.getProperty("decoymx.jvm", "");

    /** The source address of readiness checks: not 127.0.0.1, which some tests trust as a proxy. */
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
    private final Map<String, String> environment;
    private Process process;
    private long startedNanos = System.nanoTime();
    private Duration startupTime = Duration.ZERO;

    private DecoyProcess(List<String> wrapper, Map<String, String> environment, List<String> settings) {
        this.environment = environment;
        command = new ArrayList<>(wrapper);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + Path.of("deploy/jvm.options").toAbsolutePath(),
                "-Ddecoy.smtp.host=127.0.0.1",
                "-Ddecoy.smtp.port=" + smtpPort,
                "-Ddecoy.ledger.dir=" + dir,
                "-Ddecoy.exempt.spf-domains=",
                // without DNS nothing would count
                "-Ddecoy.policy.require-mx=false",
                "-Ddecoy.dnsbl.host=127.0.0.1",
                "-Ddecoy.dnsbl.port=" + dnsPort,
                "-Ddecoy.lookup.policy-port=" + policyPort,
                "-Ddecoy.lookup.socketmap-port=" + socketmapPort,
                // on a busy machine an event loop may wait for a processor longer than the default limit of 2 seconds
                "-Dquarkus.vertx.max-event-loop-execute-time=60s",
                "-Dquarkus.http.host=127.0.0.1",
                "-Dquarkus.http.port=" + httpPort,
                "-Dquarkus.management.port=" + managementPort));
        if (JVM.startsWith("-")) {
            command.add(JVM);
            command.add(LoopWatchdogAgent.jvmOption());
        }
        if (!settings.contains(WITHOUT_CLASS_DATA)) {
            command.add("-XX:SharedArchiveFile=" + ClassDataArchive.of(Path.of(jar())));
        }
        settings.stream()
                .filter(setting -> !setting.equals(WITHOUT_CLASS_DATA))
                .forEach(setting -> command.add(setting.startsWith("-") ? setting : "-D" + setting));
        command.add("-jar");
        command.add(jar());
        process = startProcess();
    }

    private Process startProcess() {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        try {
            return builder.directory(dir.toFile())
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
     * Starts a decoy and waits until its SMTP, HTTP and management ports answer.
     *
     * @param settings keys with values ({@code decoy.domains=example.org}), or JVM options ({@code -Xmx1g},
     *     {@link #WITHOUT_CLASS_DATA})
     */
    public static DecoyProcess start(String... settings) {
        return start(Map.of(), settings);
    }

    /** The same with additional environment variables. */
    static DecoyProcess start(Map<String, String> environment, String... settings) {
        return awaitStart(new DecoyProcess(List.of(), environment, List.of(settings)));
    }

    private static DecoyProcess awaitStart(DecoyProcess decoy) {
        try {
            decoy.awaitReady();
            return decoy;
        } catch (RuntimeException | AssertionError e) {
            e.addSuppressed(new IllegalStateException(decoy.log() + decoy.threads()));
            decoy.killAndDelete();
            throw e;
        }
    }

    /** What its threads do, if it runs. */
    private String threads() {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        return hasExited()
                ? ""
                : CompletedProgram.run(Duration.ofMinutes(1), jcmd, String.valueOf(pid()), "Thread.print")
                        .output();
    }

    /** Starts the exited decoy again with the same ports, settings and directory, and waits until it is ready. */
    void restart() {
        restartWithoutWaiting();
        awaitReady();
    }

    /** Starts the exited decoy again, without waiting. */
    void restartWithoutWaiting() {
        startedNanos = System.nanoTime();
        process = startProcess();
    }

    /** Starts a decoy without waiting, for tests in which the start may fail. */
    static DecoyProcess startWithoutWaiting(String... settings) {
        return new DecoyProcess(List.of(), Map.of(), List.of(settings));
    }

    /**
     * Starts a decoy like {@link #start}, in its own mount and host name namespace.
     *
     * @param preparation a shell script that prepares its environment: variables, mounts, the host name, the umask
     */
    static DecoyProcess startAfter(String preparation, String... settings) {
        RealProgram.requireRoot();
        List<String> wrapper = List.of(
                RealProgram.require("unshare"), "--mount", "--uts", "sh", "-ec", preparation + "\nexec \"$@\"", "sh");
        return awaitStart(new DecoyProcess(wrapper, Map.of(), List.of(settings)));
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
            fail("the decoy exited during the start:\n" + log());
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

    /** Whether the process has exited. */
    boolean hasExited() {
        return !process.isAlive();
    }

    /** The exit code; the process must have exited. */
    int exitCode() {
        return process.exitValue();
    }

    public int smtpPort() {
        return smtpPort;
    }

    int httpPort() {
        return httpPort;
    }

    int managementPort() {
        return managementPort;
    }

    /** The DNS port, for UDP and TCP. */
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

    /** The URL of a path on the HTTP port. */
    public String url(String path) {
        return "http://127.0.0.1:" + httpPort + path;
    }

    /** Gets a path from the HTTP port. */
    public HttpResponse<String> get(String path) {
        return fetch(url(path));
    }

    /** Gets a path from the management port. */
    public HttpResponse<String> getManagement(String path) {
        return fetch("http://127.0.0.1:" + managementPort + path);
    }

    /**
     * Whether all health checks are up, apart from the protections of the domains: most tests have no real MX that
     * reports its visitors.
     */
    public boolean isHealthy() {
        try {
            for (JsonNode check : new ObjectMapper()
                    .readTree(getManagement("/q/health").body())
                    .path("checks")) {
                boolean isUp = check.path("status").asText().equals("UP");
                if (!isUp && !check.path("name").asText().equals("domains protected")) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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

    /** The value of a metric without tags, or with exactly these tags: {@code decoy_replies_total{code="451"}}. */
    public double metricValue(String name) {
        return getManagement("/q/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no metric " + name));
    }

    /** The entries of the plain feed. */
    List<String> feedEntries() {
        return lines("").toList();
    }

    private Stream<String> lines(String prefix) {
        return get("/blocklist.txt").body().lines().filter(line -> line.startsWith(prefix) && !line.startsWith("#"));
    }

    /** Checks that the address is in the feed within two seconds, as the decoy promises. */
    void awaitListed(String address) {
        Stopwatch.start().within(PUBLISH_LIMIT, () -> assertThat(feedEntries()).contains(address));
    }

    /** Like {@link #awaitListed}, when the first listing of a sender waits for a probe of the primary MX. */
    void awaitListedAfterProbe(String address) {
        Stopwatch.start().within(PROBE_LIMIT, () -> assertThat(feedEntries()).contains(address));
    }

    /** Waits until the decoy has counted this many sessions of an address, and returns the sender's JSON. */
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

    /** The output of the process so far. */
    String log() {
        return CompletedProgram.read(logFile());
    }

    /** Sends a signal ({@code STOP}, {@code CONT}). */
    void signal(String name) {
        CompletedProgram kill = CompletedProgram.run(LIMIT, "kill", "-" + name, String.valueOf(pid()));
        assertThat(kill.code()).as(kill.output()).isZero();
    }

    /** The number of its open file descriptors. */
    long openFiles() {
        try (Stream<Path> files = Files.list(Path.of("/proc/" + pid() + "/fd"))) {
            return files.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends SIGTERM, without waiting. */
    void terminate() {
        process.destroy();
    }

    /** Kills the process with SIGKILL if it is still running, and keeps its directory. */
    void killProcess() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** Kills the process with SIGKILL if it is still running, and deletes its directory. */
    void killAndDelete() {
        killProcess();
        TestResources.delete(dir);
    }

    /** Stops the process with SIGTERM and keeps its directory; fails if it does not exit within 10 seconds. */
    void stop() {
        terminate();
        Stopwatch.start().within(STOP_LIMIT, () -> assertThat(hasExited())
                .as("exited after SIGTERM; its log:%n%s", log())
                .isTrue());
    }

    /**
     * Stops the process with SIGTERM and deletes its directory; fails if it does not exit within 10 seconds, or if an
     * event loop was blocked.
     */
    @Override
    public void close() {
        try {
            stop();
            LoopWatchdogAgent.assertNoLoopBlocked(log());
        } finally {
            killAndDelete();
        }
    }
}
