package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** decoy-follow keeps the sets of a real nftables in sync with the list through the event stream. */
class DecoyFollowIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** The delay from the feed to the firewall, with a margin for a slow machine. */
    private static final Duration FOLLOW_DELAY = Duration.ofSeconds(2);

    private static final String TOKEN = "follower-token-01";

    private final Path dir = TestResources.createDirectory("follow");
    private final NetworkNamespace network = new NetworkNamespace();
    private DecoyProcess decoy;
    private Process follower;

    /** Checks that the programs are installed before anything is started. */
    @BeforeAll
    static void requirePrograms() {
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
                TrialDecoy.QUICK_TIERS[0],
                TrialDecoy.QUICK_TIERS[1],
                "decoy.smtp.proxy-protocol.trusted=" + ProxiedClient.PROXY);
        Path script = Files.writeString(
                dir.resolve("decoy-follow"),
                ConsumerFiles.readAdapted("nftables/decoy-follow", "tier=confirmed", "tier=all"));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        startFollower(script.toString());
    }

    private void startFollower(String script) throws IOException {
        Path token = Files.writeString(dir.resolve("token"), TOKEN + "\n");
        ProcessBuilder builder = new ProcessBuilder(
                        script, decoy.url(""), ConsumerFiles.path("nftables/decoy-follow.nft"))
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("log").toFile());
        builder.environment().put("DECOYMX_NFT", network.commandPrefix() + " nft");
        builder.environment().put("DECOYMX_TOKEN_FILE", token.toString());
        follower = builder.start();
        await("the first list").atMost(LIMIT).until(() -> countFullLoads() == 1);
    }

    private void stopFollower() throws InterruptedException {
        follower.destroy();
        assertThat(follower.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @AfterEach
    void clean() throws InterruptedException {
        stopFollower();
        network.close();
        decoy.killAndDelete();
        TestResources.delete(dir);
    }

    private String log() {
        return CompletedProgram.read(dir.resolve("log"));
    }

    private long countFullLoads() {
        return log().lines()
                .filter(line -> line.contains("filled with version"))
                .count();
    }

    private void sendMail(String client) throws IOException {
        assertThat(ProxiedClient.mail(decoy.smtpPort(), client, "user@example.org"))
                .startsWith("451 ");
    }

    /** The decoy lists the client within two seconds; then the stream delivers the change. */
    private void awaitBlocked(String client) {
        Stopwatch.start().within(FOLLOW_DELAY.plusSeconds(2), () -> assertThat(network.canReach(client))
                .as("%s can connect", client)
                .isFalse());
    }

    @Test
    void listedClients_areBlockedPromptly_withoutFullReload() throws IOException {
        assertThat(network.canReach(TrialDecoy.LISTED)).isTrue();
        sendMail(TrialDecoy.LISTED);
        awaitBlocked(TrialDecoy.LISTED);
        sendMail("2001:db8:7:8::9");
        Stopwatch.start().within(FOLLOW_DELAY.plusSeconds(2), () -> assertThat(
                        network.run("nft", "list", "set", "inet", "decoy-follow", "host6"))
                .contains("2001:db8:7:8::9"));
        sendMail("2001:db8:7:8::a");
        Stopwatch.start().within(FOLLOW_DELAY.plusSeconds(2), () -> assertThat(
                        network.run("nft", "list", "set", "inet", "decoy-follow", "net64"))
                .contains("2001:db8:7:8::"));
        assertThat(network.canReach(TrialDecoy.UNLISTED)).isTrue();
        assertThat(countFullLoads()).as(log()).isEqualTo(1);
    }

    /** The script as it is shipped, while the other tests also follow suspects: who is caught once is not blocked. */
    @Test
    void suspects_areNotBlocked_untilTheyAreConfirmed() throws Exception {
        stopFollower();
        startFollower(ConsumerFiles.path("nftables/decoy-follow"));
        sendMail(TrialDecoy.LISTED);
        sendMail(TrialDecoy.UNLISTED);
        TrialDecoy.confirmClient(decoy, TrialDecoy.LISTED);
        awaitBlocked(TrialDecoy.LISTED);
        assertThat(network.canReach(TrialDecoy.UNLISTED)).isTrue();
        assertThat(countFullLoads()).as(log()).isEqualTo(1);
    }

    private boolean setContains(String set, String element) {
        return CompletedProgram.run(
                                LIMIT,
                                network.command(
                                        "nft", "get", "element", "inet", "decoy-follow", set, "{ " + element + " }"))
                        .code()
                == 0;
    }

    /** An aggregated network replaces its addresses: they are removed, and the whole network is blocked. */
    @Test
    void removedAddresses_areDeleted_andAggregatedNetworkIsBlocked() throws IOException {
        sendMail("127.0.62.1");
        awaitBlocked("127.0.62.1");
        assertThat(setContains("host4", "127.0.62.1")).isTrue();
        sendMail("127.0.62.2");
        sendMail("127.0.62.3");
        awaitBlocked(TrialDecoy.IN_NETWORK);
        assertThat(setContains("net24", "127.0.62.0")).isTrue();
        for (String host : new String[] {"127.0.62.1", "127.0.62.2", "127.0.62.3"}) {
            assertThat(setContains("host4", host)).as(host).isFalse();
            assertThat(network.canReach(host)).as(host).isFalse();
        }
        assertThat(countFullLoads()).as(log()).isEqualTo(1);
    }

    @Test
    void restartedDecoy_isFollowedAgain() throws IOException {
        sendMail(TrialDecoy.LISTED);
        awaitBlocked(TrialDecoy.LISTED);

        decoy.stop();
        assertThat(network.canReach(TrialDecoy.LISTED)).as("stays blocked").isFalse();
        decoy.restart();

        sendMail(TrialDecoy.UNLISTED);
        await("the new client to be blocked").atMost(LIMIT).until(() -> !network.canReach(TrialDecoy.UNLISTED));
        assertThat(network.canReach(TrialDecoy.LISTED)).isFalse();
        assertThat(log()).contains("filled with version");
    }

    @Test
    void flushedSets_areFilledAgain() throws IOException {
        sendMail(TrialDecoy.LISTED);
        awaitBlocked(TrialDecoy.LISTED);
        network.run("nft", "flush", "ruleset");
        assertThat(network.canReach(TrialDecoy.LISTED)).isTrue();
        sendMail(TrialDecoy.UNLISTED);
        await("both clients to be blocked")
                .atMost(LIMIT)
                .until(() -> !network.canReach(TrialDecoy.UNLISTED) && !network.canReach(TrialDecoy.LISTED));
        assertThat(countFullLoads()).as(log()).isEqualTo(2);
    }
}
