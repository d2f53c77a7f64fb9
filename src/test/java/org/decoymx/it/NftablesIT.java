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

/** A real nftables, set up as the files that are shipped say, blocks who is listed. */
class NftablesIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Path dir = Scratch.directory("nftables");
    private final NetworkNamespace network = new NetworkNamespace();
    private Decoy decoy;
    private Fetch fetch;

    /** Without them nothing of this is begun. */
    @BeforeAll
    static void needPrograms() {
        RealProgram.require("nft");
        RealProgram.require("curl");
    }

    @BeforeEach
    void start() throws IOException {
        decoy = Caught.decoy();
        Path rules = Files.writeString(dir.resolve("rules"), Adapted.text("nftables/decoy.nft"));
        network.run("nft", "-f", rules.toString());
        fetch = Fetch.env(
                "nftables/nftables.env",
                decoy.url(""),
                dir,
                "/run/decoy-fetch",
                dir.toString(),
                "COMMAND=nft",
                "COMMAND=" + network.prefix() + " nft");
    }

    @AfterEach
    void clean() {
        network.close();
        decoy.kill();
        Scratch.delete(dir);
    }

    @Test
    void listed_areBlocked_othersNot_andWhoIsNoLongerListedIsLetInAgain() throws IOException {
        assertThat(network.reaches(Caught.LISTED)).isTrue();

        fetch.gets("127.0.0.61,", "127.0.62.0/24,");

        assertThat(network.reaches(Caught.LISTED)).isFalse();
        assertThat(network.reaches(Caught.IN_NETWORK)).isFalse();
        assertThat(network.reaches(Caught.STRANGER)).isTrue();

        Caught.catches(decoy, "2001:db8:7:8::9", "2001:db8:7:8::/64");
        fetch.gets("2001:db8:7:8::/64,");

        assertThat(network.run("nft", "get", "element", "inet", "decoy", "bl6", "{ 2001:db8:7:8:ffff::1 }"))
                .contains("2001:db8:7:8::/64");
        Path nobody = Files.writeString(
                dir.resolve("nobody"),
                decoy.get("/feeds/nftables?min-points=100000").body());
        network.run("nft", "-f", nobody.toString());
        assertThat(network.reaches(Caught.LISTED)).isTrue();
        assertThat(network.run("nft", "list", "sets")).doesNotContain("elements");
    }

    @Test
    void everyFormOfTheFeed_isTakenByACheck() throws IOException {
        Caught.catches(decoy, "2001:db8:7:8::9", "2001:db8:7:8::/64");
        for (String query : new String[] {"", "?family=4", "?family=6", "?aggregate=true", "?min-points=100000"}) {
            Path file = Files.writeString(
                    dir.resolve("feed"), decoy.get("/feeds/nftables" + query).body());
            Run run = Run.of(LIMIT, network.command("nft", "-c", "-f", file.toString()));
            assertThat(run).as(query).isEqualTo(new Run(0, ""));
        }
    }
}
