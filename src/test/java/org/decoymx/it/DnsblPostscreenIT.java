package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real postscreen queries the decoy about its clients through a real Unbound that caches nothing. */
class DnsblPostscreenIT {
    private static final String BLOCKED = "550 5.7.1 Service unavailable; client [%s] blocked using bl.decoy.test";
    private static final String ACCEPTED = "250 2.1.5 ";

    private DecoyProcess decoy;
    private Unbound unbound;
    private PostfixMx mx;

    /** Checks that the programs are installed before anything is started. */
    @BeforeAll
    static void requirePrograms() {
        RealProgram.require("postfix");
        RealProgram.require("unbound");
        Unbound.requireMountNamespace();
    }

    @BeforeEach
    void start() throws IOException {
        decoy = TrialDecoy.start();
        unbound = new Unbound(decoy, "# stub-no-cache: yes", "stub-no-cache: yes");
        String snippet = ConsumerFiles.readAdapted(
                "postfix/postscreen-dnsbl.cf", "postscreen_dnsbl_max_ttl = 60s", "postscreen_dnsbl_max_ttl = 1s");
        mx = PostfixMx.postscreen(snippet, unbound.commandPrefix());
    }

    @AfterEach
    void clean() {
        decoy.killAndDelete();
        mx.close();
        unbound.close();
    }

    private static String blocked(String client) {
        return BLOCKED.formatted(client);
    }

    @Test
    void postscreen_rejectsListedClients_andAcceptsAllWhileDecoyIsDown() throws IOException {
        mx.awaitReply(TrialDecoy.LISTED, blocked(TrialDecoy.LISTED));
        mx.assertReply(TrialDecoy.UNLISTED, ACCEPTED);
        assertThat(mx.log())
                .containsPattern("dnsblog.*addr 127\\.0\\.0\\.61 listed by domain bl\\.decoy\\.test as 127\\.0\\.0\\.2")
                .containsPattern("postscreen.*DNSBL rank 2 for \\[127\\.0\\.0\\.61\\]")
                .containsPattern("postscreen.*NOQUEUE: reject: RCPT from \\[127\\.0\\.0\\.61\\]")
                .containsPattern("postscreen.*PASS NEW \\[127\\.0\\.0\\.63\\]")
                .doesNotContain("warning: ");

        TrialDecoy.listClient(decoy, TrialDecoy.UNLISTED, TrialDecoy.UNLISTED);
        mx.awaitReply(TrialDecoy.UNLISTED, blocked(TrialDecoy.UNLISTED));

        decoy.stop();
        mx.awaitReply(TrialDecoy.LISTED, ACCEPTED);
    }
}
