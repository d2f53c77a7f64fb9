package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real postscreen refuses the decoy's clients by the list that decoy-fetch brings for smtpd. */
class PostscreenListIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String REFUSAL = "550 5.3.2 Service currently unavailable";

    /** It is a real MX of example.org, and has loopback for the outside world. */
    private static final String MX = """
            mynetworks = 127.0.0.9/32
            relay_domains = example.org
            postscreen_greet_wait = 1s
            postscreen_cache_map = btree:$data_directory/postscreen_cache
            """;

    private static final String SERVICES = """
            127.0.0.1:%d inet n - n - 1 postscreen
            smtpd pass - - n - - smtpd
            dnsblog unix - - n - 0 dnsblog
            tlsproxy unix - - n - 0 tlsproxy
            """;

    private final Path dir = Scratch.directory("postscreen-list");
    private final int port = Scratch.port();
    private Decoy decoy;
    private Postfix postfix;
    private Fetch fetch;

    /** Without them nothing of this is begun. */
    @BeforeAll
    static void needPrograms() {
        RealProgram.requireRoot();
        RealProgram.require("postfix");
        RealProgram.require("curl");
    }

    @BeforeEach
    void start() throws IOException {
        decoy = Caught.decoy();
        fetch("true").gets("127.0.0.61/32 REJECT 5.7.1 Caught by a decoy MX");
        String snippet = Adapted.text("postfix/postscreen.cf", "/var/lib/decoy-fetch", dir.toString());
        postfix = new Postfix(MX + snippet, SERVICES.formatted(port));
        fetch = fetch(postfix.reload());
    }

    private Fetch fetch(String command) {
        return Fetch.env("postfix/postfix.env", decoy.url(""), dir, "postfix reload", command);
    }

    @AfterEach
    void clean() {
        decoy.kill();
        postfix.close();
        Scratch.delete(dir);
    }

    private void tells(String client, String answer) throws IOException {
        assertThat(Caught.told(port, client)).as(postfix::log).startsWith(answer);
    }

    @Test
    void postscreen_refusesTheListed_handsOthersOn_andFollowsTheList() throws IOException {
        tells(Caught.LISTED, REFUSAL);
        tells(Caught.IN_NETWORK, REFUSAL);
        tells(Caught.STRANGER, "250 2.1.5 ");
        assertThat(postfix.log())
                .containsPattern("postscreen.*DENYLISTED \\[127\\.0\\.0\\.61\\]")
                .containsPattern("postscreen.*NOQUEUE: reject: RCPT from \\[127\\.0\\.0\\.61\\]")
                .containsPattern("postscreen.*PASS NEW \\[127\\.0\\.0\\.63\\]");

        Caught.catches(decoy, Caught.STRANGER, Caught.STRANGER);
        fetch.gets("127.0.0.63/32 REJECT 5.7.1 Caught by a decoy MX");
        await(Caught.STRANGER + ", which had passed, to be refused")
                .atMost(LIMIT)
                .untilAsserted(() -> tells(Caught.STRANGER, REFUSAL));
        tells("127.0.0.64", "250 2.1.5 ");
        assertThat(postfix.log()).doesNotContain("warning: ");
    }
}
