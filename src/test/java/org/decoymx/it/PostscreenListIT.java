package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real postscreen refuses the decoy's clients by the list that decoy-fetch brings for smtpd. */
class PostscreenListIT {
    private static final String REFUSAL = "550 5.3.2 Service currently unavailable";

    private final Path dir = TestResources.createDirectory("postscreen-list");
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
        String snippet = ConsumerFiles.readAdapted("postfix/postscreen.cf", "/var/lib/decoy-fetch", dir.toString());
        mx = PostfixMx.postscreen(snippet);
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

    @Test
    void postscreen_refusesTheListed_handsOthersOn_andFollowsTheList() throws IOException {
        mx.assertReply(TrialDecoy.LISTED, REFUSAL);
        mx.assertReply(TrialDecoy.IN_NETWORK, REFUSAL);
        mx.assertReply(TrialDecoy.UNLISTED, "250 2.1.5 ");
        assertThat(mx.log())
                .containsPattern("postscreen.*DENYLISTED \\[127\\.0\\.0\\.61\\]")
                .containsPattern("postscreen.*NOQUEUE: reject: RCPT from \\[127\\.0\\.0\\.61\\]")
                .containsPattern("postscreen.*PASS NEW \\[127\\.0\\.0\\.63\\]");

        TrialDecoy.listClient(decoy, TrialDecoy.UNLISTED, TrialDecoy.UNLISTED);
        fetch.assertFetches("127.0.0.63/32 REJECT 5.7.1 Caught by a decoy MX");
        mx.awaitReply(TrialDecoy.UNLISTED, REFUSAL);
        mx.assertReply("127.0.0.64", "250 2.1.5 ");
        assertThat(mx.log()).doesNotContain("warning: ");
    }
}
