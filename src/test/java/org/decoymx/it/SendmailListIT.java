package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real Sendmail refuses the decoy's clients by the access map that is made of the list that decoy-fetch brings. */
class SendmailListIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String REFUSAL = "550 5\\.7\\.1 .*Access denied";
    private static final String WELCOME = "250 2\\.1\\.5 .*";
    private static final String FRIEND = "127.0.62.64";

    private final String sendmail = RealProgram.requireFile("usr/libexec/sendmail/sendmail");
    private final Path makemap = Path.of(RealProgram.requireFile("usr/libexec/sendmail/makemap"));
    private final Path dir = Scratch.directory("sendmail");
    private final Path config = dir.resolve("sendmail.cf");
    private final int port = Scratch.port();
    private Decoy decoy;
    private Fetch fetch;
    private Daemon daemon;

    @BeforeEach
    void start() throws IOException {
        Files.createDirectory(dir.resolve("queue"));
        Files.writeString(
                dir.resolve("access"), "# our own\nConnect:" + FRIEND + "\tOK\nTo:nobody@example.org\tREJECT");
        configure();
        decoy = Caught.decoy();
        fetch = Fetch.env(
                "sendmail/sendmail.env",
                decoy.url(""),
                dir,
                "/usr/local/bin/",
                "env PATH=" + makemap.getParent() + ":/usr/bin:/bin " + Adapted.path("sendmail") + "/",
                "/etc/mail/access",
                dir.resolve("access") + " -C " + config);
        fetch.gets("Connect:127.0.0.61\tREJECT", "Connect:127.0.62\tREJECT");
        daemon = Daemon.start(dir, port, Apart.command(dir, sendmail, "-C", config.toString(), "-bD"));
    }

    @AfterEach
    void clean() {
        daemon.close();
        decoy.kill();
        Scratch.delete(dir);
    }

    /** The map lies below /tmp here, which anybody may write to; else Sendmail would not take it. */
    private void configure() throws IOException {
        Path macros = Path.of(RealProgram.requireFile("usr/share/sendmail/cf/m4/cf.m4"));
        Path source = Files.writeString(dir.resolve("sendmail.mc"), """
                OSTYPE(`linux')dnl
                define(`confPID_FILE', `%1$s/pid')dnl
                define(`STATUS_FILE', `%1$s/statistics')dnl
                define(`QUEUE_DIR', `%1$s/queue')dnl
                define(`ALIAS_FILE', `')dnl
                define(`confDONT_BLAME_SENDMAIL', `MapInUnsafeDirPath')dnl
                FEATURE(`no_default_msa')dnl
                FEATURE(`accept_unresolvable_domains')dnl
                FEATURE(`nocanonify')dnl
                RELAY_DOMAIN(`example.org')dnl
                DAEMON_OPTIONS(`Name=v4, Addr=127.0.0.1, Port=%2$d, Family=inet')dnl
                %3$s%4$sMAILER(`smtp')dnl
                """.formatted(
                dir,
                port,
                Caught.hasV6() ? "DAEMON_OPTIONS(`Name=v6, Addr=::1, Port=" + port + ", Family=inet6')dnl\n" : "",
                Adapted.text("sendmail/sendmail.mc", "/etc/mail", dir.toString())));
        String cf = macros.resolve("../..").normalize() + "/";
        Run run = Run.of(LIMIT, RealProgram.require("m4"), "-D_CF_DIR_=" + cf, macros.toString(), source.toString());
        assertThat(run.code()).as(run.output()).isZero();
        Files.writeString(config, run.output());
    }

    private void tells(String client, String answer) throws IOException {
        assertThat(Caught.told(port, client)).as(client).matches(answer);
    }

    @Test
    void sendmail_refusesTheListed_takesOthers_andFollowsTheList_evenWhileTheDecoyIsDown() throws IOException {
        tells(Caught.LISTED, REFUSAL);
        tells(Caught.IN_NETWORK, REFUSAL);
        tells(Caught.STRANGER, WELCOME);
        tells(FRIEND, WELCOME);

        Caught.catches(decoy, Caught.STRANGER, Caught.STRANGER);
        fetch.gets("Connect:127.0.0.63\tREJECT");
        tells(Caught.STRANGER, REFUSAL);
        tells("127.0.0.64", WELCOME);

        decoy.stop();
        fetch.findsNobody();
        tells(Caught.LISTED, REFUSAL);
        tells("127.0.0.64", WELCOME);
    }

    @Test
    void sendmail_refusesAListedNetworkOfIpv6() throws IOException {
        org.junit.jupiter.api.Assumptions.assumeTrue(Caught.hasV6(), "loopback has no IPv6 address here");
        tells(Caught.STRANGER6, WELCOME);
        Caught.catches(decoy, Caught.STRANGER6, "::/64");
        fetch.gets("Connect:IPv6:0:0:0:0\tREJECT");
        tells(Caught.STRANGER6, REFUSAL);
    }

    @Test
    void access_whoseListIsBroken_staysAsItWas() throws IOException {
        Path access = dir.resolve("access");
        Path map = dir.resolve("access.db");
        byte[] before = Files.readAllBytes(map);
        Files.writeString(access, "\nConnect:192.0.2.1\n", java.nio.file.StandardOpenOption.APPEND);
        Caught.catches(decoy, Caught.STRANGER, Caught.STRANGER);

        Run run = fetch.run();

        assertThat(run.code()).isNotZero();
        assertThat(run.output()).contains("no RHS for LHS", "it will be run again");
        assertThat(map).hasBinaryContent(before);
        assertThat(dir.resolve("access.decoy.db")).doesNotExist();
        tells(Caught.LISTED, REFUSAL);
    }
}
