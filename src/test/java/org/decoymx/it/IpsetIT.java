package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real ipset with iptables, configured with the shipped files, blocks listed clients. */
class IpsetIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Path dir = TestResources.createDirectory("ipset");
    private final NetworkNamespace network = new NetworkNamespace();
    private DecoyProcess decoy;
    private DecoyFetch fetch;

    /** Checks for the programs before anything is started. */
    @BeforeAll
    static void requirePrograms() {
        RealProgram.require("ipset");
        RealProgram.require("curl");
    }

    @BeforeEach
    void start() throws IOException {
        decoy = TrialDecoy.start();
        fetch = DecoyFetch.fromEnvFile(
                        "ipset/ipset.env",
                        decoy.url(""),
                        dir,
                        "/run/decoy-fetch",
                        dir.toString(),
                        "COMMAND=ipset",
                        "COMMAND=" + network.commandPrefix() + " ipset")
                .withSuspects();
    }

    @AfterEach
    void cleanUp() {
        network.close();
        decoy.killAndDelete();
        TestResources.delete(dir);
    }

    private boolean contains(String set, String address) {
        return CompletedProgram.run(LIMIT, network.command("ipset", "test", set, address))
                        .code()
                == 0;
    }

    @Test
    void sets_afterEachFetch_matchTheFeed() throws IOException {
        TrialDecoy.listIpv6Network(decoy, "2001:db8:7:8::");
        TrialDecoy.listClient(decoy, "2001:db8:7:9::9", "2001:db8:7:9::9");
        fetch.assertFetches(
                "add decoy4_tmp 127.0.0.61", "add decoy6_tmp 2001:db8:7:8::/64", "add decoy6_tmp 2001:db8:7:9::9");
        assertThat(contains("decoy4", TrialDecoy.LISTED)).isTrue();
        assertThat(contains("decoy4", TrialDecoy.IN_NETWORK)).isTrue();
        assertThat(contains("decoy4", TrialDecoy.UNLISTED)).isFalse();
        assertThat(contains("decoy6", "2001:db8:7:8:ffff::1")).isTrue();
        assertThat(contains("decoy6", "2001:db8:7:9::9")).isTrue();
        assertThat(contains("decoy6", "2001:db8:7:9::1")).isFalse();

        TrialDecoy.listClient(decoy, TrialDecoy.UNLISTED, TrialDecoy.UNLISTED);
        fetch.assertFetches("add decoy4_tmp " + TrialDecoy.UNLISTED);
        assertThat(contains("decoy4", TrialDecoy.UNLISTED)).isTrue();

        DecoyFetch.of(
                        decoy.url("/feeds/ipset?min-points=100000"),
                        fetch.file(),
                        network.command("ipset", "-file", fetch.file().toString(), "restore"))
                .assertFetches();
        assertThat(contains("decoy4", TrialDecoy.LISTED)).isFalse();
        assertThat(network.run("ipset", "-name", "list").lines()).containsExactlyInAnyOrder("decoy4", "decoy6");
    }

    @Test
    void iptablesRules_afterFetch_blockOnlyListedClients() throws IOException {
        RealProgram.require("iptables");
        network.run(ConsumerFiles.path("ipset/decoy-iptables"));
        network.run(ConsumerFiles.path("ipset/decoy-iptables"));
        assertThat(network.canReach(TrialDecoy.LISTED)).isTrue();

        fetch.assertFetches("add decoy4_tmp 127.0.0.61");

        assertThat(network.canReach(TrialDecoy.LISTED)).isFalse();
        assertThat(network.canReach(TrialDecoy.IN_NETWORK)).isFalse();
        assertThat(network.canReach(TrialDecoy.UNLISTED)).isTrue();
        assertThat(network.run("iptables", "-S", "INPUT").lines().filter(line -> line.contains("decoy4")))
                .as("rules of decoy4")
                .hasSize(1);
    }
}
