package org.decoymx.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.decoymx.dns.DnsClient;
import org.decoymx.dns.DnsLookupException;
import org.decoymx.dns.NameServers;
import org.decoymx.it.CompletedProgram;
import org.decoymx.it.NsdServer;
import org.decoymx.it.RealProgram;
import org.decoymx.it.TestResources;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The decoy finds the name servers that getent finds, in the same resolv.conf. */
class ResolvConfIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration TRY_TIMEOUT = Duration.ofSeconds(60);
    private static final String HOST = "mail.good.test";
    private static final String ADDRESS = "203.0.113.40";

    private static NsdServer server;

    private final Path dir = TestResources.createDirectory("resolvconf");
    private final Path file = dir.resolve("resolv.conf");

    @BeforeAll
    static void start() {
        server =
                new NsdServer().setZone("good.test", "mail A " + ADDRESS + "\n").start();
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @AfterEach
    void clean() {
        TestResources.delete(dir);
    }

    private void write(String text) throws IOException {
        String address = server.resolvConfAddress();
        String[] octets = address.split("\\.", -1);
        Files.writeString(
                file,
                text.replace("HEX", "0x7f." + octets[1] + "." + octets[2] + ".066")
                                .replace("SHORT", "127." + octets[1] + "." + (Integer.parseInt(octets[2]) * 256 + 54))
                                .replace("DEAD", address.replaceAll("[0-9]+$", "55"))
                                .replace("SERVER", address)
                        + "\noptions timeout:1 attempts:1\n",
                StandardCharsets.ISO_8859_1);
    }

    private String getent() {
        String script = "mount --bind \"$0\" /etc/resolv.conf && exec getent hosts " + HOST;
        return CompletedProgram.run(
                        LIMIT, RealProgram.require("unshare"), "--mount", "sh", "-c", script, file.toString())
                .output();
    }

    /** What the decoy's client finds; empty when it has no name server. */
    private String query() throws Exception {
        Vertx vertx = Vertx.vertx();
        try {
            NameServers servers = new NameServers(List.of(), file, Clock.systemUTC());
            return new DnsClient(vertx, servers, TRY_TIMEOUT)
                    .lookUpAddresses(HOST, false)
                    .get(0)
                    .getHostAddress();
        } catch (DnsLookupException e) {
            return "";
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nameserver SERVER",
                "# caf\u00e9\nnameserver SERVER",
                "search a.test b.test\n;nameserver DEAD\nnameserver\t SERVER \t",
                "nameserver SERVER # the only one",
                "nameserver HEX",
                "nameserver SHORT",
                "nameserver nonsense\nnameserver SERVER"
            })
    void serverThatGetentFinds_isFound(String text) throws Exception {
        write(text);
        assertThat(getent()).startsWith(ADDRESS);
        assertThat(query()).isEqualTo(ADDRESS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nameservers SERVER",
                "nameserver SERVER:53",
                "nameserver SERVER#comment",
                "#nameserver SERVER"
            })
    void serverThatGetentDoesNotFind_isNotFound(String text) throws Exception {
        write(text);
        assertThat(getent()).doesNotContain(ADDRESS);
        assertThat(query()).isEmpty();
    }

    /** The built jar in a network namespace, where the only name server has a link-local address. */
    @Test
    void linkLocalServer_withTheNameOfItsInterface_isQueriedOverUdpAndTcp() throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        try (LabNamespace namespace = new LabNamespace(dir)) {
            Files.write(file, "# caf\u00e9\nnameserver fe80::53%link0\n".getBytes(StandardCharsets.ISO_8859_1));
            namespace.run("ip", "link", "add", "link0", "type", "veth", "peer", "name", "link1");
            namespace.run("ip", "link", "set", "link0", "up");
            namespace.run("ip", "link", "set", "link1", "up");
            namespace.run("ip", "address", "add", "fe80::53/64", "dev", "link0", "nodad");
            Process nsd = namespace
                    .builder(
                            RealProgram.require("nsd"),
                            "-d",
                            "-c",
                            writeNsdConfig().toString())
                    .redirectErrorStream(true)
                    .redirectOutput(dir.resolve("nsd.log").toFile())
                    .start();
            Process decoy = namespace
                    .builder(
                            java,
                            "@" + Path.of("deploy/jvm.options").toAbsolutePath(),
                            "-Ddecoy.smtp.host=127.0.0.1",
                            "-Ddecoy.domains=good.test",
                            "-Ddecoy.exempt.spf-domains=good.test",
                            "-Ddecoy.ledger.dir=" + dir,
                            "-jar",
                            Path.of(System.getProperty("decoymx.jar", "target/quarkus-app/quarkus-run.jar"))
                                    .toAbsolutePath()
                                    .toString())
                    .redirectErrorStream(true)
                    .redirectOutput(dir.resolve("decoy.log").toFile())
                    .start();
            try {
                await("getent to find the address").atMost(LIMIT).untilAsserted(() -> assertThat(
                                namespace.run("getent", "hosts", HOST))
                        .startsWith(ADDRESS));
                await("the decoy to find it").atMost(LIMIT).untilAsserted(() -> assertThat(dir.resolve("spf.txt"))
                        .as(CompletedProgram.read(dir.resolve("decoy.log")))
                        .content()
                        .contains("203.0.113.99"));
            } finally {
                List.of(decoy, nsd).forEach(process -> {
                    process.destroyForcibly();
                    process.onExit().join();
                });
            }
        }
    }

    /** The SPF record does not fit into a UDP datagram. */
    private Path writeNsdConfig() throws IOException {
        String strings = " \"" + "ip4:203.0.113.99 ".repeat(14) + "\"";
        Files.writeString(dir.resolve("good.test.zone"), """
                $ORIGIN good.test.
                $TTL 1
                @ SOA ns.invalid. hostmaster.invalid. 1 1 1 1 1
                @ NS ns.invalid.
                @ TXT "v=spf1 "%s "-all"
                mail A %s
                """.formatted(strings.repeat(8), ADDRESS));
        return Files.writeString(dir.resolve("nsd.conf"), """
                server:
                  ip-address: fe80::53%%link0
                  server-count: 1
                  username: ""
                  chroot: ""
                  zonesdir: "%1$s"
                  database: ""
                  pidfile: "%1$s/nsd.pid"
                  xfrdfile: "%1$s/xfrd.state"
                  xfrdir: "%1$s"
                  zonelistfile: "%1$s/zone.list"
                remote-control:
                  control-enable: no
                zone:
                  name: "good.test"
                  zonefile: "good.test.zone"
                """.formatted(dir));
    }
}
