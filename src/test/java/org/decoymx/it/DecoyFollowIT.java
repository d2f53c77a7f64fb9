package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** decoy-follow keeps the sets of a real nftables as the list is, by its stream. */
class DecoyFollowIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** From the feed to the firewall; the machine of a test may be slow. */
    private static final Duration PROMPTLY = Duration.ofSeconds(2);

    private static final String TOKEN = "follower-token-01";

    private final Path dir = TestResources.createDirectory("follow");
    private final NetworkNamespace network = new NetworkNamespace();
    private DecoyProcess decoy;
    private Process follower;

    /** Without them nothing of this is begun. */
    @BeforeAll
    static void needPrograms() {
        RealProgram.require("nft");
        RealProgram.require("curl");
        RealProgram.require("bash");
    }

    @BeforeEach
    void start() throws IOException {
        decoy = DecoyProcess.start(
                "decoy.smtp.greeting-delay=0s",
                "decoy.feed.access=token",
                "decoy.feed.tokens=" + TOKEN,
                "decoy.policy.widen-at=3",
                "decoy.smtp.proxy-protocol.trusted=" + ProxiedClient.PROXY);
        Path token = Files.writeString(dir.resolve("token"), TOKEN + "\n");
        ProcessBuilder builder = new ProcessBuilder(
                        ConsumerFiles.path("nftables/decoy-follow"),
                        decoy.url(""),
                        ConsumerFiles.path("nftables/decoy-follow.nft"))
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("log").toFile());
        builder.environment().put("DECOYMX_NFT", network.commandPrefix() + " nft");
        builder.environment().put("DECOYMX_TOKEN_FILE", token.toString());
        follower = builder.start();
        await("the first list").atMost(LIMIT).until(() -> fillings() == 1);
    }

    @AfterEach
    void clean() throws InterruptedException {
        follower.destroy();
        assertThat(follower.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        network.close();
        decoy.killAndDelete();
        TestResources.delete(dir);
    }

    private String log() {
        return CompletedProgram.read(dir.resolve("log"));
    }

    private long fillings() {
        return log().lines()
                .filter(line -> line.contains("filled with version"))
                .count();
    }

    private void catches(String client) throws IOException {
        assertThat(ProxiedClient.mail(decoy.smtpPort(), client, "user@example.org"))
                .startsWith("451 ");
    }

    /** The decoy lists within two seconds, and then it goes on by the stream. */
    private void comesToBlock(String client) {
        Stopwatch.start().within(PROMPTLY.plusSeconds(2), () -> assertThat(network.canReach(client))
                .as("%s gets through", client)
                .isFalse());
    }

    @Test
    void caught_areBlockedPromptly_withoutTheWholeList() throws IOException {
        assertThat(network.canReach(TrialDecoy.LISTED)).isTrue();
        catches(TrialDecoy.LISTED);
        comesToBlock(TrialDecoy.LISTED);
        catches("2001:db8:7:8::9");
        Stopwatch.start().within(PROMPTLY.plusSeconds(2), () -> assertThat(
                        network.run("nft", "list", "set", "inet", "decoy-follow", "net64"))
                .contains("2001:db8:7:8::"));
        assertThat(network.canReach(TrialDecoy.UNLISTED)).isTrue();
        assertThat(fillings()).as(log()).isEqualTo(1);
    }

    private boolean has(String set, String element) {
        return CompletedProgram.run(
                                LIMIT,
                                network.command(
                                        "nft", "get", "element", "inet", "decoy-follow", set, "{ " + element + " }"))
                        .code()
                == 0;
    }

    /** A network takes the place of its addresses: these are removed, and all of it is blocked. */
    @Test
    void whoIsRemoved_goes_andTheNetworkThatComesBlocks() throws IOException {
        catches("127.0.62.1");
        comesToBlock("127.0.62.1");
        assertThat(has("host4", "127.0.62.1")).isTrue();
        catches("127.0.62.2");
        catches("127.0.62.3");
        comesToBlock(TrialDecoy.IN_NETWORK);
        assertThat(has("net24", "127.0.62.0")).isTrue();
        for (String host : new String[] {"127.0.62.1", "127.0.62.2", "127.0.62.3"}) {
            assertThat(has("host4", host)).as(host).isFalse();
            assertThat(network.canReach(host)).as(host).isFalse();
        }
        assertThat(fillings()).as(log()).isEqualTo(1);
    }

    @Test
    void decoyThatComesBack_isFollowedAgain() throws IOException {
        catches(TrialDecoy.LISTED);
        comesToBlock(TrialDecoy.LISTED);

        decoy.stop();
        assertThat(network.canReach(TrialDecoy.LISTED)).as("stays blocked").isFalse();
        decoy.restart();

        catches(TrialDecoy.UNLISTED);
        await("the new one to be blocked").atMost(LIMIT).until(() -> !network.canReach(TrialDecoy.UNLISTED));
        assertThat(network.canReach(TrialDecoy.LISTED)).isFalse();
        assertThat(log()).contains("filled with version");
    }

    @Test
    void setsThatAreFlushed_areFilledAnew() throws IOException {
        catches(TrialDecoy.LISTED);
        comesToBlock(TrialDecoy.LISTED);
        network.run("nft", "flush", "ruleset");
        assertThat(network.canReach(TrialDecoy.LISTED)).isTrue();
        catches(TrialDecoy.UNLISTED);
        await("both to be blocked")
                .atMost(LIMIT)
                .until(() -> !network.canReach(TrialDecoy.UNLISTED) && !network.canReach(TrialDecoy.LISTED));
        assertThat(fillings()).as(log()).isEqualTo(2);
    }
}
