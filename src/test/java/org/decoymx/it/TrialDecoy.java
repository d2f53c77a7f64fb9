package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** A decoy in trial mode that lists a loopback address and network; checks the replies of other mail servers. */
final class TrialDecoy {
    /** A listed address. */
    static final String LISTED = "127.0.0.61";

    /** An address in {@link #NETWORK} that has not sent mail itself. */
    static final String IN_NETWORK = "127.0.62.99";

    /** An aggregated network: three of its addresses are caught. */
    static final String NETWORK = "127.0.62.0/24";

    /** An address that is not listed, unless a test lists it. */
    static final String UNLISTED = "127.0.0.63";

    /** The IPv6 loopback address, which is not listed, unless a test lists it. */
    static final String UNLISTED_IPV6 = "::1";

    /** Settings with which a client is confirmed within seconds. */
    static final String[] QUICK_TIERS = {"decoy.policy.retry-after=1s", "decoy.policy.abandoned-after=2s"};

    private TrialDecoy() {}

    /**
     * Starts the decoy. {@code NETWORK} is listed last, so the feed is complete on return.
     *
     * @param settings additional settings, such as {@code decoy.hostname=mx.test}
     */
    static DecoyProcess start(String... settings) throws IOException {
        Stream<String> defaults = Stream.of(
                "decoy.smtp.greeting-delay=0s",
                "decoy.policy.widen-at=3",
                "decoy.lookup.action=reject",
                "decoy.smtp.proxy-protocol.trusted=" + ProxiedClient.PROXY);
        DecoyProcess decoy =
                DecoyProcess.start(Stream.concat(defaults, Stream.of(settings)).toArray(String[]::new));
        try {
            for (String client : List.of(LISTED, "127.0.62.1", "127.0.62.2", "127.0.62.3")) {
                assertThat(SmtpClient.mail(decoy.smtpPort(), client, "user@example.org"))
                        .startsWith("451 ");
            }
            decoy.awaitListed(NETWORK);
            return decoy;
        } catch (IOException | RuntimeException | AssertionError e) {
            decoy.close();
            throw e;
        }
    }

    /**
     * A client sends mail to the decoy and is listed.
     *
     * @param expectedEntry the resulting entry of the feed
     */
    static void listClient(DecoyProcess decoy, String client, String expectedEntry) throws IOException {
        assertThat(ProxiedClient.mail(decoy.smtpPort(), client, "user@example.org"))
                .startsWith("451 ");
        decoy.awaitListed(expectedEntry);
    }

    /**
     * Catches a client until it is confirmed: it never tries again what was deferred, and a real MX that reports its
     * visitors would have seen it. The decoy needs {@link #QUICK_TIERS}.
     */
    static void confirmClient(DecoyProcess decoy, String client) throws IOException {
        try (Socket mx = new Socket(InetAddress.getLoopbackAddress(), decoy.policyPort())) {
            String query = "request=smtpd_access_policy\nprotocol_state=RCPT\nclient_address=203.0.113.250\n\n";
            mx.getOutputStream().write(query.getBytes(StandardCharsets.US_ASCII));
            assertThat(mx.getInputStream().read()).isEqualTo('a');
        }
        StringBuilder sender = new StringBuilder("sender");
        await(client + " to be confirmed")
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(() -> {
                    offerMail(decoy, client, sender.append('x').toString());
                    assertThat(decoy.get("/senders/" + client).body()).contains("\"tier\":\"confirmed\"");
                });
    }

    private static void offerMail(DecoyProcess decoy, String client, String sender) throws IOException {
        try (SmtpClient socket = ProxiedClient.connect(decoy.smtpPort(), client)) {
            socket.readReply();
            socket.sendCommand("EHLO client.test");
            socket.sendCommand("MAIL FROM:<" + sender + "@client.test>");
            socket.sendCommand("RCPT TO:<user@example.org>");
            assertThat(socket.sendCommand("DATA")).startsWith("451 ");
            socket.sendCommand("QUIT");
        }
    }

    /**
     * Has two addresses of an IPv6 /64 mail the decoy, so that all of it is listed.
     *
     * @param network its first address
     */
    static void listIpv6Network(DecoyProcess decoy, String network) throws IOException {
        listClient(decoy, network + "1", network + "1");
        listClient(decoy, network + "2", network + "/64");
    }

    /** The reply to a client that mails to user@example.org: the first one that is not 2xx, or the reply to RCPT. */
    static String replyTo(int port, String client) throws IOException {
        try (SmtpClient socket = new SmtpClient(port, client)) {
            return replyTo(socket);
        }
    }

    /** The same for a connected client before the greeting. It stays connected. */
    static String replyTo(SmtpClient client) throws IOException {
        String reply = client.readReply();
        for (String command :
                List.of("EHLO client.test", "MAIL FROM:<sender@client.test>", "RCPT TO:<user@example.org>")) {
            if (!reply.startsWith("2")) {
                return reply;
            }
            reply = client.sendCommand(command);
        }
        return reply;
    }

    /**
     * Checks that the decoy answers like the mail server that it imitates: the same replies in the same order, apart
     * from the date, the minor version, STARTTLS, and further EHLO keywords of the mail server.
     */
    static void assertImitates(DecoyProcess decoy, int port, String... commands) throws IOException {
        try (SmtpClient original = new SmtpClient(port, "127.0.0.9");
                SmtpClient imitation = new SmtpClient(decoy.smtpPort(), "127.0.0.9")) {
            assertThat(normalize(original.readLines())).containsExactlyElementsOf(normalize(imitation.readLines()));
            for (String command : commands) {
                original.sendLine(command);
                imitation.sendLine(command);
                assertThat(normalize(original.readLines()))
                        .as(command)
                        .containsSubsequence(normalize(imitation.readLines()));
            }
        }
    }

    private static List<String> normalize(List<String> reply) {
        return reply.stream()
                .filter(line -> !line.matches("250-(STARTTLS|SMTPUTF8)"))
                .map(line -> line.replaceAll("[A-Z][a-z]{2}, .*", "DATE")
                        .replaceAll("(8\\.17\\.1)\\.\\d+", "$1")
                        .replaceAll("^250-SIZE.*", "250-SIZE")
                        .replaceAll("^(214 .*)STARTTLS ", "$1"))
                .toList();
    }

    /** Whether loopback has an IPv6 address, which some containers lack. */
    static boolean hasIpv6Loopback() {
        try (ServerSocket socket = new ServerSocket(0, 1, NetUtil.LOCALHOST6)) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
