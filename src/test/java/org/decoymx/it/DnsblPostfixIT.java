package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real Postfix smtpd queries the decoy about its clients through a real Unbound. */
class DnsblPostfixIT {
    /** An smtpd process caches lookup results until it exits; with this it serves one client only. */
    private static final String SINGLE_USE = "max_use = 1\n";

    /** If the resolver did not respond, Postfix would wait for five seconds, twice. */
    private static final Duration NO_DELAY = Duration.ofSeconds(3);

    private static final String DEFERRED =
            "450 4.7.1 Service unavailable; Client host [%s] deferred using bl.decoy.test; ";

    private static final String REJECTED =
            "554 5.7.1 Service unavailable; Client host [%s] blocked using bl.decoy.test; ";
    private static final String ACCEPTED = "250 2.1.5 ";
    private static final String OTHER = "127.0.0.64";

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
        decoy = TrialDecoy.start(
                "decoy.public-url=https://decoy.example.org", TrialDecoy.QUICK_TIERS[0], TrialDecoy.QUICK_TIERS[1]);
        unbound = new Unbound(decoy);
        String snippet = ConsumerFiles.readAdapted(
                "postfix/dnsbl.cf", "/etc/postfix/decoy-dnsbl-reply", ConsumerFiles.path("postfix/dnsbl-reply"));
        mx = PostfixMx.smtpd(SINGLE_USE + snippet, unbound.commandPrefix());
    }

    @AfterEach
    void clean() {
        decoy.killAndDelete();
        mx.close();
        unbound.close();
    }

    private static String deferred(String client) {
        return DEFERRED.formatted(client);
    }

    private static String rejected(String client) {
        return REJECTED.formatted(client);
    }

    private void assertAcceptedWithoutDelay(String client) throws IOException {
        Stopwatch stopwatch = Stopwatch.start();
        mx.assertReply(client, ACCEPTED);
        stopwatch.assertWithin(NO_DELAY);
    }

    @Test
    void smtpd_defersSuspects_rejectsConfirmedClients_andAcceptsAllWhileDecoyIsDown() throws IOException {
        assertThat(mx.replyTo(TrialDecoy.LISTED))
                .as(mx::log)
                .startsWith(deferred(TrialDecoy.LISTED))
                .contains("127.0.0.61 was caught by a decoy MX. Mail is deferred, not rejected. ")
                .endsWith("https://decoy.example.org/senders/127.0.0.61");
        mx.assertReply(TrialDecoy.IN_NETWORK, deferred(TrialDecoy.IN_NETWORK));
        mx.assertReply(TrialDecoy.UNLISTED, ACCEPTED);
        assertThat(mx.log()).doesNotContain("warning: ");

        TrialDecoy.confirmClient(decoy, TrialDecoy.UNLISTED);
        mx.awaitReply(TrialDecoy.UNLISTED, rejected(TrialDecoy.UNLISTED));
        assertThat(mx.replyTo(TrialDecoy.UNLISTED)).contains("127.0.0.63 was caught by a decoy MX. Mail is rejected. ");
        mx.assertReply(TrialDecoy.LISTED, deferred(TrialDecoy.LISTED));
        mx.assertReply(OTHER, ACCEPTED);

        decoy.stop();
        assertAcceptedWithoutDelay("127.0.0.65");
        mx.awaitReply(TrialDecoy.LISTED, ACCEPTED);
        assertAcceptedWithoutDelay(TrialDecoy.LISTED);
        assertThat(mx.log()).contains("61.0.0.127.bl.decoy.test: RBL lookup error");

        decoy.restart();
        mx.awaitReply(TrialDecoy.LISTED, deferred(TrialDecoy.LISTED));
        mx.assertReply(OTHER, ACCEPTED);
    }
}
