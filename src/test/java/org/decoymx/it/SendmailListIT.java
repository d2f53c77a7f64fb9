package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real Sendmail refuses the decoy's clients by the access map that is made of the list that decoy-fetch brings. */
class SendmailListIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String REFUSAL = "550 5\\.7\\.1 .*Access denied";
    private static final String WELCOME = "250 2\\.1\\.5 .*";

    /** The administrator's own map lets it in. */
    private static final String FRIEND = "127.0.64.65";

    private final String sendmail = RealProgram.requireFile("usr/libexec/sendmail/sendmail");
    private final Path makemap = Path.of(RealProgram.requireFile("usr/libexec/sendmail/makemap"));
    private final Path dir = TestResources.createDirectory("sendmail");
    private final Path config = dir.resolve("sendmail.cf");
    private final Path map = dir.resolve("sendmail.db");
    private final int port = TestResources.reservePort();
    private DecoyProcess decoy;
    private DecoyFetch fetch;
    private DaemonProcess daemon;

    /** Without them nothing of this is begun. */
    @BeforeAll
    static void needPrograms() {
        assertThat(UnpackedServer.requireNamespaces()).isNotEmpty();
        RealProgram.require("curl");
        RealProgram.require("m4");
    }

    @BeforeEach
    void start() throws IOException {
        Files.createDirectory(dir.resolve("queue"));
        configure();
        hasMapOfItsOwn();
        decoy = TrialDecoy.start();
        fetch = DecoyFetch.fromEnvFile(
                "sendmail/sendmail.env",
                decoy.url(""),
                dir,
                "/usr/local/bin/decoy-makemap /var/lib/decoy-fetch/sendmail",
                String.join(" ", decoyMakemap("/var/lib/decoy-fetch/sendmail")));
        daemon = DaemonProcess.start(dir, port, UnpackedServer.command(dir, sendmail, "-C", config.toString(), "-bD"));
    }

    @AfterEach
    void clean() {
        daemon.close();
        decoy.killAndDelete();
        TestResources.delete(dir);
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
                        TrialDecoy.hasIpv6Loopback()
                                ? "DAEMON_OPTIONS(`Name=v6, Addr=::1, Port=" + port + ", Family=inet6')dnl\n"
                                : "",
                        ConsumerFiles.readAdapted(
                                "sendmail/sendmail.mc",
                                " /etc/mail/",
                                " " + dir + "/",
                                "/var/lib/decoy-fetch",
                                dir.toString())));
        String cf = macros.resolve("../..").normalize() + "/";
        CompletedProgram run = CompletedProgram.run(
                LIMIT, RealProgram.require("m4"), "-D_CF_DIR_=" + cf, macros.toString(), source.toString());
        assertThat(run.code()).as(run.output()).isZero();
        Files.writeString(config, run.output());
    }

    /** What an administrator had before. */
    private void hasMapOfItsOwn() throws IOException {
        Path source =
                Files.writeString(dir.resolve("own"), "Connect:" + FRIEND + "\tOK\nTo:nobody@example.org\tREJECT\n");
        String line = makemap + " -C " + config + " hash " + dir.resolve("access") + " < " + source;
        CompletedProgram run = CompletedProgram.run(LIMIT, "sh", "-c", line);
        assertThat(run.code()).as(run.output()).isZero();
    }

    private String[] decoyMakemap(String list) {
        String path = "PATH=" + makemap.getParent() + ":/usr/bin:/bin";
        return new String[] {"env", path, ConsumerFiles.path("sendmail/decoy-makemap"), list, "-C", config.toString()};
    }

    private void tells(String client, String answer) throws IOException {
        assertThat(TrialDecoy.replyTo(port, client)).as(client).matches(answer);
    }

    @Test
    void sendmail_refusesTheListed_takesOthers_andFollowsTheList_evenWhileTheDecoyIsDown() throws IOException {
        tells(TrialDecoy.LISTED, WELCOME);
        fetch.assertFetches("Connect:127.0.0.61\tREJECT", "Connect:127.0.62\tREJECT");
        tells(TrialDecoy.LISTED, REFUSAL);
        tells(TrialDecoy.IN_NETWORK, REFUSAL);
        tells(TrialDecoy.UNLISTED, WELCOME);

        TrialDecoy.listClient(decoy, FRIEND, FRIEND);
        TrialDecoy.listClient(decoy, TrialDecoy.UNLISTED, TrialDecoy.UNLISTED);
        fetch.assertFetches("Connect:127.0.0.63\tREJECT", "Connect:127.0.64.65\tREJECT");
        tells(TrialDecoy.UNLISTED, REFUSAL);
        tells(FRIEND, WELCOME);
        tells("127.0.0.64", WELCOME);

        decoy.stop();
        fetch.assertFailsWhileDown();
        tells(TrialDecoy.LISTED, REFUSAL);
        tells("127.0.0.64", WELCOME);
    }

    @Test
    void sendmail_refusesAListedNetworkOfIpv6() throws IOException {
        assumeTrue(TrialDecoy.hasIpv6Loopback(), "loopback has no IPv6 address here");
        fetch.assertFetches();
        tells(TrialDecoy.UNLISTED_IPV6, WELCOME);
        TrialDecoy.listClient(decoy, TrialDecoy.UNLISTED_IPV6, "::/64");
        fetch.assertFetches("Connect:IPv6:0:0:0:0\tREJECT");
        tells(TrialDecoy.UNLISTED_IPV6, REFUSAL);
    }

    @Test
    void list_broken_leavesTheMapAsItWas() throws IOException {
        fetch.assertFetches();
        byte[] before = Files.readAllBytes(map);
        Files.writeString(fetch.file(), "Connect:192.0.2.1\n");

        CompletedProgram run =
                CompletedProgram.run(LIMIT, decoyMakemap(fetch.file().toString()));

        assertThat(run.code()).isNotZero();
        assertThat(run.output()).contains("no RHS for LHS");
        assertThat(map).hasBinaryContent(before);
        assertThat(dir.resolve("sendmail.new.db")).doesNotExist();
        tells(TrialDecoy.LISTED, REFUSAL);
    }
}
