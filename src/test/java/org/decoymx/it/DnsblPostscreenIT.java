package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real postscreen asks the decoy about its clients, by way of a real Unbound that keeps nothing. */
class DnsblPostscreenIT {
    private static final String BLOCKED = "550 5.7.1 Service unavailable; client [%s] blocked using bl.decoy.test";
    private static final String TAKEN = "250 2.1.5 ";

    private Decoy decoy;
    private Unbound unbound;
    private Mx mx;

    /** Without them nothing of this is begun. */
    @BeforeAll
    static void needPrograms() {
        RealProgram.require("postfix");
        RealProgram.require("unbound");
        Unbound.requireWithin();
    }

    @BeforeEach
    void start() throws IOException {
        decoy = Caught.decoy();
        unbound = new Unbound(decoy, "# stub-no-cache: yes", "stub-no-cache: yes");
        String snippet = Adapted.text(
                "postfix/postscreen-dnsbl.cf", "postscreen_dnsbl_max_ttl = 60s", "postscreen_dnsbl_max_ttl = 1s");
        mx = Mx.postscreen(snippet, unbound.within());
    }

    @AfterEach
    void clean() {
        decoy.kill();
        mx.close();
        unbound.close();
    }

    private static String blocked(String client) {
        return BLOCKED.formatted(client);
    }

    @Test
    void postscreen_ranksTheListed_handsOthersOn_andAllWhileTheDecoyIsDown() throws IOException {
        mx.tells(Caught.LISTED, blocked(Caught.LISTED));
        mx.tells(Caught.STRANGER, TAKEN);
        assertThat(mx.log())
                .containsPattern("dnsblog.*addr 127\\.0\\.0\\.61 listed by domain bl\\.decoy\\.test as 127\\.0\\.0\\.2")
                .containsPattern("postscreen.*DNSBL rank 2 for \\[127\\.0\\.0\\.61\\]")
                .containsPattern("postscreen.*NOQUEUE: reject: RCPT from \\[127\\.0\\.0\\.61\\]")
                .containsPattern("postscreen.*PASS NEW \\[127\\.0\\.0\\.63\\]")
                .doesNotContain("warning: ");

        Caught.catches(decoy, Caught.STRANGER, Caught.STRANGER);
        mx.comesToTell(Caught.STRANGER, blocked(Caught.STRANGER));

        decoy.stop();
        mx.comesToTell(Caught.LISTED, TAKEN);
    }
}
