package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real nftables, configured with the shipped files, blocks listed clients. */
class NftablesIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Path dir = TestResources.createDirectory("nftables");
    private final NetworkNamespace network = new NetworkNamespace();
    private DecoyProcess decoy;
    private DecoyFetch fetch;

    /** Checks for the programs before anything is started. */
    @BeforeAll
    static void requirePrograms() {
        RealProgram.require("nft");
        RealProgram.require("curl");
    }

    @BeforeEach
    void start() throws IOException {
        decoy = TrialDecoy.start();
        Path rules = Files.writeString(dir.resolve("rules"), ConsumerFiles.readAdapted("nftables/decoy.nft"));
        network.run("nft", "-f", rules.toString());
        fetch = DecoyFetch.fromEnvFile(
                        "nftables/nftables.env",
                        decoy.url(""),
                        dir,
                        "/run/decoy-fetch",
                        dir.toString(),
                        "COMMAND=nft",
                        "COMMAND=" + network.commandPrefix() + " nft")
                .withSuspects();
    }

    @AfterEach
    void cleanUp() {
        network.close();
        decoy.killAndDelete();
        TestResources.delete(dir);
    }

    @Test
    void listedClients_areBlockedUntilDelisted_othersAreNot() throws IOException {
        assertThat(network.canReach(TrialDecoy.LISTED)).isTrue();

        fetch.assertFetches("127.0.0.61,", "127.0.62.0/24,");

        assertThat(network.canReach(TrialDecoy.LISTED)).isFalse();
        assertThat(network.canReach(TrialDecoy.IN_NETWORK)).isFalse();
        assertThat(network.canReach(TrialDecoy.UNLISTED)).isTrue();

        TrialDecoy.listIpv6Network(decoy, "2001:db8:7:8::");
        TrialDecoy.listClient(decoy, "2001:db8:7:9::9", "2001:db8:7:9::9");
        fetch.assertFetches("2001:db8:7:8::/64,", "2001:db8:7:9::9,");

        assertThat(network.run("nft", "get", "element", "inet", "decoy", "bl6", "{ 2001:db8:7:8:ffff::1 }"))
                .contains("2001:db8:7:8::/64");
        assertThat(network.run("nft", "get", "element", "inet", "decoy", "bl6", "{ 2001:db8:7:9::9 }"))
                .contains("2001:db8:7:9::9");
        Path emptyFeed = Files.writeString(
                dir.resolve("empty"),
                decoy.get("/feeds/nftables?min-points=100000").body());
        network.run("nft", "-f", emptyFeed.toString());
        assertThat(network.canReach(TrialDecoy.LISTED)).isTrue();
        assertThat(network.run("nft", "list", "sets")).doesNotContain("elements");
    }

    @Test
    void feed_withEachParameter_passesNftCheck() throws IOException {
        TrialDecoy.listIpv6Network(decoy, "2001:db8:7:8::");
        TrialDecoy.listClient(decoy, "2001:db8:7:9::9", "2001:db8:7:9::9");
        for (String query : new String[] {
            "", "?tier=all", "?tier=suspect&family=4", "?family=6", "?tier=all&aggregate=true", "?min-points=100000"
        }) {
            Path file = Files.writeString(
                    dir.resolve("feed"), decoy.get("/feeds/nftables" + query).body());
            CompletedProgram run = CompletedProgram.run(LIMIT, network.command("nft", "-c", "-f", file.toString()));
            assertThat(run).as(query).isEqualTo(new CompletedProgram(0, ""));
        }
    }
}
