package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The postmap and smtpd programs of Postfix look up clients in the socketmap of the decoy. */
class SocketmapIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String IPV6 = "2001:db8:7:8::9";

    private static DecoyProcess decoy;

    private final String postmap = RealProgram.require("postmap");

    /** Checks the programs before anything starts. */
    @BeforeAll
    static void start() throws IOException {
        RealProgram.requireRoot();
        RealProgram.require("postfix");
        decoy = TrialDecoy.start();
        TrialDecoy.listClient(decoy, IPV6, IPV6);
        TrialDecoy.listIpv6Network(decoy, "2001:db8:7:a::");
    }

    @AfterAll
    static void stop() {
        if (decoy != null) {
            decoy.killAndDelete();
        }
    }

    private CompletedProgram lookUp(String key, String map) {
        return CompletedProgram.run(
                LIMIT, postmap, "-q", key, "socketmap:inet:127.0.0.1:" + decoy.socketmapPort() + ":" + map);
    }

    @Test
    void postmap_findsEntries_ofBothAddressFamilies() {
        for (String key : List.of(TrialDecoy.LISTED, IPV6)) {
            CompletedProgram run = lookUp(key, "decoy");
            assertThat(run.code()).as(run.output()).isZero();
            assertThat(run.output())
                    .startsWith("REJECT 5.7.1 TRIAL: " + key + " was caught by a decoy MX. ")
                    .endsWith("\n");
        }
        assertThat(lookUp(TrialDecoy.IN_NETWORK, "decoy"))
                .isEqualTo(new CompletedProgram(
                        0,
                        "REJECT 5.7.1 TRIAL: 127.0.62.99 is in 127.0.62.0/24, many addresses of which were caught by"
                                + " a decoy MX.\n"));
        assertThat(lookUp("2001:db8:7:a:ffff::1", "decoy").output())
                .contains(
                        "2001:db8:7:a:ffff::1 is in 2001:db8:7:a::/64, addresses of which were caught by a decoy MX.");
    }

    @Test
    void postmap_findsNothingElse_andGetsAnErrorForAnUnknownMap() {
        for (String key : List.of(TrialDecoy.UNLISTED, "2001:db8:7:8::8", "mail.example.org", "unknown")) {
            assertThat(lookUp(key, "decoy")).as(key).isEqualTo(new CompletedProgram(1, ""));
        }
        assertThat(decoy.metricValue("decoy_witnesses"))
                .as("a lookup is not a visit")
                .isZero();
        CompletedProgram unknownMap = lookUp(TrialDecoy.LISTED, "another");
        assertThat(unknownMap.code()).isOne();
        assertThat(unknownMap.output()).contains("socketmap server permanent error: ");
    }

    @Test
    void smtpd_rejectsListedClients_andDefersAllWhileTheDecoyIsDown() throws IOException {
        try (Postfix mx = PostfixWithDecoy.startWithSocketmap(decoy);
                SmtpClient unlisted = new SmtpClient(mx.port(), TrialDecoy.UNLISTED)) {
            assertThat(TrialDecoy.replyTo(mx.port(), TrialDecoy.LISTED))
                    .as(mx::log)
                    .startsWith("554 5.7.1 ")
                    .contains("Client host rejected: TRIAL: 127.0.0.61 was caught by a decoy MX. ");
            assertThat(TrialDecoy.replyTo(unlisted)).startsWith("250 ");
            assertThat(mx.log()).doesNotContain("warning: ");

            decoy.stop();
            assertThat(unlisted.sendCommand("RCPT TO:<user@example.org>"))
                    .as(mx::log)
                    .startsWith("451 4.3.5 ");
            decoy.restart();
            assertThat(unlisted.sendCommand("RCPT TO:<user@example.org>"))
                    .as(mx::log)
                    .startsWith("250 ");
            assertThat(TrialDecoy.replyTo(mx.port(), TrialDecoy.LISTED)).startsWith("554 5.7.1 ");
        }
    }
}
