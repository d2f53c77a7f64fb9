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
    private static final String CONFIRMED = "127.0.0.65";

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
        decoy = TrialDecoy.start(TrialDecoy.QUICK_TIERS);
        TrialDecoy.confirmClient(decoy, CONFIRMED);
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
    void postscreen_rejectsConfirmedClients_passesSuspects_andAcceptsAllWhileDecoyIsDown() throws IOException {
        mx.awaitReply(CONFIRMED, blocked(CONFIRMED));
        mx.assertReply(TrialDecoy.LISTED, ACCEPTED);
        mx.assertReply(TrialDecoy.UNLISTED, ACCEPTED);
        assertThat(mx.log())
                .containsPattern("dnsblog.*addr 127\\.0\\.0\\.65 listed by domain bl\\.decoy\\.test as 127\\.0\\.0\\.4")
                .containsPattern("postscreen.*DNSBL rank 2 for \\[127\\.0\\.0\\.65\\]")
                .containsPattern("postscreen.*NOQUEUE: reject: RCPT from \\[127\\.0\\.0\\.65\\]")
                .containsPattern("dnsblog.*addr 127\\.0\\.0\\.61 listed by domain bl\\.decoy\\.test as 127\\.0\\.0\\.2")
                .containsPattern("postscreen.*PASS NEW \\[127\\.0\\.0\\.61\\]")
                .containsPattern("postscreen.*PASS NEW \\[127\\.0\\.0\\.63\\]")
                .doesNotContain("warning: ");

        TrialDecoy.confirmClient(decoy, TrialDecoy.UNLISTED);
        mx.awaitReply(TrialDecoy.UNLISTED, blocked(TrialDecoy.UNLISTED));

        decoy.stop();
        mx.awaitReply(CONFIRMED, ACCEPTED);
    }
}
