package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real Unbound, set up as the file that is shipped says, answers nobody who is listed. */
class UnboundRpzIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String ZONE_FILE = "zonefile: /var/lib/unbound/decoy.rpz";

    private final String unbound = RealProgram.require("unbound");
    private final String control = RealProgram.require("unbound-control");
    private final Path dir = TestResources.createDirectory("unbound");
    private final Path config = dir.resolve("unbound.conf");
    private final int port = TestResources.reservePort();
    private final NsdServer names = new NsdServer().setZone("answer.example.org", "@ A 192.0.2.1");
    private DecoyProcess decoy;

    /** Without them nothing of this is begun. */
    @BeforeAll
    static void needPrograms() {
        RealProgram.require("dig");
        RealProgram.require("curl");
    }

    @BeforeEach
    void start() throws IOException {
        names.start();
        decoy = TrialDecoy.start();
    }

    @AfterEach
    void clean() {
        decoy.killAndDelete();
        names.close();
        TestResources.delete(dir);
    }

    /** What it answers it asks of a name server beside it; what it knew itself it would tell everybody. */
    private DaemonProcess run(String snippet) throws IOException {
        Files.writeString(config, """
                server:
                    interface: 127.0.0.1@%1$d
                    access-control: 127.0.0.0/8 allow
                    do-not-query-localhost: no
                    chroot: ""
                    username: ""
                    directory: "%2$s"
                    pidfile: "%2$s/pid"
                    use-syslog: no
                stub-zone:
                    name: answer.example.org
                    stub-addr: %3$s
                remote-control:
                    control-enable: yes
                    control-interface: "%2$s/control"
                    control-use-cert: no
                """.formatted(port, dir, names.address().replace(":", "@")) + snippet);
        return DaemonProcess.start(dir, port, unbound, "-d", "-c", config.toString());
    }

    /** What a client is answered; no words when it is not. */
    private String answer(String client) {
        return CompletedProgram.run(
                        LIMIT,
                        "dig",
                        "@127.0.0.1",
                        "-p",
                        Integer.toString(port),
                        "-b",
                        client,
                        "+short",
                        "+tries=1",
                        "+time=1",
                        "answer.example.org",
                        "A")
                .output()
                .lines()
                .filter(line -> !line.startsWith(";"))
                .findFirst()
                .orElse("");
    }

    private void isAnswered(String client) {
        await("an answer")
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(answer(client)).as(this::log).isEqualTo("192.0.2.1"));
    }

    private String log() {
        return CompletedProgram.read(dir.resolve("unbound.log"));
    }

    @Test
    void zoneThatIsFetched_hasTheListedDropped_andIsFollowed() throws IOException {
        DecoyFetch fetch = DecoyFetch.fromEnvFile(
                "unbound/unbound.env",
                decoy.url(""),
                dir,
                "/var/lib/unbound",
                dir.toString(),
                "COMMAND=unbound-control auth_zone_reload decoy.rpz",
                "COMMAND=true");
        fetch.assertFetches(
                "32.61.0.0.127.rpz-client-ip CNAME rpz-drop.", "24.0.62.0.127.rpz-client-ip CNAME rpz-drop.");
        DecoyFetch next = DecoyFetch.fromEnvFile(
                "unbound/unbound.env",
                decoy.url(""),
                dir,
                "/var/lib/unbound",
                dir.toString(),
                "COMMAND=unbound-control",
                "COMMAND=" + control + " -c " + config);
        try (DaemonProcess daemon =
                run(ConsumerFiles.readAdapted("unbound/decoy.conf", ZONE_FILE, "zonefile: " + fetch.file()))) {
            isAnswered(TrialDecoy.UNLISTED);
            assertThat(answer(TrialDecoy.LISTED)).isEmpty();
            assertThat(answer(TrialDecoy.IN_NETWORK)).isEmpty();
            assertThat(log()).contains("rpz: applied [decoy] clientip 127.0.0.61/32 rpz-drop");

            TrialDecoy.listClient(decoy, TrialDecoy.UNLISTED, TrialDecoy.UNLISTED);
            TrialDecoy.listClient(decoy, "2001:db8:7:8::9", "2001:db8:7:8::/64");
            next.assertFetches("64.zz.8.7.db8.2001.rpz-client-ip CNAME rpz-drop.");

            assertThat(answer(TrialDecoy.UNLISTED)).as(this::log).isEmpty();
            isAnswered("127.0.0.64");
            assertThat(log()).doesNotContain("error").doesNotContain("syntax");
            assertThat(daemon.isAlive()).isTrue();
        }
    }

    @Test
    void unbound_mayFetchByItself() throws IOException {
        try (DaemonProcess daemon = run(ConsumerFiles.readAdapted(
                "unbound/decoy.conf", ZONE_FILE, "url: \"" + decoy.url("/feeds/rpz") + "\""))) {
            await("the zone").atMost(LIMIT).until(() -> answer(TrialDecoy.LISTED)
                    .isEmpty());
            isAnswered(TrialDecoy.UNLISTED);
            assertThat(daemon.isAlive()).isTrue();
        }
    }
}
