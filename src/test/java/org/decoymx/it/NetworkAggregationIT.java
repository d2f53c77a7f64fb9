package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * With {@code decoy.policy.widen-at=3} a /24 with three listed addresses is aggregated to one entry, unless it contains
 * an exempt address.
 */
class NetworkAggregationIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir
    private Path dir;

    private DecoyProcess start(String... settings) {
        return DecoyProcess.start(Stream.concat(
                        Stream.of(DecoyWithLedger.settings(dir)),
                        Stream.concat(Stream.of("decoy.policy.widen-at=3"), Stream.of(settings)))
                .toArray(String[]::new));
    }

    private static void sendMail(DecoyProcess decoy, String... clients) throws Exception {
        for (String client : clients) {
            assertThat(ProxiedClient.mail(decoy.smtpPort(), client, DecoyWithLedger.RECIPIENT))
                    .startsWith("451 ");
        }
    }

    private static void awaitFeed(DecoyProcess decoy, String... entries) {
        await("the feed").atMost(LIMIT).untilAsserted(() -> assertThat(decoy.feedEntries())
                .containsExactly(entries));
    }

    @Test
    void network_withThreeListedAddresses_isAggregatedUnlessOneIsExempt() throws Exception {
        try (DecoyProcess decoy = start("decoy.exempt.networks=198.51.100.200")) {
            sendMail(decoy, "192.0.2.9", "198.51.100.1", "198.51.100.2", "198.51.100.3", "203.0.113.1", "203.0.113.99");
            awaitFeed(
                    decoy, "192.0.2.9", "198.51.100.1", "198.51.100.2", "198.51.100.3", "203.0.113.1", "203.0.113.99");
            sendMail(decoy, "203.0.113.255", "198.51.100.200");
            awaitFeed(decoy, "192.0.2.9", "198.51.100.1", "198.51.100.2", "198.51.100.3", "203.0.113.0/24");
            assertThat(decoy.metricValue("decoy_listed")).isEqualTo(5);
            assertThat(decoy.get("/senders/203.0.113.77").body())
                    .contains(
                            "\"listed\":true",
                            "Other addresses in its network 203.0.113.0/24 offered mail to our trap server",
                            "\"tier\":\"suspect\"",
                            "this address is only their neighbor")
                    .contains("It was never seen here.");
        }
    }

    /** A question of Postfix at RCPT, and the action. */
    private static String ask(DecoyProcess decoy, String client) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), decoy.policyPort())) {
            socket.setSoTimeout((int) LIMIT.toMillis());
            String request = "request=smtpd_access_policy\nprotocol_state=RCPT\nclient_address=" + client
                    + "\nsender=a@example.net\nrecipient=" + DecoyWithLedger.RECIPIENT + "\n\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
        }
    }

    @Test
    void network_isReleased_byAnInnocentAddressAtThePrimary_andNotListedAgain() throws Exception {
        try (DecoyProcess decoy = start("decoy.exempt.networks=!203.0.113.0/24,!2001:db8::/32")) {
            sendMail(decoy, "203.0.113.1", "203.0.113.2", "203.0.113.3", "2001:db8::1", "2001:db8::2");
            awaitFeed(decoy, "203.0.113.0/24", "2001:db8::/64");
            assertThat(ask(decoy, "203.0.113.2")).startsWith("action=DEFER_IF_PERMIT 4.7.1 ");
            assertThat(ask(decoy, "2001:db8::1")).startsWith("action=DEFER_IF_PERMIT 4.7.1 ");
            assertThat(decoy.get("/senders/203.0.113.77").body()).contains("this address is only their neighbor");
            awaitFeed(decoy, "203.0.113.0/24", "2001:db8::/64");

            assertThat(ask(decoy, "203.0.113.77")).startsWith("action=DEFER_IF_PERMIT 4.7.1 203.0.113.77 is in ");
            assertThat(ask(decoy, "2001:db8::77")).startsWith("action=DEFER_IF_PERMIT 4.7.1 2001:db8::77 is in ");
            awaitFeed(decoy, "203.0.113.1", "203.0.113.2", "203.0.113.3", "2001:db8::1", "2001:db8::2");
            assertThat(ask(decoy, "203.0.113.77")).isEqualTo("action=DUNNO");
            assertThat(ask(decoy, "2001:db8::77")).isEqualTo("action=DUNNO");
            sendMail(decoy, "203.0.113.1", "2001:db8::1");
            decoy.awaitSender("203.0.113.1", 2);
            assertThat(decoy.feedEntries()).hasSize(5);
        }
    }

    @Test
    void aggregatedNetwork_afterRestart_staysUnlessAnAddressIsNowExempt() throws Exception {
        try (DecoyProcess decoy = start()) {
            sendMail(decoy, "203.0.113.1", "203.0.113.2", "203.0.113.3");
            awaitFeed(decoy, "203.0.113.0/24");
            decoy.stop();
            decoy.restart();
            assertThat(decoy.feedEntries()).containsExactly("203.0.113.0/24");
        }
        try (DecoyProcess decoy = start("decoy.exempt.networks=203.0.113.3")) {
            assertThat(decoy.feedEntries()).containsExactly("203.0.113.1", "203.0.113.2");
        }
    }
}
