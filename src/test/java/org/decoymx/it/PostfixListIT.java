package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real Postfix refuses the decoy's clients by the list that decoy-fetch brings, in smtpd and in postscreen. */
class PostfixListIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** This Postfix is a real MX of example.org, and has loopback for the outside world. */
    private static final String MX = """
            mynetworks = 127.0.0.9/32
            relay_domains = example.org
            postscreen_greet_wait = 1s
            postscreen_cache_map = btree:$data_directory/postscreen_cache
            """;

    private final Path dir = Scratch.directory("postfix-list");
    private final int postscreenPort = Scratch.port();
    private final Postfix postfix = new Postfix(Scratch.port());
    private Decoy decoy;
    private Fetch fetch;

    @BeforeEach
    void start() throws IOException {
        decoy = Caught.decoy();
        fetch = Fetch.env("postfix/postfix.env", decoy.url(""), dir, "postfix reload", postfix.reload());
        fetch.gets("127.0.0.61/32 REJECT 5.7.1 Caught by a decoy MX");
        String smtpd = Adapted.text("postfix/main.cf", "/var/lib/decoy-fetch", dir.toString());
        String postscreen = Adapted.text("postfix/postscreen.cf", "/var/lib/decoy-fetch", dir.toString());
        postfix.with(MX + smtpd + postscreen, """
                127.0.0.1:%d inet n - n - 1 postscreen
                smtpd pass - - n - - smtpd
                dnsblog unix - - n - 0 dnsblog
                tlsproxy unix - - n - 0 tlsproxy
                """.formatted(postscreenPort));
    }

    @AfterEach
    void clean() {
        postfix.close();
        decoy.kill();
        Scratch.delete(dir);
    }

    private String told(String client) throws IOException {
        return Caught.told(postfix.port(), client);
    }

    private long reloads() {
        return postfix.log()
                .lines()
                .filter(line -> line.contains(" reload -- "))
                .count();
    }

    private void comesToRefuse(String client) {
        await(client + " to be refused").atMost(LIMIT).untilAsserted(() -> assertThat(told(client))
                .as(postfix::log)
                .startsWith("554 5.7.1 ")
                .endsWith("Client host rejected: Caught by a decoy MX"));
    }

    @Test
    void smtpd_refusesTheListed_takesOthers_andFollowsTheList_evenWhileTheDecoyIsDown() throws IOException {
        comesToRefuse(Caught.LISTED);
        comesToRefuse(Caught.IN_NETWORK);
        assertThat(told(Caught.STRANGER)).as(postfix::log).startsWith("250 ");
        fetch.gets();
        long reloads = reloads();
        fetch.gets();
        assertThat(reloads()).isEqualTo(reloads);

        Caught.catches(decoy, Caught.STRANGER, Caught.STRANGER);
        fetch.gets("127.0.0.63/32 REJECT 5.7.1 Caught by a decoy MX");
        comesToRefuse(Caught.STRANGER);
        assertThat(told("127.0.0.64")).startsWith("250 ");
        assertThat(reloads()).isEqualTo(reloads + 1);

        decoy.stop();
        fetch.findsNobody();
        comesToRefuse(Caught.LISTED);
        assertThat(reloads()).isEqualTo(reloads + 1);
    }

    @Test
    void postscreen_refusesTheListed_andHandsOthersOn() throws IOException {
        assertThat(Caught.told(postscreenPort, Caught.LISTED))
                .as(postfix::log)
                .startsWith("550 5.3.2 Service currently unavailable");
        assertThat(Caught.told(postscreenPort, Caught.IN_NETWORK)).startsWith("550 5.3.2 ");
        assertThat(Caught.told(postscreenPort, Caught.STRANGER))
                .as(postfix::log)
                .startsWith("250 2.1.5 ");
        assertThat(postfix.log())
                .containsPattern("postscreen.*DENYLISTED \\[127\\.0\\.0\\.61\\]")
                .containsPattern("postscreen.*NOQUEUE: reject: RCPT from \\[127\\.0\\.0\\.61\\]")
                .containsPattern("postscreen.*PASS NEW \\[127\\.0\\.0\\.63\\]")
                .doesNotContain("warning: cidr map");
    }

    @Test
    void postmap_findsEveryEntry_ofBothFamilies_andNoOther() throws IOException {
        String entry = "2001:db8:7:8::/64";
        Caught.catches(decoy, "2001:db8:7:8::9", entry);
        fetch.gets(entry + " REJECT 5.7.1 Caught by a decoy MX");
        for (String client :
                new String[] {Caught.LISTED, Caught.IN_NETWORK, "2001:db8:7:8::1", "2001:db8:7:8:ffff::"}) {
            assertThat(looksUp(client)).as(client).isEqualTo(new Run(0, "REJECT 5.7.1 Caught by a decoy MX\n"));
        }
        for (String client : new String[] {Caught.STRANGER, "127.0.61.1", "2001:db8:7:9::1", "2001:db8:7:7::1"}) {
            assertThat(looksUp(client)).as(client).isEqualTo(new Run(1, ""));
        }
    }

    private Run looksUp(String client) {
        return Run.of(LIMIT, RealProgram.require("postmap"), "-q", client, "cidr:" + fetch.file());
    }
}
