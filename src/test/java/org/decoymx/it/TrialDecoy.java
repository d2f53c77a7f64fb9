package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.List;
import java.util.stream.Stream;

/** A decoy on trial that has caught an address and a network of loopback, and what clients are told at other mail servers. */
final class TrialDecoy {
    /** It is in the list. */
    static final String LISTED = "127.0.0.61";

    /** Its network is in the list, as three others of it were caught. */
    static final String IN_NETWORK = "127.0.62.99";

    /** That network. */
    static final String NETWORK = "127.0.62.0/24";

    /** It is not in the list until it is caught. */
    static final String UNLISTED = "127.0.0.63";

    /** The one IPv6 address of loopback; it is not in the list until it is caught. */
    static final String UNLISTED_IPV6 = "::1";

    private TrialDecoy() {}

    /**
     * Starts the decoy; as {@code NETWORK} is the last that comes, all is in the feed.
     *
     * @param more settings, as {@code decoy.hostname=mx.test}
     */
    static DecoyProcess start(String... more) throws IOException {
        Stream<String> settings = Stream.of(
                "decoy.smtp.greeting-delay=0s",
                "decoy.policy.widen-at=3",
                "decoy.smtp.proxy-protocol.trusted=" + ProxiedClient.PROXY);
        DecoyProcess decoy =
                DecoyProcess.start(Stream.concat(settings, Stream.of(more)).toArray(String[]::new));
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
     * A client comes to the decoy and is caught.
     *
     * @param entry what is in the feed then
     */
    static void listClient(DecoyProcess decoy, String client, String entry) throws IOException {
        assertThat(ProxiedClient.mail(decoy.smtpPort(), client, "user@example.org"))
                .startsWith("451 ");
        decoy.awaitListed(entry);
    }

    /** What a client is told that mails to user@example.org: the first refusal, or the answer to RCPT. */
    static String replyTo(int port, String client) throws IOException {
        try (SmtpClient socket = new SmtpClient(port, client)) {
            return replyTo(socket);
        }
    }

    /** The same for a client that is about to be greeted; it stays connected. */
    static String replyTo(SmtpClient client) throws IOException {
        String answer = client.readReply();
        for (String command :
                List.of("EHLO client.test", "MAIL FROM:<sender@client.test>", "RCPT TO:<user@example.org>")) {
            if (!answer.startsWith("2")) {
                return answer;
            }
            answer = client.sendCommand(command);
        }
        return answer;
    }

    /** Whether loopback has its IPv6 address here; not every container has it. */
    static boolean hasIpv6Loopback() {
        try (ServerSocket socket = new ServerSocket(0, 1, NetUtil.LOCALHOST6)) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
