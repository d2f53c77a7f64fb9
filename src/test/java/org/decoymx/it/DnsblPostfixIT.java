package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real smtpd of Postfix asks the decoy about its clients, by way of a real Unbound. */
class DnsblPostfixIT {
    /** A process of smtpd remembers what it was told as long as it lives; so none lives on. */
    private static final String FORGETFUL = "max_use = 1\n";

    /** A resolver that heard nothing would have Postfix wait for five seconds, twice. */
    private static final Duration NO_DELAY = Duration.ofSeconds(3);

    private static final String BLOCKED =
            "554 5.7.1 Service unavailable; Client host [%s] blocked using bl.decoy.test; ";
    private static final String TAKEN = "250 2.1.5 ";
    private static final String OTHER = "127.0.0.64";

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
        decoy = Caught.decoy("decoy.public-url=https://decoy.example.org");
        unbound = new Unbound(decoy);
        mx = Mx.smtpd(FORGETFUL + Adapted.text("postfix/dnsbl.cf"), unbound.within());
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

    private void takesAtOnce(String client) throws IOException {
        long begun = System.nanoTime();
        mx.tells(client, TAKEN);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(NO_DELAY);
    }

    @Test
    void smtpd_refusesTheListed_andWhoIsCaughtThen_andTakesAllMail_whileTheDecoyIsDown() throws IOException {
        assertThat(mx.told(Caught.LISTED))
                .as(mx::log)
                .startsWith(blocked(Caught.LISTED))
                .contains("127.0.0.61 was caught by a decoy MX")
                .endsWith("https://decoy.example.org/senders/127.0.0.61");
        mx.tells(Caught.IN_NETWORK, blocked(Caught.IN_NETWORK));
        mx.tells(Caught.STRANGER, TAKEN);
        assertThat(mx.log()).doesNotContain("warning: ");

        Caught.catches(decoy, Caught.STRANGER, Caught.STRANGER);
        mx.comesToTell(Caught.STRANGER, blocked(Caught.STRANGER));
        mx.tells(OTHER, TAKEN);

        decoy.stop();
        takesAtOnce("127.0.0.65");
        mx.comesToTell(Caught.LISTED, TAKEN);
        takesAtOnce(Caught.LISTED);
        assertThat(mx.log()).contains("61.0.0.127.bl.decoy.test: RBL lookup error");

        decoy.restart();
        mx.comesToTell(Caught.LISTED, blocked(Caught.LISTED));
        mx.tells(OTHER, TAKEN);
    }
}
