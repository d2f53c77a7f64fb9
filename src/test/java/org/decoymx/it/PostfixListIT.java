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

/** A real Postfix smtpd(8) defers suspects, and rejects confirmed clients, with the list that decoy-fetch downloads. */
class PostfixListIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Path dir = TestResources.createDirectory("postfix-list");
    private DecoyProcess decoy;
    private PostfixMx mx;
    private DecoyFetch fetch;

    /** Checks for the programs before anything is started. */
    @BeforeAll
    static void requirePrograms() {
        RealProgram.requireRoot();
        RealProgram.require("postfix");
        RealProgram.require("curl");
    }

    @BeforeEach
    void start() throws IOException {
        decoy = TrialDecoy.start(TrialDecoy.QUICK_TIERS);
        fetch("true").assertFetches("127.0.0.61/32 DEFER_IF_PERMIT 4.7.1 Caught by a decoy MX, try again later");
        mx = PostfixMx.smtpd(ConsumerFiles.readAdapted("postfix/main.cf", "/var/lib/decoy-fetch", dir.toString()));
        fetch = fetch(mx.reloadCommand());
    }

    private DecoyFetch fetch(String command) {
        return DecoyFetch.fromEnvFile("postfix/postfix.env", decoy.url(""), dir, "postfix reload", command);
    }

    @AfterEach
    void cleanUp() {
        decoy.killAndDelete();
        mx.close();
        TestResources.delete(dir);
    }

    private long countReloads() {
        return mx.log().lines().filter(line -> line.contains(" reload -- ")).count();
    }

    private void assertDeferred(String client) throws IOException {
        assertThat(mx.replyTo(client))
                .as(mx::log)
                .startsWith("450 4.7.1 ")
                .endsWith("Client host rejected: Caught by a decoy MX, try again later");
    }

    private void assertRejected(String client) throws IOException {
        assertThat(mx.replyTo(client))
                .as(mx::log)
                .startsWith("554 5.7.1 ")
                .endsWith("Client host rejected: Caught by a decoy MX");
    }

    private void awaitRejected(String client) {
        await(client + " to be rejected").atMost(LIMIT).untilAsserted(() -> assertRejected(client));
    }

    @Test
    void smtpd_treatsOnlyListedClients_byTheirTier_andKeepsTheListWhileTheDecoyIsDown() throws IOException {
        assertDeferred(TrialDecoy.LISTED);
        assertDeferred(TrialDecoy.IN_NETWORK);
        mx.assertReply(TrialDecoy.UNLISTED, "250 ");
        fetch.assertFetches();

        TrialDecoy.confirmClient(decoy, TrialDecoy.UNLISTED);
        fetch.assertFetches("127.0.0.63/32 REJECT 5.7.1 Caught by a decoy MX");
        awaitRejected(TrialDecoy.UNLISTED);
        mx.assertReply("127.0.0.64", "250 ");
        assertThat(countReloads()).isOne();

        decoy.stop();
        fetch.assertFailsWhileDown();
        assertDeferred(TrialDecoy.LISTED);
        assertRejected(TrialDecoy.UNLISTED);
        mx.assertReply("127.0.0.64", "250 ");
        assertThat(countReloads()).isOne();
        assertThat(mx.log()).doesNotContain("warning: ");
    }

    /** The comment in the snippet says so: fetch the list before you add the snippet. */
    @Test
    void smtpd_withoutTheListFile_defersMail() throws IOException {
        Files.delete(fetch.file());
        mx.assertReply(TrialDecoy.UNLISTED, "451 4.3.5 ");
    }
}
