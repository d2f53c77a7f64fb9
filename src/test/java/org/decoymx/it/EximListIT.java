package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real Exim rejects confirmed clients, and defers suspects, with the lists that decoy-fetch downloads. */
class EximListIT {
    private static final String REJECTION = "550 5.7.1 Caught by a decoy MX";
    private static final String DEFERRAL = "451 4.7.1 Caught by a decoy MX, try again later";

    private final String exim = RealProgram.require("exim4");
    private final Path dir = TestResources.createDirectory("exim");
    private final int port = TestResources.reservePort();
    private DecoyProcess decoy;
    private DecoyFetch fetch;
    private DecoyFetch suspects;
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
        Path config = Files.writeString(dir.resolve("exim.conf"), config(dir.resolve("decoy-acl")));
        decoy = TrialDecoy.start(
                TrialDecoy.QUICK_TIERS[0],
                TrialDecoy.QUICK_TIERS[1],
                "decoy.hostname=mx.test",
                "decoy.smtp.persona=exim");
        fetch = DecoyFetch.fromEnvFile("exim/exim.env", decoy.url(""), dir);
        suspects = DecoyFetch.fromEnvFile("exim/exim-suspects.env", decoy.url(""), dir);
        daemon = DaemonProcess.start(dir, port, UnpackedServer.command(dir, exim, "-C", config.toString(), "-bdf"));
    }

    @AfterEach
    void clean() {
        daemon.close();
        decoy.killAndDelete();
        TestResources.delete(dir);
    }

    private String config(Path acl) {
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
                .include %4$s
                  accept domains = example.org

                begin routers
                all:
                  driver = redirect
                  data = :blackhole:
                """.formatted(dir, addresses, port, acl);
    }

    private void assertReply(String client, String reply) throws IOException {
        assertThat(TrialDecoy.replyTo(port, client))
                .as(() -> client + "\n" + CompletedProgram.read(dir.resolve("spool/mainlog")))
                .isEqualTo(reply);
    }

    @Test
    void exim_defersSuspects_rejectsConfirmedClients_andKeepsListsWhileDecoyIsDown() throws IOException {
        assertReply(TrialDecoy.LISTED, "250 Accepted");
        suspects.assertFetches("127.0.0.61: caught by a decoy MX");
        fetch.assertFetches();
        assertReply(TrialDecoy.LISTED, DEFERRAL);
        assertReply(TrialDecoy.IN_NETWORK, DEFERRAL);
        assertReply(TrialDecoy.UNLISTED, "250 Accepted");

        TrialDecoy.confirmClient(decoy, TrialDecoy.UNLISTED);
        fetch.assertFetches("127.0.0.63: caught by a decoy MX");
        assertReply(TrialDecoy.UNLISTED, REJECTION);
        assertReply(TrialDecoy.LISTED, DEFERRAL);
        assertReply("127.0.0.64", "250 Accepted");

        decoy.stop();
        fetch.assertFailsWhileDown();
        assertReply(TrialDecoy.UNLISTED, REJECTION);
        assertReply(TrialDecoy.LISTED, DEFERRAL);
        assertReply("127.0.0.64", "250 Accepted");
    }

    @Test
    void personaExim_answersLikeExim() throws IOException {
        String mail = "MAIL FROM:<sender@client.test>";
        String rcpt = "RCPT TO:<user@example.org>";
        TrialDecoy.assertImitates(
                decoy, port, "HELO client.test", "EHLO client.test", "XYZZY", "HELP", "NOOP", "RSET", "QUIT");
        TrialDecoy.assertImitates(decoy, port, "EHLO client.test", rcpt, mail, mail, "DATA", rcpt, "RSET", "QUIT");
        TrialDecoy.assertImitates(decoy, port, "EHLO", "EHLO client.test", "MAIL FROM:", "BDAT", "QUIT");
        TrialDecoy.assertImitates(decoy, port, "EHLO client.test", "AUTH LOGIN", mail, "RCPT TO:", "QUIT");
    }

    @Test
    void exim_defersListedIpv6Networks_rejectsConfirmedAddresses() throws IOException {
        fetch.assertFetches();
        if (TrialDecoy.hasIpv6Loopback()) {
            assertReply(TrialDecoy.UNLISTED_IPV6, "250 Accepted");
        }
        TrialDecoy.listIpv6Network(decoy, "2001:db8:7:8::");
        TrialDecoy.confirmClient(decoy, TrialDecoy.UNLISTED_IPV6);
        suspects.assertFetches("\"2001:db8:7:8::/64\": caught by a decoy MX");
        fetch.assertFetches("\"::1\": caught by a decoy MX");
        if (TrialDecoy.hasIpv6Loopback()) {
            assertReply(TrialDecoy.UNLISTED_IPV6, REJECTION);
        }
        assertThat(simulateSession("2001:db8:7:8:ffff::1")).contains(DEFERRAL);
        assertThat(simulateSession("::2")).contains("250 Accepted").doesNotContain(REJECTION);
        assertThat(simulateSession("2001:db8:7:9::1")).contains("250 Accepted").doesNotContain(REJECTION);
    }

    @Test
    void exim_withDnsbl_defersSuspects_andRejectsConfirmedClients() throws IOException {
        RealProgram.require("unbound");
        TrialDecoy.confirmClient(decoy, TrialDecoy.UNLISTED);
        Path acl = Path.of(ConsumerFiles.path("exim/acl-dnsbl"));
        Path config = Files.writeString(dir.resolve("dnsbl.conf"), config(acl));
        try (Unbound unbound = new Unbound(decoy)) {
            assertThat(simulateSession(TrialDecoy.LISTED, config, unbound.commandPrefix()))
                    .containsPattern(
                            "451[ -]4\\.7\\.1 TRIAL: 127\\.0\\.0\\.61 was caught by a decoy MX\\. Mail is deferred");
            assertThat(simulateSession(TrialDecoy.UNLISTED, config, unbound.commandPrefix()))
                    .containsPattern(
                            "550[ -]5\\.7\\.1 TRIAL: 127\\.0\\.0\\.63 was caught by a decoy MX\\. Mail is rejected");
            assertThat(simulateSession("127.0.0.64", config, unbound.commandPrefix()))
                    .contains("250 Accepted");
        }
    }

    private String simulateSession(String client) throws IOException {
        return simulateSession(client, dir.resolve("exim.conf"));
    }

    /** The output of Exim's test mode {@code -bh}, which simulates a session of a client with any address. */
    private String simulateSession(String client, Path config, String... commandPrefix) throws IOException {
        Path session = Files.writeString(
                dir.resolve("session"),
                "EHLO client.test\r\nMAIL FROM:<sender@client.test>\r\nRCPT TO:<user@example.org>\r\nQUIT\r\n");
        String line = exim + " -C " + config + " -bh " + client + " < " + session;
        String[] shell = Stream.concat(Stream.of(commandPrefix), Stream.of("sh", "-c", line))
                .toArray(String[]::new);
        CompletedProgram run = CompletedProgram.run(Duration.ofMinutes(2), UnpackedServer.command(dir, shell));
        assertThat(run.code()).as(run.output()).isZero();
        return run.output();
    }
}
