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

/** A real smtpd of Postfix refuses the decoy's clients by the list that decoy-fetch brings. */
class PostfixListIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Path dir = TestResources.createDirectory("postfix-list");
    private DecoyProcess decoy;
    private PostfixMx mx;
    private DecoyFetch fetch;

    /** Without them nothing of this is begun. */
    @BeforeAll
    static void needPrograms() {
        RealProgram.requireRoot();
        RealProgram.require("postfix");
        RealProgram.require("curl");
    }

    @BeforeEach
    void start() throws IOException {
        decoy = TrialDecoy.start();
        fetch("true").assertFetches("127.0.0.61/32 REJECT 5.7.1 Caught by a decoy MX");
        mx = PostfixMx.smtpd(ConsumerFiles.readAdapted("postfix/main.cf", "/var/lib/decoy-fetch", dir.toString()));
        fetch = fetch(mx.reloadCommand());
    }

    private DecoyFetch fetch(String command) {
        return DecoyFetch.fromEnvFile("postfix/postfix.env", decoy.url(""), dir, "postfix reload", command);
    }

    @AfterEach
    void clean() {
        decoy.killAndDelete();
        mx.close();
        TestResources.delete(dir);
    }

    private long reloads() {
        return mx.log().lines().filter(line -> line.contains(" reload -- ")).count();
    }

    private void refuses(String client) throws IOException {
        assertThat(mx.replyTo(client))
                .as(mx::log)
                .startsWith("554 5.7.1 ")
                .endsWith("Client host rejected: Caught by a decoy MX");
    }

    private void comesToRefuse(String client) {
        await(client + " to be refused").atMost(LIMIT).untilAsserted(() -> refuses(client));
    }

    @Test
    void smtpd_refusesTheListed_takesOthers_andFollowsTheList_evenWhileTheDecoyIsDown() throws IOException {
        refuses(TrialDecoy.LISTED);
        refuses(TrialDecoy.IN_NETWORK);
        mx.assertReply(TrialDecoy.UNLISTED, "250 ");
        fetch.assertFetches();

        TrialDecoy.listClient(decoy, TrialDecoy.UNLISTED, TrialDecoy.UNLISTED);
        fetch.assertFetches("127.0.0.63/32 REJECT 5.7.1 Caught by a decoy MX");
        comesToRefuse(TrialDecoy.UNLISTED);
        mx.assertReply("127.0.0.64", "250 ");
        assertThat(reloads()).isOne();

        decoy.stop();
        fetch.assertFailsWhileDown();
        refuses(TrialDecoy.LISTED);
        mx.assertReply("127.0.0.64", "250 ");
        assertThat(reloads()).isOne();
        assertThat(mx.log()).doesNotContain("warning: ");
    }

    /** As the snippet says; so nobody puts it in before there is a list. */
    @Test
    void smtpd_withoutTheFile_defersMail() throws IOException {
        Files.delete(fetch.file());
        mx.assertReply(TrialDecoy.UNLISTED, "451 4.3.5 ");
    }
}
