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

    private final Path dir = Scratch.directory("postscreen-list");
    private Decoy decoy;
    private Mx mx;
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
        mx = Mx.postscreen(snippet);
        fetch = fetch(mx.reload());
    }

    private Fetch fetch(String command) {
        return Fetch.env("postfix/postfix.env", decoy.url(""), dir, "postfix reload", command);
    }

    @AfterEach
    void clean() {
        decoy.kill();
        mx.close();
        Scratch.delete(dir);
    }

    @Test
    void postscreen_refusesTheListed_handsOthersOn_andFollowsTheList() throws IOException {
        mx.tells(Caught.LISTED, REFUSAL);
        mx.tells(Caught.IN_NETWORK, REFUSAL);
        mx.tells(Caught.STRANGER, "250 2.1.5 ");
        assertThat(mx.log())
                .containsPattern("postscreen.*DENYLISTED \\[127\\.0\\.0\\.61\\]")
                .containsPattern("postscreen.*NOQUEUE: reject: RCPT from \\[127\\.0\\.0\\.61\\]")
                .containsPattern("postscreen.*PASS NEW \\[127\\.0\\.0\\.63\\]");

        Caught.catches(decoy, Caught.STRANGER, Caught.STRANGER);
        fetch.gets("127.0.0.63/32 REJECT 5.7.1 Caught by a decoy MX");
        mx.comesToTell(Caught.STRANGER, REFUSAL);
        mx.tells("127.0.0.64", "250 2.1.5 ");
        assertThat(mx.log()).doesNotContain("warning: ");
    }
}
