package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real OpenSMTPD rejects confirmed clients, and accepts suspects, with the table that decoy-fetch downloads. */
class OpenSmtpdListIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String REJECTION = "550 5.7.1 Caught by a decoy MX";
    private static final String ACCEPTED = "250 2.1.5 ";
    private static final String CONFIRMED = "127.0.0.65";

    private final String smtpd = RealProgram.require("smtpd");
    private final Path dir = TestResources.createDirectory("opensmtpd");
    private final int port = TestResources.reservePort();
    private DecoyProcess decoy;
    private DecoyFetch initialFetch;
    private DaemonProcess daemon;
    private DecoyFetch fetch;

    /** Checks for the programs before anything is started. */
    @BeforeAll
    static void requirePrograms() {
        assertThat(UnpackedServer.requireNamespaces()).isNotEmpty();
        RealProgram.require("curl");
    }

    @BeforeEach
    void start() throws IOException {
        decoy = TrialDecoy.start(TrialDecoy.QUICK_TIERS);
        TrialDecoy.confirmClient(decoy, CONFIRMED);
        initialFetch = DecoyFetch.fromEnvFile(
                "opensmtpd/opensmtpd.env", decoy.url(""), dir, "smtpctl update table decoy", "true");
        initialFetch.assertFetches(CONFIRMED);
        Path config = Files.writeString(dir.resolve("smtpd.conf"), config());
        daemon = DaemonProcess.start(dir, port, UnpackedServer.command(dir, smtpd, "-d", "-f", config.toString()));
        fetch = DecoyFetch.fromEnvFile(
                "opensmtpd/opensmtpd.env",
                decoy.url(""),
                dir,
                "smtpctl update",
                String.join(" ", UnpackedServer.commandInNamespaceOf(daemon, smtpctl())) + " update");
    }

    @AfterEach
    void cleanUp() {
        daemon.close();
        decoy.killAndDelete();
        TestResources.delete(dir);
    }

    /** Copies smtpctl and sets its owner and mode as the package does; the unpacked file has an unknown group. */
    private String smtpctl() throws IOException {
        Path copy = Files.createDirectory(dir.resolve("bin")).resolve("smtpctl");
        Files.copy(Path.of(RealProgram.require("smtpctl")), copy, StandardCopyOption.REPLACE_EXISTING);
        Files.setAttribute(copy, "unix:gid", UnpackedServer.OPENSMTPQ);
        Files.setAttribute(copy, "unix:mode", 02555);
        return copy.toString();
    }

    private String config() {
        String listen = "listen on %s port " + port + " filter decoy\n";
        return ConsumerFiles.readAdapted("opensmtpd/smtpd.conf", "/var/lib/decoy-fetch", dir.toString())
                + listen.formatted("127.0.0.1")
                + (TrialDecoy.hasIpv6Loopback() ? listen.formatted("::1") : "")
                + "action \"out\" relay\nmatch from any for domain example.org action \"out\"\n";
    }

    private String replyTo(String client) throws IOException {
        return TrialDecoy.replyTo(port, client);
    }

    private String log() {
        return CompletedProgram.read(dir.resolve("unshare.log"));
    }

    @Test
    void smtpd_rejectsOnlyConfirmedClients_andKeepsTheTableWhileTheDecoyIsDown() throws IOException {
        assertThat(replyTo(CONFIRMED)).as(this::log).isEqualTo(REJECTION);
        assertThat(replyTo(TrialDecoy.LISTED)).startsWith(ACCEPTED);
        assertThat(replyTo(TrialDecoy.IN_NETWORK)).startsWith(ACCEPTED);
        assertThat(replyTo(TrialDecoy.UNLISTED)).startsWith(ACCEPTED);
        if (TrialDecoy.hasIpv6Loopback()) {
            assertThat(replyTo(TrialDecoy.UNLISTED_IPV6)).startsWith(ACCEPTED);
        }

        TrialDecoy.confirmClient(decoy, TrialDecoy.UNLISTED);
        TrialDecoy.confirmClient(decoy, TrialDecoy.UNLISTED_IPV6);
        fetch.assertFetches(TrialDecoy.UNLISTED, TrialDecoy.UNLISTED_IPV6);
        assertThat(log()).contains("Table \"decoy\" successfully updated");
        assertThat(replyTo(TrialDecoy.UNLISTED)).as(this::log).isEqualTo(REJECTION);
        assertThat(replyTo("127.0.0.64")).startsWith(ACCEPTED);
        if (TrialDecoy.hasIpv6Loopback()) {
            assertThat(replyTo(TrialDecoy.UNLISTED_IPV6)).isEqualTo(REJECTION);
        }

        decoy.stop();
        fetch.assertFailsWhileDown();
        assertThat(replyTo(CONFIRMED)).isEqualTo(REJECTION);
        assertThat(replyTo("127.0.0.64")).startsWith(ACCEPTED);
    }

    @Test
    void smtpd_withoutTheTableFile_rejectsItsConfiguration() throws IOException {
        String[] check = UnpackedServer.command(
                dir, smtpd, "-n", "-f", dir.resolve("smtpd.conf").toString());
        assertThat(CompletedProgram.run(LIMIT, check).output()).contains("configuration OK");

        Files.delete(initialFetch.file());
        CompletedProgram run = CompletedProgram.run(LIMIT, check);
        assertThat(run.code()).isNotZero();
        assertThat(run.output()).contains("for table decoy");
    }
}
