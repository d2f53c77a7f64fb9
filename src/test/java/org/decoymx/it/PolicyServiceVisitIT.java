package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real Postfix asks about is a visit at the primary MX. Clients have public addresses. */
class PolicyServiceVisitIT {
    /** Defers each client that the snippet permits, like greylisting does with unknown clients. */
    private static final String GREYLISTING = """
            inet_protocols = all
            smtpd_recipient_restrictions = defer
            """;

    @TempDir
    private static Path dir;

    private static DecoyProcess decoy;
    private static Postfix mx;

    /** Checks for the programs before anything is started. */
    @BeforeAll
    static void start() {
        RealProgram.requireRoot();
        RealProgram.require("postfix");
        decoy = DecoyProcess.start(Stream.concat(
                        Stream.of(DecoyWithLedger.settings(dir)),
                        Stream.of("decoy.lookup.action=reject", "decoy.public-url=https://decoy.example.org"))
                .toArray(String[]::new));
        mx = PostfixWithDecoy.startWithPolicyService(decoy, GREYLISTING);
    }

    @AfterAll
    static void stop() {
        if (decoy != null) {
            decoy.killAndDelete();
        }
        if (mx != null) {
            mx.close();
        }
    }

    private static void mailTheDecoy(String client) throws IOException {
        assertThat(ProxiedClient.mail(decoy.smtpPort(), client, "user@example.org"))
                .startsWith("451 ");
    }

    @Test
    void clientDeferredByThePrimary_isNotListedAfterwards() throws IOException {
        double before = decoy.metricValue("decoy_witnesses");
        assertThat(PostfixWithDecoy.replyTo(mx, "23.1.0.1")).as(mx::log).startsWith("450 4.3.2 ");
        assertThat(decoy.metricValue("decoy_witnesses")).isEqualTo(before + 1);
        mailTheDecoy("23.1.0.1");
        mailTheDecoy("23.1.1.1");
        decoy.awaitListed("23.1.1.1");
        assertThat(decoy.awaitSender("23.1.0.1", 1))
                .contains("\"listed\":false", "\"WITNESSED\"", "a primary MX had just put it off");
        assertThat(decoy.feedEntries()).doesNotContain("23.1.0.1");

        assertThat(PostfixWithDecoy.replyTo(mx, "23.1.0.1")).startsWith("450 4.3.2 ");
        assertThat(PostfixWithDecoy.replyTo(mx, "23.1.1.1"))
                .startsWith("554 5.7.1 <unknown[23.1.1.1]>: Client host rejected: 23.1.1.1 was caught by a decoy MX. ")
                .endsWith(" See https://decoy.example.org/senders/23.1.1.1");
        assertThat(decoy.feedEntries()).contains("23.1.1.1");
    }

    @Test
    void clientThatSubmitsMail_isNotSeenAtThePrimary() throws IOException {
        double before = decoy.metricValue("decoy_witnesses");
        for (int port : new int[] {587, 465}) {
            assertThat(PostfixWithDecoy.replyTo(mx, "23.1.2.1", port))
                    .as(mx::log)
                    .startsWith("450 4.3.2 ");
        }
        assertThat(decoy.metricValue("decoy_witnesses")).isEqualTo(before);
        mailTheDecoy("23.1.2.1");
        decoy.awaitListed("23.1.2.1");
    }

    @Test
    void listedIpv6Address_isRejected_theNextIsNot() throws IOException {
        mailTheDecoy("2a01:111:f400:1::25");
        decoy.awaitListed("2a01:111:f400:1::25");
        assertThat(PostfixWithDecoy.replyTo(mx, "2a01:111:f400:1::25"))
                .as(mx::log)
                .startsWith("554 5.7.1 ")
                .endsWith(" See https://decoy.example.org/senders/2a01:111:f400:1::25");
        assertThat(PostfixWithDecoy.replyTo(mx, "2a01:111:f400:1::26")).startsWith("450 4.3.2 ");
    }
}
