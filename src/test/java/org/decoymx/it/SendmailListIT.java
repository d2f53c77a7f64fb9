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

/** A real Sendmail rejects listed clients with an access map made from the list that decoy-fetch downloads. */
class SendmailListIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String REJECTED = "550 5\\.7\\.1 .*Access denied";
    private static final String ACCEPTED = "250 2\\.1\\.5 .*";

    /** The administrator's own access map allows this client. */
    private static final String ALLOWED = "127.0.64.65";

    private final String sendmail = RealProgram.requireFile("usr/libexec/sendmail/sendmail");
    private final Path makemap = Path.of(RealProgram.requireFile("usr/libexec/sendmail/makemap"));
    private final Path dir = TestResources.createDirectory("sendmail");
    private final Path config = dir.resolve("sendmail.cf");
    private final Path map = dir.resolve("sendmail.db");
    private final int port = TestResources.reservePort();
    private DecoyProcess decoy;
    private DecoyFetch fetch;
    private DaemonProcess daemon;

    /** Checks the programs before anything starts. */
    @BeforeAll
    static void requirePrograms() {
        assertThat(UnpackedServer.requireNamespaces()).isNotEmpty();
        RealProgram.require("curl");
        RealProgram.require("m4");
    }

    @BeforeEach
    void start() throws IOException {
        Files.createDirectory(dir.resolve("queue"));
        configure();
        createAccessMap();
        decoy = TrialDecoy.start("decoy.hostname=mx.test", "decoy.smtp.persona=sendmail");
        fetch = DecoyFetch.fromEnvFile(
                        "sendmail/sendmail.env",
                        decoy.url(""),
                        dir,
                        "/usr/local/bin/decoy-makemap /var/lib/decoy-fetch/sendmail",
                        String.join(" ", decoyMakemap("/var/lib/decoy-fetch/sendmail")))
                .withSuspects();
        daemon = DaemonProcess.start(dir, port, UnpackedServer.command(dir, sendmail, "-C", config.toString(), "-bD"));
    }

    @AfterEach
    void clean() {
        daemon.close();
        decoy.killAndDelete();
        TestResources.delete(dir);
    }

    /**
     * The map is below the world-writable /tmp, so Sendmail needs {@code MapInUnsafeDirPath} to accept it. By default,
     * it does not listen while the machine is busy.
     */
    private void configure() throws IOException {
        Path macros = Path.of(RealProgram.requireFile("usr/share/sendmail/cf/m4/cf.m4"));
        Path source = Files.writeString(dir.resolve("sendmail.mc"), """
                OSTYPE(`linux')dnl
                define(`confPID_FILE', `%1$s/pid')dnl
                define(`STATUS_FILE', `%1$s/statistics')dnl
                define(`QUEUE_DIR', `%1$s/queue')dnl
                define(`ALIAS_FILE', `')dnl
                define(`confDONT_BLAME_SENDMAIL', `MapInUnsafeDirPath')dnl
                define(`confREFUSE_LA', `100000')dnl
                define(`confQUEUE_LA', `100000')dnl
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

    /** Creates the existing access map of an administrator. */
    private void createAccessMap() throws IOException {
        Path source =
                Files.writeString(dir.resolve("own"), "Connect:" + ALLOWED + "\tOK\nTo:nobody@example.org\tREJECT\n");
        String line = makemap + " -C " + config + " hash " + dir.resolve("access") + " < " + source;
        CompletedProgram run = CompletedProgram.run(LIMIT, "sh", "-c", line);
        assertThat(run.code()).as(run.output()).isZero();
    }

    private String[] decoyMakemap(String list) {
        String path = "PATH=" + makemap.getParent() + ":/usr/bin:/bin";
        return new String[] {"env", path, ConsumerFiles.path("sendmail/decoy-makemap"), list, "-C", config.toString()};
    }

    private void assertReply(String client, String replyPattern) throws IOException {
        assertThat(TrialDecoy.replyTo(port, client)).as(client).matches(replyPattern);
    }

    @Test
    void sendmail_rejectsListedClients_asTheListChanges_andWhileTheDecoyIsDown() throws IOException {
        assertReply(TrialDecoy.LISTED, ACCEPTED);
        fetch.assertFetches("Connect:127.0.0.61\tREJECT", "Connect:127.0.62\tREJECT");
        assertReply(TrialDecoy.LISTED, REJECTED);
        assertReply(TrialDecoy.IN_NETWORK, REJECTED);
        assertReply(TrialDecoy.UNLISTED, ACCEPTED);

        TrialDecoy.listClient(decoy, ALLOWED, ALLOWED);
        TrialDecoy.listClient(decoy, TrialDecoy.UNLISTED, TrialDecoy.UNLISTED);
        fetch.assertFetches("Connect:127.0.0.63\tREJECT", "Connect:127.0.64.65\tREJECT");
        assertReply(TrialDecoy.UNLISTED, REJECTED);
        assertReply(ALLOWED, ACCEPTED);
        assertReply("127.0.0.64", ACCEPTED);

        decoy.stop();
        fetch.assertFailsWhileDown();
        assertReply(TrialDecoy.LISTED, REJECTED);
        assertReply("127.0.0.64", ACCEPTED);
    }

    @Test
    void personaSendmail_answersLikeSendmail() throws IOException {
        String mail = "MAIL FROM:<sender@client.test>";
        String rcpt = "RCPT TO:<user@example.org>";
        TrialDecoy.assertImitates(
                decoy, port, "HELO client.test", "EHLO client.test", "XYZZY foo", "NOOP", "RSET", "QUIT");
        TrialDecoy.assertImitates(
                decoy, port, "EHLO client.test", rcpt, mail, mail, "DATA", rcpt, "RCPT TO:", "RSET", "QUIT");
        TrialDecoy.assertImitates(decoy, port, "EHLO client.test", "MAIL FROM:", "QUIT");
    }

    @Test
    void sendmail_rejectsAListedIpv6Address() throws IOException {
        assumeTrue(TrialDecoy.hasIpv6Loopback(), "loopback has no IPv6 address here");
        fetch.assertFetches();
        assertReply(TrialDecoy.UNLISTED_IPV6, ACCEPTED);
        TrialDecoy.listClient(decoy, TrialDecoy.UNLISTED_IPV6, TrialDecoy.UNLISTED_IPV6);
        fetch.assertFetches("Connect:IPv6:0:0:0:0:0:0:0:1\tREJECT");
        assertReply(TrialDecoy.UNLISTED_IPV6, REJECTED);
    }

    @Test
    void invalidList_keepsTheOldMap() throws IOException {
        fetch.assertFetches();
        byte[] oldMap = Files.readAllBytes(map);
        Files.writeString(fetch.file(), "# decoymx: a line without a value\nConnect:192.0.2.1\n");

        CompletedProgram run =
                CompletedProgram.run(LIMIT, decoyMakemap(fetch.file().toString()));

        assertThat(run.code()).isNotZero();
        assertThat(run.output()).contains("no RHS for LHS");
        assertThat(map).hasBinaryContent(oldMap);
        assertThat(dir.resolve("sendmail.new.db")).doesNotExist();
        assertReply(TrialDecoy.LISTED, REJECTED);
    }
}
