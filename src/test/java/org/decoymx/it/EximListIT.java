package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real Exim rejects listed clients with the list that decoy-fetch downloads. */
class EximListIT {
    private static final String REJECTION = "550 5.7.1 Caught by a decoy MX";

    private final String exim = RealProgram.require("exim4");
    private final Path dir = TestResources.createDirectory("exim");
    private final int port = TestResources.reservePort();
    private DecoyProcess decoy;
    private DecoyFetch fetch;
    private DaemonProcess daemon;

    /** Checks that the programs are installed before anything is started. */
    @BeforeAll
    static void requirePrograms() {
        assertThat(UnpackedServer.requireNamespaces()).isNotEmpty();
        RealProgram.require("curl");
    }

    @BeforeEach
    void start() throws IOException {
        Files.setOwner(
                Files.createDirectory(dir.resolve("spool")),
                dir.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
        Files.writeString(
                dir.resolve("decoy-acl"),
                ConsumerFiles.readAdapted("exim/acl", "/var/lib/decoy-fetch", dir.toString()));
        Path config = Files.writeString(dir.resolve("exim.conf"), config());
        decoy = TrialDecoy.start();
        fetch = DecoyFetch.fromEnvFile("exim/exim.env", decoy.url(""), dir).withSuspects();
        daemon = DaemonProcess.start(dir, port, UnpackedServer.command(dir, exim, "-C", config.toString(), "-bdf"));
    }

    @AfterEach
    void clean() {
        daemon.close();
        decoy.killAndDelete();
        TestResources.delete(dir);
    }

    private String config() {
        String addresses = TrialDecoy.hasIpv6Loopback() ? "<; 127.0.0.1 ; ::1" : "127.0.0.1";
        return """
                exim_user = nobody
                exim_group = nogroup
                primary_hostname = mx.test
                spool_directory = %1$s/spool
                log_file_path = %1$s/spool/%%slog
                local_interfaces = %2$s
                daemon_smtp_ports = %3$d
                tls_advertise_hosts =
                keep_environment =
                acl_smtp_rcpt = acl_check_rcpt

                begin acl
                acl_check_rcpt:
                .include %1$s/decoy-acl
                  accept domains = example.org

                begin routers
                all:
                  driver = redirect
                  data = :blackhole:
                """.formatted(dir, addresses, port);
    }

    private void assertReply(String client, String reply) throws IOException {
        assertThat(TrialDecoy.replyTo(port, client))
                .as(() -> client + "\n" + CompletedProgram.read(dir.resolve("spool/mainlog")))
                .isEqualTo(reply);
    }

    @Test
    void exim_rejectsListedClients_followsUpdates_andKeepsListWhileDecoyIsDown() throws IOException {
        assertReply(TrialDecoy.LISTED, "250 Accepted");
        fetch.assertFetches("127.0.0.61: caught by a decoy MX");
        assertReply(TrialDecoy.LISTED, REJECTION);
        assertReply(TrialDecoy.IN_NETWORK, REJECTION);
        assertReply(TrialDecoy.UNLISTED, "250 Accepted");

        TrialDecoy.listClient(decoy, TrialDecoy.UNLISTED, TrialDecoy.UNLISTED);
        fetch.assertFetches("127.0.0.63: caught by a decoy MX");
        assertReply(TrialDecoy.UNLISTED, REJECTION);
        assertReply("127.0.0.64", "250 Accepted");

        decoy.stop();
        fetch.assertFailsWhileDown();
        assertReply(TrialDecoy.LISTED, REJECTION);
        assertReply("127.0.0.64", "250 Accepted");
    }

    @Test
    void exim_rejectsListedIpv6Networks() throws IOException {
        fetch.assertFetches();
        if (TrialDecoy.hasIpv6Loopback()) {
            assertReply(TrialDecoy.UNLISTED_IPV6, "250 Accepted");
        }
        TrialDecoy.listIpv6Network(decoy, "2001:db8:7:8::");
        TrialDecoy.listClient(decoy, TrialDecoy.UNLISTED_IPV6, TrialDecoy.UNLISTED_IPV6);
        fetch.assertFetches("\"2001:db8:7:8::/64\": caught by a decoy MX", "\"::1\": caught by a decoy MX");
        if (TrialDecoy.hasIpv6Loopback()) {
            assertReply(TrialDecoy.UNLISTED_IPV6, REJECTION);
        }
        assertThat(simulateSession("2001:db8:7:8:ffff::1")).contains(REJECTION);
        assertThat(simulateSession("::2")).contains("250 Accepted").doesNotContain(REJECTION);
        assertThat(simulateSession("2001:db8:7:9::1")).contains("250 Accepted").doesNotContain(REJECTION);
    }

    /** The output of Exim's test mode {@code -bh}, which simulates a session of a client with any address. */
    private String simulateSession(String client) throws IOException {
        Path session = Files.writeString(
                dir.resolve("session"),
                "EHLO client.test\r\nMAIL FROM:<sender@client.test>\r\nRCPT TO:<user@example.org>\r\nQUIT\r\n");
        String line = exim + " -C " + dir.resolve("exim.conf") + " -bh " + client + " < " + session;
        CompletedProgram run =
                CompletedProgram.run(Duration.ofMinutes(2), UnpackedServer.command(dir, "sh", "-c", line));
        assertThat(run.code()).as(run.output()).isZero();
        return run.output();
    }
}
