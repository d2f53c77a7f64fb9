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

/** A real Unbound with the shipped configuration drops the queries of listed clients. */
class UnboundRpzIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String ZONE_FILE = "zonefile: /var/lib/unbound/decoy.rpz";

    private final String unbound = RealProgram.require("unbound");
    private final String control = RealProgram.require("unbound-control");
    private final Path dir = TestResources.createDirectory("unbound");
    private final Path config = dir.resolve("unbound.conf");
    private final int port = TestResources.reservePort();
    private final NsdServer nameServer = new NsdServer().setZone("answer.example.org", "@ A 192.0.2.1");
    private DecoyProcess decoy;

    /** Checks the programs before anything starts. */
    @BeforeAll
    static void requirePrograms() {
        RealProgram.require("dig");
        RealProgram.require("curl");
    }

    @BeforeEach
    void start() throws IOException {
        nameServer.start();
        decoy = TrialDecoy.start();
    }

    @AfterEach
    void clean() {
        decoy.killAndDelete();
        nameServer.close();
        TestResources.delete(dir);
    }

    /** The test zone is a stub zone, because Unbound answers local data to all clients, without RPZ. */
    private DaemonProcess startUnbound(String snippet) throws IOException {
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
                """.formatted(port, dir, nameServer.address().replace(":", "@")) + snippet);
        return DaemonProcess.start(dir, port, unbound, "-d", "-c", config.toString());
    }

    /** Returns the response to a client; empty if there is none. */
    private String digFrom(String client) {
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

    private void awaitAnswered(String client) {
        await("a response")
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(digFrom(client)).as(this::log).isEqualTo("192.0.2.1"));
    }

    private String log() {
        return CompletedProgram.read(dir.resolve("unbound.log"));
    }

    @Test
    void fetchedZone_dropsListedClients_andIsReloaded() throws IOException {
        DecoyFetch fetch = DecoyFetch.fromEnvFile(
                        "unbound/unbound.env",
                        decoy.url(""),
                        dir,
                        "/var/lib/unbound",
                        dir.toString(),
                        "COMMAND=unbound-control auth_zone_reload decoy.rpz",
                        "COMMAND=true")
                .withSuspects();
        fetch.assertFetches(
                "32.61.0.0.127.rpz-client-ip CNAME rpz-drop.", "24.0.62.0.127.rpz-client-ip CNAME rpz-drop.");
        DecoyFetch fetchAndReload = DecoyFetch.fromEnvFile(
                        "unbound/unbound.env",
                        decoy.url(""),
                        dir,
                        "/var/lib/unbound",
                        dir.toString(),
                        "COMMAND=unbound-control",
                        "COMMAND=" + control + " -c " + config)
                .withSuspects();
        try (DaemonProcess daemon =
                startUnbound(ConsumerFiles.readAdapted("unbound/decoy.conf", ZONE_FILE, "zonefile: " + fetch.file()))) {
            awaitAnswered(TrialDecoy.UNLISTED);
            assertThat(digFrom(TrialDecoy.LISTED)).isEmpty();
            assertThat(digFrom(TrialDecoy.IN_NETWORK)).isEmpty();
            assertThat(log()).contains("rpz: applied [decoy] clientip 127.0.0.61/32 rpz-drop");

            TrialDecoy.listClient(decoy, TrialDecoy.UNLISTED, TrialDecoy.UNLISTED);
            TrialDecoy.listIpv6Network(decoy, "2001:db8:7:8::");
            TrialDecoy.listClient(decoy, "2001:db8:7:9::9", "2001:db8:7:9::9");
            fetchAndReload.assertFetches(
                    "64.zz.8.7.db8.2001.rpz-client-ip CNAME rpz-drop.",
                    "128.9.zz.9.7.db8.2001.rpz-client-ip CNAME rpz-drop.");

            assertThat(digFrom(TrialDecoy.UNLISTED)).as(this::log).isEmpty();
            awaitAnswered("127.0.0.64");
            assertThat(log()).doesNotContain("error").doesNotContain("syntax");
            assertThat(daemon.isAlive()).isTrue();
        }
    }

    @Test
    void zoneUrl_isFetchedByUnbound() throws IOException {
        try (DaemonProcess daemon = startUnbound(ConsumerFiles.readAdapted(
                "unbound/decoy.conf", ZONE_FILE, "url: \"" + decoy.url("/feeds/rpz?tier=all") + "\""))) {
            await("the zone").atMost(LIMIT).until(() -> digFrom(TrialDecoy.LISTED)
                    .isEmpty());
            awaitAnswered(TrialDecoy.UNLISTED);
            assertThat(daemon.isAlive()).isTrue();
        }
    }
}
