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
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String REFUSAL = "550 5.7.1 Caught by a decoy MX";
    private static final String WELCOME = "250 2.1.5 ";

    private final String smtpd = RealProgram.require("smtpd");
    private final Path dir = Scratch.directory("opensmtpd");
    private final int port = Scratch.port();
    private Decoy decoy;
    private Fetch first;
    private Daemon daemon;
    private Fetch fetch;

    /** Without them nothing of this is begun. */
    @BeforeAll
    static void needPrograms() {
        assertThat(Apart.require()).isNotEmpty();
        RealProgram.require("curl");
    }

    @BeforeEach
    void start() throws IOException {
        decoy = Caught.decoy();
        first = Fetch.env("opensmtpd/opensmtpd.env", decoy.url(""), dir, "smtpctl update table decoy", "true");
        first.gets(Caught.LISTED, Caught.NETWORK);
        Path config = Files.writeString(dir.resolve("smtpd.conf"), config());
        daemon = Daemon.start(dir, port, Apart.command(dir, smtpd, "-d", "-f", config.toString()));
        fetch = Fetch.env(
                "opensmtpd/opensmtpd.env",
                decoy.url(""),
                dir,
                "smtpctl update",
                String.join(" ", Apart.beside(daemon, smtpctl())) + " update");
    }

    @AfterEach
    void clean() {
        daemon.close();
        decoy.kill();
        Scratch.delete(dir);
    }

    /** As its package installs it; the unpacked one belongs to nobody that it knows. */
    private String smtpctl() throws IOException {
        Path own = Files.createDirectory(dir.resolve("bin")).resolve("smtpctl");
        Files.copy(Path.of(RealProgram.require("smtpctl")), own, StandardCopyOption.REPLACE_EXISTING);
        Files.setAttribute(own, "unix:gid", Apart.OPENSMTPQ);
        Files.setAttribute(own, "unix:mode", 02555);
        return own.toString();
    }

    private String config() {
        String listen = "listen on %s port " + port + " filter decoy\n";
        return Adapted.text("opensmtpd/smtpd.conf", "/var/lib/decoy-fetch", dir.toString())
                + listen.formatted("127.0.0.1")
                + (Caught.hasV6() ? listen.formatted("::1") : "")
                + "action \"out\" relay\nmatch from any for domain example.org action \"out\"\n";
    }

    private String told(String client) throws IOException {
        return Caught.told(port, client);
    }

    private String log() {
        return Run.read(dir.resolve("unshare.log"));
    }

    @Test
    void smtpd_refusesTheListed_takesOthers_andFollowsTheList_evenWhileTheDecoyIsDown() throws IOException {
        assertThat(told(Caught.LISTED)).as(this::log).isEqualTo(REFUSAL);
        assertThat(told(Caught.IN_NETWORK)).isEqualTo(REFUSAL);
        assertThat(told(Caught.STRANGER)).startsWith(WELCOME);
        if (Caught.hasV6()) {
            assertThat(told(Caught.STRANGER6)).startsWith(WELCOME);
        }

        Caught.catches(decoy, Caught.STRANGER, Caught.STRANGER);
        Caught.catches(decoy, Caught.STRANGER6, "::/64");
        fetch.gets(Caught.STRANGER, "::/64");
        assertThat(log()).contains("Table \"decoy\" successfully updated");
        assertThat(told(Caught.STRANGER)).as(this::log).isEqualTo(REFUSAL);
        assertThat(told("127.0.0.64")).startsWith(WELCOME);
        if (Caught.hasV6()) {
            assertThat(told(Caught.STRANGER6)).isEqualTo(REFUSAL);
        }

        decoy.stop();
        fetch.findsNobody();
        assertThat(told(Caught.LISTED)).isEqualTo(REFUSAL);
        assertThat(told("127.0.0.64")).startsWith(WELCOME);
    }

    @Test
    void smtpd_withoutTheFile_doesNotStart() throws IOException {
        String[] check =
                Apart.command(dir, smtpd, "-n", "-f", dir.resolve("smtpd.conf").toString());
        assertThat(Run.of(LIMIT, check).output()).contains("configuration OK");

        Files.delete(first.file());
        Run run = Run.of(LIMIT, check);
        assertThat(run.code()).isNotZero();
        assertThat(run.output()).contains("for table decoy");
    }
}
