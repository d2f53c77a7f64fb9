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

/** A real OpenSMTPD refuses the decoy's clients by the table that decoy-fetch brings. */
class OpenSmtpdListIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String REFUSAL = "550 5.7.1 Caught by a decoy MX";
    private static final String WELCOME = "250 2.1.5 ";

    private final String smtpd = RealProgram.require("smtpd");
    private final Path dir = TestResources.createDirectory("opensmtpd");
    private final int port = TestResources.reservePort();
    private DecoyProcess decoy;
    private DecoyFetch first;
    private DaemonProcess daemon;
    private DecoyFetch fetch;

    /** Without them nothing of this is begun. */
    @BeforeAll
    static void needPrograms() {
        assertThat(UnpackedServer.requireNamespaces()).isNotEmpty();
        RealProgram.require("curl");
    }

    @BeforeEach
    void start() throws IOException {
        decoy = TrialDecoy.start();
        first = DecoyFetch.fromEnvFile(
                "opensmtpd/opensmtpd.env", decoy.url(""), dir, "smtpctl update table decoy", "true");
        first.assertFetches(TrialDecoy.LISTED, TrialDecoy.NETWORK);
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
    void clean() {
        daemon.close();
        decoy.killAndDelete();
        TestResources.delete(dir);
    }

    /** As its package installs it; the unpacked one belongs to nobody that it knows. */
    private String smtpctl() throws IOException {
        Path own = Files.createDirectory(dir.resolve("bin")).resolve("smtpctl");
        Files.copy(Path.of(RealProgram.require("smtpctl")), own, StandardCopyOption.REPLACE_EXISTING);
        Files.setAttribute(own, "unix:gid", UnpackedServer.OPENSMTPQ);
        Files.setAttribute(own, "unix:mode", 02555);
        return own.toString();
    }

    private String config() {
        String listen = "listen on %s port " + port + " filter decoy\n";
        return ConsumerFiles.readAdapted("opensmtpd/smtpd.conf", "/var/lib/decoy-fetch", dir.toString())
                + listen.formatted("127.0.0.1")
                + (TrialDecoy.hasIpv6Loopback() ? listen.formatted("::1") : "")
                + "action \"out\" relay\nmatch from any for domain example.org action \"out\"\n";
    }

    private String told(String client) throws IOException {
        return TrialDecoy.replyTo(port, client);
    }

    private String log() {
        return CompletedProgram.read(dir.resolve("unshare.log"));
    }

    @Test
    void smtpd_refusesTheListed_takesOthers_andFollowsTheList_evenWhileTheDecoyIsDown() throws IOException {
        assertThat(told(TrialDecoy.LISTED)).as(this::log).isEqualTo(REFUSAL);
        assertThat(told(TrialDecoy.IN_NETWORK)).isEqualTo(REFUSAL);
        assertThat(told(TrialDecoy.UNLISTED)).startsWith(WELCOME);
        if (TrialDecoy.hasIpv6Loopback()) {
            assertThat(told(TrialDecoy.UNLISTED_IPV6)).startsWith(WELCOME);
        }

        TrialDecoy.listClient(decoy, TrialDecoy.UNLISTED, TrialDecoy.UNLISTED);
        TrialDecoy.listClient(decoy, TrialDecoy.UNLISTED_IPV6, "::/64");
        fetch.assertFetches(TrialDecoy.UNLISTED, "::/64");
        assertThat(log()).contains("Table \"decoy\" successfully updated");
        assertThat(told(TrialDecoy.UNLISTED)).as(this::log).isEqualTo(REFUSAL);
        assertThat(told("127.0.0.64")).startsWith(WELCOME);
        if (TrialDecoy.hasIpv6Loopback()) {
            assertThat(told(TrialDecoy.UNLISTED_IPV6)).isEqualTo(REFUSAL);
        }

        decoy.stop();
        fetch.assertFailsWhileDown();
        assertThat(told(TrialDecoy.LISTED)).isEqualTo(REFUSAL);
        assertThat(told("127.0.0.64")).startsWith(WELCOME);
    }

    @Test
    void smtpd_withoutTheFile_doesNotStart() throws IOException {
        String[] check = UnpackedServer.command(
                dir, smtpd, "-n", "-f", dir.resolve("smtpd.conf").toString());
        assertThat(CompletedProgram.run(LIMIT, check).output()).contains("configuration OK");

        Files.delete(first.file());
        CompletedProgram run = CompletedProgram.run(LIMIT, check);
        assertThat(run.code()).isNotZero();
        assertThat(run.output()).contains("for table decoy");
    }
}
