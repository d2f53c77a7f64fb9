package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** HAProxy with the shipped configuration rejects confirmed clients, and forwards suspects and others. */
class HaProxyListIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Path SNIPPETS = Path.of("deploy/consumers");
    private static final String CONFIRMED = "127.0.0.61";
    private static final String SUSPECT = "127.0.0.68";
    private static final String UNLISTED = "127.0.0.69";
    private static final String REJECTED = "rejected";

    private static DecoyProcess decoy;
    private static Path dir;
    private static Path list;
    private static int port;
    private static DaemonProcess haproxy;

    /** The decoy is also the mail server behind HAProxy, because it only has to greet. */
    @BeforeAll
    static void start() throws IOException {
        String program = RealProgram.require("haproxy");
        decoy = DecoyProcess.start(
                "decoy.smtp.greeting-delay=0s",
                "decoy.smtp.proxy-protocol.trusted=" + ProxiedClient.PROXY,
                TrialDecoy.QUICK_TIERS[0],
                TrialDecoy.QUICK_TIERS[1]);
        TrialDecoy.confirmClient(decoy, CONFIRMED);
        TrialDecoy.listClient(decoy, SUSPECT, SUSPECT);
        dir = TestResources.createDirectory("haproxy-list");
        list = dir.resolve("haproxy.list");
        port = TestResources.reservePort();
        CompletedProgram first = fetch();
        assertThat(first.code())
                .as("HAProxy is not running yet: %s", first.output())
                .isZero();
        Path config = Files.writeString(dir.resolve("haproxy.cfg"), config());
        haproxy = DaemonProcess.start(dir, port, program, "-db", "-f", config.toString());
    }

    @AfterAll
    static void stop() {
        if (haproxy != null) {
            haproxy.close();
        }
        if (decoy != null) {
            decoy.close();
            TestResources.delete(dir);
        }
    }

    private static String config() {
        return CompletedProgram.read(SNIPPETS.resolve("haproxy/haproxy.cfg"))
                .replace("/run/haproxy/admin.sock", socket())
                .replace("/var/lib/decoy-fetch/haproxy.list", list.toString())
                .replace("bind :25\n", "bind 127.0.0.1:" + port + "\n")
                .replace("192.0.2.25:25\n", "127.0.0.1:" + decoy.smtpPort() + "\n");
    }

    private static String socket() {
        return dir.resolve("socket").toString();
    }

    private static CompletedProgram fetch() {
        RealProgram.require("socat");
        return DecoyFetch.fromEnvFile(
                        "haproxy/haproxy.env",
                        decoy.url(""),
                        dir,
                        "/usr/local/bin/load-haproxy",
                        SNIPPETS.resolve("haproxy/load-haproxy") + " " + list + " " + socket())
                .run();
    }

    private static CompletedProgram load() {
        return CompletedProgram.run(
                LIMIT, SNIPPETS.resolve("haproxy/load-haproxy").toString(), list.toString(), socket());
    }

    /** The first line that a client receives. A rejected client sees the connection closed or reset. */
    private static String greeting(String client) throws IOException {
        try (SmtpClient socket = new SmtpClient(port, client)) {
            String line = socket.readLine();
            return line == null ? REJECTED : line;
        } catch (SocketException e) {
            assertThat(e).hasMessageStartingWith("Connection reset");
            return REJECTED;
        }
    }

    private static void awaitRejected(String client) {
        await(client + " to be rejected").atMost(LIMIT).untilAsserted(() -> assertThat(greeting(client))
                .isEqualTo(REJECTED));
    }

    @Test
    void confirmedClient_isRejected_suspectsAndOthersAreGreeted() throws IOException {
        awaitRejected(CONFIRMED);
        assertThat(greeting(SUSPECT)).startsWith("220 ");
        assertThat(greeting(UNLISTED)).startsWith("220 ");
    }

    @Test
    void newList_isLoadedWithoutReload() throws IOException {
        assertThat(greeting("127.0.0.62")).startsWith("220 ");

        TrialDecoy.confirmClient(decoy, "127.0.0.62");
        CompletedProgram run = fetch();

        assertThat(run.code()).as(run.output()).isZero();
        awaitRejected("127.0.0.62");
        awaitRejected(CONFIRMED);
        assertThat(greeting(UNLISTED)).startsWith("220 ");
    }

    @Test
    void emptyList_admitsAllClients_andInvalidLineChangesNothing() throws IOException {
        String full = CompletedProgram.read(list);
        try {
            Files.writeString(list, "# decoymx: empty\n");
            assertThat(load().code()).isZero();
            assertThat(greeting(CONFIRMED)).startsWith("220 ");

            Files.writeString(list, full);
            assertThat(load().code()).isZero();
            awaitRejected(CONFIRMED);

            Files.writeString(list, "");
            assertThat(load())
                    .isEqualTo(new CompletedProgram(65, "load-haproxy: " + list + " is not a list of the decoy\n"));
            awaitRejected(CONFIRMED);

            Files.writeString(list, "# decoymx: invalid\n127.0.0.999\n");
            CompletedProgram invalid = load();
            assertThat(invalid.code()).isNotZero();
            assertThat(invalid.output()).contains("'127.0.0.999' is not a valid IPv4 or IPv6 address");
            awaitRejected(CONFIRMED);
        } finally {
            Files.writeString(list, full);
        }
    }
}
