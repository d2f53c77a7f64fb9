package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real postscreen(8) rejects confirmed clients, and passes suspects, with the list that decoy-fetch downloads. */
class PostscreenListIT {
    private static final String REJECTION = "550 5.3.2 Service currently unavailable";
    private static final String ACCEPTED = "250 2.1.5 ";
    private static final String CONFIRMED = "127.0.0.65";

    private final Path dir = TestResources.createDirectory("postscreen-list");
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
        TrialDecoy.confirmClient(decoy, CONFIRMED);
        fetch("true").assertFetches(CONFIRMED + "/32 REJECT 5.7.1 Caught by a decoy MX");
        String snippet = ConsumerFiles.readAdapted("postfix/postscreen.cf", "/var/lib/decoy-fetch", dir.toString());
        mx = PostfixMx.postscreen(snippet);
        fetch = fetch(mx.reloadCommand());
    }

    private DecoyFetch fetch(String command) {
        return DecoyFetch.fromEnvFile("postfix/postscreen.env", decoy.url(""), dir, "postfix reload", command);
    }

    @AfterEach
    void cleanUp() {
        decoy.killAndDelete();
        mx.close();
        TestResources.delete(dir);
    }

    @Test
    void postscreen_afterEachFetch_rejectsOnlyConfirmedClients() throws IOException {
        mx.assertReply(CONFIRMED, REJECTION);
        mx.assertReply(TrialDecoy.LISTED, ACCEPTED);
        mx.assertReply(TrialDecoy.IN_NETWORK, ACCEPTED);
        mx.assertReply(TrialDecoy.UNLISTED, ACCEPTED);
        assertThat(mx.log())
                .containsPattern("postscreen.*DENYLISTED \\[127\\.0\\.0\\.65\\]")
                .containsPattern("postscreen.*NOQUEUE: reject: RCPT from \\[127\\.0\\.0\\.65\\]")
                .containsPattern("postscreen.*PASS NEW \\[127\\.0\\.0\\.61\\]");

        TrialDecoy.confirmClient(decoy, TrialDecoy.UNLISTED);
        fetch.assertFetches("127.0.0.63/32 REJECT 5.7.1 Caught by a decoy MX");
        mx.awaitReply(TrialDecoy.UNLISTED, REJECTION);
        mx.assertReply("127.0.0.64", ACCEPTED);
        assertThat(mx.log()).doesNotContain("warning: ");
    }
}
