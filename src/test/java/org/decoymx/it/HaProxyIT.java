package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Behind HAProxy the decoy sees the client address; neither the proxy nor its health checks are listed. */
class HaProxyIT {
    private static final String PROXY = "127.0.0.1";

    private static DecoyProcess decoy;
    private static DaemonProcess haproxy;
    private static Path dir;
    private static int v1;
    private static int v2;

    @BeforeAll
    static void start() throws IOException {
        String program = RealProgram.require("haproxy");
        decoy = DecoyProcess.start("decoy.smtp.proxy-protocol.trusted=127.0.0.1/32");
        dir = TestResources.createDirectory("haproxy");
        v1 = TestResources.reservePort();
        v2 = TestResources.reservePort();
        Path config = Files.writeString(dir.resolve("haproxy.cfg"), config());
        haproxy = DaemonProcess.start(dir, v2, program, "-db", "-f", config.toString());
    }

    private static String config() {
        return """
                defaults
                    mode tcp
                    maxconn 100
                    timeout connect 5s
                    timeout client 30s
                    timeout server 30s
                    timeout check 10s
                listen v1
                    bind 127.0.0.1:%1$d
                    server decoy 127.0.0.1:%2$d send-proxy check check-send-proxy inter 200ms
                """.formatted(v1, decoy.smtpPort()) + recipe();
    }

    /** The section of docs/recipes.md. */
    private static String recipe() {
        String page = CompletedProgram.read(Path.of("docs/recipes.md"));
        String section = DocumentBlocks.find(page, "haproxy").get(0);
        assertThat(section).contains("bind 192.0.2.26:25\n", " 127.0.0.1:2525 ", " inter 30s\n");
        return section.replace("192.0.2.26:25", "127.0.0.1:" + v2)
                .replace("127.0.0.1:2525", "127.0.0.1:" + decoy.smtpPort())
                .replace("inter 30s", "inter 200ms");
    }

    @AfterAll
    static void stop() {
        if (haproxy != null) {
            haproxy.close();
            TestResources.delete(dir);
        }
        if (decoy != null) {
            decoy.close();
        }
    }

    @Test
    void clientBehindProxy_version1_isListed() {
        assertClientListed(v1, "127.0.0.91");
    }

    @Test
    void clientBehindProxy_version2_isListed() {
        assertClientListed(v2, "127.0.0.92");
    }

    private static void assertClientListed(int port, String client) {
        CompletedProgram run = Swaks.send(port, client);

        assertThat(run.output()).contains("<** 451 4.7.1");
        decoy.awaitListed(client);
        assertThat(decoy.feedEntries()).doesNotContain(PROXY);
    }

    @Test
    void healthChecks_addNoSessionsOfProxy() {
        double before = decoy.metricValue("decoy_sessions_total");
        await("some health checks")
                .atMost(Duration.ofMinutes(2))
                .until(() -> decoy.metricValue("decoy_sessions_total") > before + 5);

        assertThat(decoy.get("/senders/" + PROXY).body())
                .contains("\"listed\":false")
                .contains("\"sessions\":0");
        assertThat(decoy.feedEntries()).doesNotContain(PROXY);
    }

    @Test
    void trustedProxy_withoutHeader_isRejected() throws IOException {
        try (SmtpClient socket = new SmtpClient(decoy.smtpPort(), PROXY)) {
            socket.sendLine("EHLO client.test");

            assertThat(socket.readLine()).startsWith("421 ");
            assertThat(socket.readLine()).isNull();
        }
    }
}
