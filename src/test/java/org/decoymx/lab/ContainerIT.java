package org.decoymx.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.decoymx.bench.ProcessUsage;
import org.decoymx.it.CompletedProgram;
import org.decoymx.it.Postfix;
import org.decoymx.it.RealProgram;
import org.decoymx.it.TestResources;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The container of deploy/compose.yaml, by docker-compose and podman, with clients from another network. */
class ContainerIT {
    private static final String HOST = "23.0.0.1";
    private static final String HOST_IPV6 = "2a01:4f8:1::1";
    private static final String SENDER = "23.0.0.7";
    private static final String SENDER_IPV6 = "2a01:4f8:1::7";

    /** The container's gateway in compose.yaml. */
    private static final String GATEWAY = "172.30.25.1";

    private static final Path CLIENTS =
            Path.of("src/test/resources/container/clients.py").toAbsolutePath();

    private static final int HELD = 2_000;
    private static final int ROUNDS = 10;
    private static final double MEMORY_MIB = 192;
    private static final Duration LIMIT = Duration.ofMinutes(3);

    /** There is no DNS here; and no limit may be above that of the test. */
    private static final String OVERRIDE = """
            services:
              decoymx:
                image: %s
                environment:
                  DECOY_POLICY_MODE: enforce
                  DECOY_POLICY_REQUIRE_MX: "false"
                  DECOY_EXEMPT_SPF_DOMAINS: ""
                  DECOY_SMTP_GREETING_DELAY: 0s
                ulimits:
                  nofile: 10000
                  nproc: 4000
            """.formatted(LabPodman.IMAGE);

    private static final String POLICY_REQUEST = """
            exec 3<> /dev/tcp/127.0.0.1/10031
            printf 'request=smtpd_access_policy\\nclient_address=192.0.2.1\\n\\n' >&3
            head -n 1 <&3
            """;

    private final Path dir = TestResources.createDirectory("container");
    private LabNamespace world;
    private LabNamespace site;
    private LabPodman podman;
    private Process service;

    @BeforeEach
    void build() throws IOException {
        Stream.of("docker-compose", "python3", "curl").forEach(RealProgram::require);
        world = new LabNamespace(Files.createDirectory(dir.resolve("world")));
        site = new LabNamespace(Files.createDirectory(dir.resolve("site")));
        LabNamespace.connect(world, site);
        site.run("ip", "address", "add", HOST + "/24", "dev", "eth0");
        site.run("ip", "address", "add", HOST_IPV6 + "/64", "dev", "eth0", "nodad");
        site.run("ip", "route", "add", "23.1.0.0/16", "via", SENDER);
        world.run("ip", "address", "add", SENDER + "/24", "dev", "eth0");
        world.run("ip", "address", "add", SENDER_IPV6 + "/64", "dev", "eth0", "nodad");
        world.run("ip", "route", "add", "local", "23.1.0.0/16", "dev", "lo");
        podman = new LabPodman(site);
        service = podman.serve();
        podman.write("override.yaml", OVERRIDE);
    }

    @AfterEach
    void clean() {
        if (service != null) {
            service.destroyForcibly();
        }
        if (podman != null) {
            podman.close();
        }
        Stream.of(world, site).forEach(LabNamespace::close);
        TestResources.delete(dir);
    }

    private void compose(String... arguments) {
        Path override = podman.socket().resolveSibling("override.yaml");
        String[] command = Stream.concat(
                        Stream.of(
                                "env",
                                "DOCKER_HOST=unix://" + podman.socket(),
                                "DECOY_HOSTNAME=mx9.example.org",
                                "DECOY_DOMAINS=example.org",
                                "docker-compose",
                                "--file=" + Path.of("deploy/compose.yaml").toAbsolutePath(),
                                "--file=" + override),
                        Stream.of(arguments))
                .toArray(String[]::new);
        CompletedProgram run = CompletedProgram.run(LIMIT, site.command(command));
        assertThat(run.code()).as(run.output()).isZero();
    }

    private String inspect(String format) {
        return podman.runSuccessfully("inspect", "--format=" + format, container());
    }

    private String container() {
        return podman.runSuccessfully("ps", "--latest", "--quiet");
    }

    private long pid() {
        return Long.parseLong(inspect("{{.State.Pid}}"));
    }

    /** Runs a program in the container. */
    private CompletedProgram exec(String... command) {
        return podman.run(Stream.concat(Stream.of("exec", container()), Stream.of(command))
                .toArray(String[]::new));
    }

    private void awaitHealthy() {
        await("the health check")
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> assertThat(
                                podman.run("healthcheck", "run", container()).code())
                        .as(() -> podman.run("logs", container()).output())
                        .isZero());
    }

    /** Sends a message from the world, which is deferred. */
    private void mail(String host) {
        String script = "echo hello | curl -sS -m 60 'smtp://" + host
                + "' --mail-from a@example.com --mail-rcpt b@example.org -T -";
        CompletedProgram run = CompletedProgram.run(LIMIT, world.command("sh", "-c", script));
        assertThat(run.output()).contains("DATA failed: 451");
    }

    private void awaitListed(String... senders) {
        await("the feed").atMost(LIMIT).untilAsserted(() -> assertThat(
                        site.run("curl", "-sS", "http://127.0.0.1:8080/blocklist.txt")
                                .lines())
                .contains(senders));
    }

    private void awaitFinding(String finding) {
        await(finding).atMost(LIMIT).untilAsserted(() -> assertThat(
                        exec("decoymx", "check").output())
                .contains(finding));
    }

    @Test
    void compose_keepsAddresses_survivesKill9_andFloodsWithinItsMemory() throws IOException {
        compose("up", "--detach", "--no-build");
        awaitHealthy();
        assertConfined();
        assertGatewayIsFound();
        deliverAndKill();
        mail("[" + HOST_IPV6 + "]");
        awaitListed(SENDER, SENDER_IPV6);
        awaitFinding("ok       source-address");
        assertClosedToTheWorld();
        holdSessionsAndStop();
        runInNetworkOfHost();
    }

    @Test
    @Tag("long")
    void compose_killedInAFloodTenTimes_keepsWhatIsListed() throws IOException {
        compose("up", "--detach", "--no-build");
        awaitHealthy();
        mail(HOST);
        awaitListed(SENDER);
        for (int round = 0; round < ROUNDS; round++) {
            Process clients = holdSessions();
            try {
                assertThat(ProcessUsage.residentMebibytes(pid())).isLessThan(MEMORY_MIB);
                kill();
            } finally {
                clients.destroyForcibly();
            }
            compose("start");
            awaitHealthy();
            awaitListed(SENDER);
        }
    }

    /** As with a userland proxy, all clients have one address, and nobody can be listed. */
    private void assertGatewayIsFound() {
        String[] rule = {"POSTROUTING", "-o", "podman+", "-j", "MASQUERADE"};
        site.run(Stream.concat(Stream.of("iptables", "-t", "nat", "-I"), Stream.of(rule))
                .toArray(String[]::new));
        mail(HOST);
        awaitFinding("problem  source-address: All clients seem to be the default gateway " + GATEWAY);
        site.run(Stream.concat(Stream.of("iptables", "-t", "nat", "-D"), Stream.of(rule))
                .toArray(String[]::new));
    }

    private void assertConfined() throws IOException {
        assertThat(exec("id", "-u").output()).isEqualTo("10001\n");
        CompletedProgram write = exec("sh", "-c", "touch /opt/decoymx/x /etc/x /x; touch /data/x /tmp/x && rm /data/x");
        assertThat(write.code()).as(write.output()).isZero();
        assertThat(write.countMatches("Read-only file system")).isEqualTo(3);
        assertThat(Files.readString(Path.of("/proc/" + pid() + "/status")))
                .containsPattern("CapEff:\\s+0{16}")
                .containsPattern("CapBnd:\\s+0{16}")
                .containsPattern("NoNewPrivs:\\s+1");
        assertThat(inspect("{{.HostConfig.Memory}} {{.HostConfig.PidsLimit}}")).isEqualTo("201326592 256");
        assertThat(inspect("{{.Config.Labels}}"))
                .contains("image.version:1.2.3", "image.revision:abc", "image.licenses:Apache-2.0");
        assertThat(Files.readString(Path.of("/proc/" + pid() + "/maps"))).contains("/opt/decoymx/classes.jsa");
        assertThat(exec("decoymx", "status").output()).contains("Mode: enforce");
    }

    /** A real mail server is deferred; what is listed stays listed when the decoy is killed. */
    private void deliverAndKill() {
        String main = "relayhost = [" + HOST + "]:25\nsmtp_bind_address = " + SENDER + "\n";
        try (Postfix postfix = new Postfix(main, "", world.command())) {
            postfix.submit("a@example.com", "user@example.org");
            await("the deferral").atMost(LIMIT).untilAsserted(() -> assertThat(postfix.queuedMessages())
                    .as(postfix::log)
                    .singleElement()
                    .asString()
                    .contains("said: 451 4.7.1 try again later"));
        }
        awaitListed(SENDER);
        long killed = kill();
        compose("start");
        awaitHealthy();
        assertThat(pid()).isNotIn(0L, killed);
        awaitListed(SENDER);
    }

    private long kill() {
        ProcessHandle process = ProcessHandle.of(pid()).orElseThrow();
        process.destroyForcibly();
        process.onExit().join();
        await("podman to see it").atMost(LIMIT).until(() -> pid() != process.pid());
        return process.pid();
    }

    private void assertClosedToTheWorld() {
        for (int port : new int[] {8080, 9000, 5335, 10031, 10032}) {
            CompletedProgram run =
                    CompletedProgram.run(LIMIT, world.command("curl", "-sS", "-m", "60", HOST + ":" + port));
            assertThat(run.output()).contains("Failed to connect");
        }
        assertThat(site.run("bash", "-c", POLICY_REQUEST)).startsWith("action=");
    }

    private Process holdSessions() throws IOException {
        Process clients = world.builder("python3", CLIENTS.toString(), HOST, Integer.toString(HELD))
                .redirectErrorStream(true)
                .start();
        assertThat(clients.inputReader(StandardCharsets.US_ASCII).readLine()).isEqualTo("held");
        return clients;
    }

    private void holdSessionsAndStop() throws IOException {
        long pid = pid();
        Process clients = holdSessions();
        try {
            assertThat(ProcessUsage.residentMebibytes(pid)).isLessThan(MEMORY_MIB);
            mail(HOST);
            assertThat(pid()).isEqualTo(pid);
            awaitHealthy();
            compose("stop");
            // not 137: it was not killed after stop_grace_period
            assertThat(inspect("{{.State.ExitCode}} {{.State.OOMKilled}}")).isIn("143 false", "0 false");
        } finally {
            clients.destroyForcibly();
        }
    }

    /** The command of docs/container.md, without DNS, and with the address of this host. */
    private void runInNetworkOfHost() throws IOException {
        String page = Files.readString(Path.of("docs/container.md"));
        Matcher command = Pattern.compile("\npodman (run --detach .*?\n) +decoymx\n", Pattern.DOTALL)
                .matcher(page);
        assertThat(command.find()).isTrue();
        assertThat(page).contains("net.ipv4.ip_unprivileged_port_start=25");
        site.run("sysctl", "-w", "net.ipv4.ip_unprivileged_port_start=25");
        String options = command.group(1).replace("\\\n", "").replace("192.0.2.9", HOST)
                + " --ulimit host --env DECOY_POLICY_MODE=enforce --env DECOY_POLICY_REQUIRE_MX=false"
                + " --env DECOY_EXEMPT_SPF_DOMAINS=";
        podman.runSuccessfully(Stream.concat(Stream.of(options.trim().split("\\s+")), Stream.of(LabPodman.IMAGE))
                .toArray(String[]::new));
        awaitHealthy();
        mail(HOST);
        awaitListed(SENDER);
        awaitFinding("ok       source-address");
        assertClosedToTheWorld();
    }
}
