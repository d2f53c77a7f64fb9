package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Postfix's postmap and smtpd look clients up in the decoy's socketmap. */
class SocketmapIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String NETWORK6 = "2001:db8:7:8::/64";

    private static Decoy decoy;

    private final String postmap = RealProgram.require("postmap");

    /** Without them nothing of this is begun. */
    @BeforeAll
    static void start() throws IOException {
        RealProgram.requireRoot();
        RealProgram.require("postfix");
        decoy = Caught.decoy();
        Caught.catches(decoy, "2001:db8:7:8::9", NETWORK6);
    }

    @AfterAll
    static void stop() {
        if (decoy != null) {
            decoy.kill();
        }
    }

    private Run looksUp(String key, String map) {
        return Run.of(LIMIT, postmap, "-q", key, "socketmap:inet:127.0.0.1:" + decoy.socketmapPort() + ":" + map);
    }

    @Test
    void postmap_findsEveryEntry_ofBothFamilies() {
        for (String key : List.of(Caught.LISTED, Caught.IN_NETWORK, "2001:db8:7:8:ffff::1")) {
            Run run = looksUp(key, "decoy");
            assertThat(run.code()).as(run.output()).isZero();
            assertThat(run.output())
                    .startsWith("REJECT 5.7.1 TRIAL: " + key + " ")
                    .contains(" caught by a decoy MX.")
                    .endsWith("\n");
        }
    }

    @Test
    void postmap_findsNothingElse_andIsToldOfAnUnknownMap() {
        for (String key : List.of(Caught.STRANGER, "2001:db8:7:9::1", "mail.example.org", "unknown")) {
            assertThat(looksUp(key, "decoy")).as(key).isEqualTo(new Run(1, ""));
        }
        assertThat(decoy.meter("decoy_witnesses")).as("who was looked up").isZero();
        Run other = looksUp(Caught.LISTED, "another");
        assertThat(other.code()).isOne();
        assertThat(other.output()).contains("socketmap server permanent error: ");
    }

    @Test
    void smtpd_refusesTheListed_butDefersAllWhileTheDecoyIsDown() throws IOException {
        try (Postfix mx = AskingMx.socketmap(decoy);
                SmtpSocket stranger = new SmtpSocket(mx.port(), Caught.STRANGER)) {
            assertThat(Caught.told(mx.port(), Caught.LISTED))
                    .as(mx::log)
                    .startsWith("554 5.7.1 ")
                    .contains("Client host rejected: TRIAL: 127.0.0.61 was caught by a decoy MX. ");
            assertThat(Caught.told(stranger)).startsWith("250 ");
            assertThat(mx.log()).doesNotContain("warning: ");

            decoy.stop();
            assertThat(stranger.say("RCPT TO:<user@example.org>")).as(mx::log).startsWith("451 4.3.5 ");
            decoy.restart();
            assertThat(stranger.say("RCPT TO:<user@example.org>")).as(mx::log).startsWith("250 ");
            assertThat(Caught.told(mx.port(), Caught.LISTED)).startsWith("554 5.7.1 ");
        }
    }
}
