package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/**
 * A real Kafka broker in a process of its own, which is its own controller (KRaft), on loopback, with the shipped
 * settings and a small heap. Its jars are not on the class path of the tests: Maven resolves those of
 * {@code src/test/kafka/pom.xml} when the first broker starts.
 */
public final class KafkaBroker implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration MAVEN_LIMIT = Duration.ofMinutes(10);
    private static final Duration POLL = Duration.ofMillis(50);
    private static final Path POM = Path.of("src/test/kafka/pom.xml");
    private static final Path SHIPPED = Path.of("deploy/exchange");
    private static final Path CLASS_PATH = Path.of("target/kafka.classpath");
    private static final String CLUSTER_ID = "ZGVjb3lteC10ZXN0LWl0cw";

    /** The clients of the tests log all their settings, and each lost connection. */
    private static final Logger CLIENT_LOG = Logger.getLogger("org.apache.kafka");

    static {
        CLIENT_LOG.setLevel(Level.SEVERE);
    }

    private final Path dir = TestResources.createDirectory("kafka");
    private final int id;
    private final int port = TestResources.reservePort();
    private final int controllerPort = TestResources.reservePort();

    /** Where the broker listens for a second time, and the port that it tells clients who come from there. */
    private final int behindRelayPort = TestResources.reservePort();

    private final int relayPort = TestResources.reservePort();
    private final @Nullable KafkaCertificates certificates;
    private String voters = "";
    private @Nullable Process process;
    private @Nullable DaemonProcess relay;

    private KafkaBroker(int id, @Nullable KafkaCertificates certificates) {
        this.id = id;
        this.certificates = certificates;
    }

    /** Starts a single broker without access control. */
    public static KafkaBroker start() {
        return start(1, null).get(0);
    }

    /**
     * Starts a single broker with TLS, which asks clients for a certificate. {@link KafkaCertificates#ADMIN} may do
     * all, other principals ({@code User:name}) what the access list of the broker allows.
     */
    static KafkaBroker startWithTls(KafkaCertificates certificates) {
        return start(1, certificates).get(0);
    }

    /** Starts three brokers that form one cluster. */
    static List<KafkaBroker> startThree() {
        return start(3, null);
    }

    private static List<KafkaBroker> start(int count, @Nullable KafkaCertificates certificates) {
        List<KafkaBroker> brokers = IntStream.rangeClosed(1, count)
                .mapToObj(id -> new KafkaBroker(id, certificates))
                .toList();
        String voters = brokers.stream()
                .map(broker -> broker.id + "@127.0.0.1:" + broker.controllerPort)
                .collect(Collectors.joining(","));
        try {
            for (KafkaBroker broker : brokers) {
                broker.voters = voters;
                Files.writeString(broker.configuration(), broker.properties(count));
                broker.format();
                broker.startProcess();
            }
            brokers.forEach(KafkaBroker::awaitReady);
            return brokers;
        } catch (IOException e) {
            brokers.forEach(KafkaBroker::close);
            throw new UncheckedIOException(e);
        } catch (RuntimeException | AssertionError e) {
            brokers.forEach(KafkaBroker::close);
            throw e;
        }
    }

    /** The shipped settings with other ports and directories, the listener of the relay, and small indexes. */
    private String properties(int count) {
        String protocol = certificates == null ? "PLAINTEXT" : "SSL";
        String shipped = CompletedProgram.read(SHIPPED.resolve("server.properties"))
                .replace("/var/lib/kafka/data", data().toString());
        String tls = certificates == null
                ? ""
                : CompletedProgram.read(SHIPPED.resolve("tls.properties"))
                        .replace("/etc/kafka/secrets", certificates.dir().toString());
        return shipped + tls + """
                listeners=BROKER://127.0.0.1:%1$d,RELAYED://127.0.0.1:%2$d,CONTROLLER://127.0.0.1:%3$d
                advertised.listeners=BROKER://127.0.0.1:%1$d,RELAYED://127.0.0.1:%4$d
                listener.security.protocol.map=BROKER:%5$s,RELAYED:%5$s,CONTROLLER:%5$s
                offsets.topic.replication.factor=%6$d
                # a killed broker is replaced as leader after this time
                broker.session.timeout.ms=6000
                broker.heartbeat.interval.ms=1000
                # files of this size are set up for each partition
                log.index.size.max.bytes=65536
                """.formatted(port, behindRelayPort, controllerPort, relayPort, protocol, count);
    }

    private Path configuration() {
        return dir.resolve("server.properties");
    }

    private Path data() {
        return dir.resolve("data");
    }

    private Path logFile() {
        return dir.resolve("broker.log");
    }

    private List<String> java(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                "env",
                "NODE_ID=" + id,
                "ADDRESS=127.0.0.1",
                "VOTERS=" + voters,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx96m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                classPath()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** The jars of the broker. Test processes that start brokers at the same time wait for each other. */
    private static String classPath() {
        try (FileChannel lock = FileChannel.open(
                Files.createDirectories(CLASS_PATH.toAbsolutePath().getParent()).resolve("kafka.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE)) {
            lock.lock();
            if (!isResolved() && resolve("--offline").code() != 0) {
                CompletedProgram online = resolve("--no-transfer-progress");
                assertThat(online.code()).as(online.output()).isZero();
            }
            return Files.readString(CLASS_PATH);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isResolved() throws IOException {
        return Files.exists(CLASS_PATH)
                && Files.getLastModifiedTime(CLASS_PATH).compareTo(Files.getLastModifiedTime(POM)) >= 0
                && Stream.of(Files.readString(CLASS_PATH).split(":", -1)).allMatch(jar -> Files.exists(Path.of(jar)));
    }

    private static CompletedProgram resolve(String option) {
        String home = System.getProperty("maven.home");
        return CompletedProgram.run(
                MAVEN_LIMIT,
                home == null ? "mvn" : Path.of(home, "bin", "mvn").toString(),
                option,
                "--batch-mode",
                "--quiet",
                "--file",
                POM.toString(),
                "-Dclasspath.file=" + CLASS_PATH.toAbsolutePath(),
                "validate");
    }

    private void format() {
        CompletedProgram format = CompletedProgram.run(
                LIMIT,
                java(
                                "kafka.tools.StorageTool",
                                "format",
                                "-t",
                                CLUSTER_ID,
                                "-c",
                                configuration().toString())
                        .toArray(String[]::new));
        assertThat(format.code()).as(format.output()).isZero();
    }

    private void startProcess() {
        try {
            process = new ProcessBuilder(java("kafka.Kafka", configuration().toString()))
                    .directory(dir.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A broker listens for clients once it is part of its cluster. */
    private void awaitReady() {
        awaitListeningOrEnd();
        assertThat(hasExited()).as("the broker has exited:%n%s", log()).isFalse();
    }

    private void awaitListeningOrEnd() {
        await("broker " + id).atMost(LIMIT).pollInterval(POLL).until(() -> hasExited() || isListening(port));
    }

    private static boolean isListening(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether it is stopped. */
    boolean hasExited() {
        return process == null || !process.isAlive();
    }

    /** Its errors and warnings so far. */
    String log() {
        return CompletedProgram.read(logFile());
    }

    /** Its host and port, as in {@code decoy.exchange.servers}. */
    public String address() {
        return "127.0.0.1:" + port;
    }

    /** The same through a relay, which {@link #partition} stops; all connections of such a client go through it. */
    String relayedAddress() {
        if (relay == null) {
            try {
                Path configuration =
                        Files.writeString(dir.resolve("haproxy.cfg"), """
                        defaults
                            mode tcp
                            timeout connect 1h
                            timeout client 1h
                            timeout server 1h
                        listen relay
                            bind 127.0.0.1:%d
                            server broker 127.0.0.1:%d
                        """.formatted(relayPort, behindRelayPort));
                relay = DaemonProcess.start(
                        dir, relayPort, RealProgram.require("haproxy"), "-db", "-f", configuration.toString());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return "127.0.0.1:" + relayPort;
    }

    /** From now on nothing comes through the relay; connections stay open, without a word. */
    void partition() {
        signalRelay("-STOP");
    }

    /** The relay works again. */
    void heal() {
        signalRelay("-CONT");
    }

    private void signalRelay(String signal) {
        CompletedProgram kill = CompletedProgram.run(
                LIMIT,
                "kill",
                signal,
                String.valueOf(Objects.requireNonNull(relay).pid()));
        assertThat(kill.code()).as(kill.output()).isZero();
    }

    /** A client with all rights; the caller closes it. */
    public Admin admin() {
        return Admin.create(clientSettings());
    }

    /** The settings with which a client connects to it as {@link KafkaCertificates#ADMIN}, if there are principals. */
    Map<String, Object> clientSettings() {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", address());
        settings.put("metric.reporters", "");
        if (certificates != null) {
            settings.putAll(certificates.clientSettings(KafkaCertificates.ADMIN));
        }
        return settings;
    }

    /** Kills it with SIGKILL. */
    public void kill() {
        if (process != null) {
            process.destroyForcibly();
            process.onExit().join();
        }
    }

    /** Stops it with SIGTERM. */
    void stop() {
        if (process != null) {
            process.destroy();
            await("the end of broker " + id).atMost(LIMIT).pollInterval(POLL).until(this::hasExited);
        }
    }

    /**
     * Starts it again after a stop, with what is on its disk, and waits until clients can connect. A broker that finds
     * no controller within a minute ends; as in service, it is then started again.
     */
    public void restart() {
        startProcess();
        awaitListeningOrEnd();
        for (int more = 2; more > 0 && hasExited(); more--) {
            startProcess();
            awaitListeningOrEnd();
        }
        awaitReady();
    }

    /** Waits until all partitions are on all brokers that should have them. */
    void awaitInSync() {
        try (Admin admin = admin()) {
            await("replicas in sync").atMost(LIMIT).untilAsserted(() -> assertThat(lagging(admin))
                    .isEmpty());
        }
    }

    private static List<String> lagging(Admin admin) throws InterruptedException, ExecutionException, TimeoutException {
        return admin
                .describeTopics(admin.listTopics().names().get(1, TimeUnit.MINUTES))
                .allTopicNames()
                .get(1, TimeUnit.MINUTES)
                .values()
                .stream()
                .flatMap(topic -> topic.partitions().stream()
                        .filter(partition ->
                                partition.isr().size() < partition.replicas().size())
                        .map(partition -> topic.name() + '-' + partition.partition()))
                .toList();
    }

    /** Deletes all that is on the disk of the stopped broker: topics, their ids, records, access list. */
    public void wipe() {
        TestResources.delete(data());
        format();
    }

    /** Copies all that is on the disk of the stopped broker, once. */
    void save() {
        copy(data(), dir.resolve("saved"));
    }

    /** Puts back what was saved, instead of what is on the disk of the stopped broker now. */
    void putBack() {
        TestResources.delete(data());
        copy(dir.resolve("saved"), data());
    }

    private static void copy(Path from, Path to) {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills it and its relay, and deletes its files. */
    @Override
    public void close() {
        kill();
        if (relay != null) {
            heal();
            relay.close();
        }
        TestResources.delete(dir);
    }
}
