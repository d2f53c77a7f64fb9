package org.decoymx.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.decoymx.it.Postfix;

/**
 * A Postfix that is the mail server of many good senders, each with an address of its own. It tries a message again
 * when the test says so. A bounced message fails each wait.
 */
final class PostfixSenders implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(50);
    private static final int COUNT = 25;

    private static final String MAIN = """
            relayhost =
            smtp_bind_address =
            smtp_dns_support_level = enabled
            smtp_host_lookup = dns
            inet_protocols = all
            smtp_address_preference = ipv6
            smtp_connection_cache_on_demand = no
            smtp_connect_timeout = 5s
            queue_run_delay = 10d
            minimal_backoff_time = 10d
            maximal_backoff_time = 10d
            maximal_queue_lifetime = 30d
            sender_dependent_default_transport_maps = inline:{ %s }
            """;

    private static final String TRANSPORT = """
            s%1$d unix - - n - - smtp
              -o syslog_name=postfix/s%1$d
              -o smtp_helo_name=mail.s%1$d.test
              -o smtp_bind_address=%2$s
              -o smtp_bind_address6=%3$s
              -o smtp_tls_security_level=%4$s
            """;

    private final Postfix postfix;

    /**
     * Starts Postfix.
     *
     * @param namespace the network of the senders
     * @param encrypting the numbers of the senders that insist on TLS
     */
    PostfixSenders(LabNamespace namespace, List<Integer> encrypting) {
        String transports = numbers()
                .mapToObj(number -> "@s" + number + ".test=s" + number + ":")
                .collect(Collectors.joining(", "));
        String master = numbers()
                .mapToObj(number -> TRANSPORT.formatted(
                        number, address(number), address6(number), encrypting.contains(number) ? "encrypt" : "none"))
                .collect(Collectors.joining("", "tlsmgr unix - - n 1000? 1 tlsmgr\n", ""));
        postfix = new Postfix(MAIN.formatted(transports), master, namespace.command());
    }

    private static IntStream numbers() {
        return IntStream.rangeClosed(1, COUNT);
    }

    /** The address of a sender; each is in a /24 of its own. */
    static String address(int number) {
        return "23.1." + number + ".1";
    }

    /** The IPv6 address of a sender; each is in a /64 of its own. */
    static String address6(int number) {
        return "2a00:1:0:" + number + "::1";
    }

    /** A message in the queue of a sender. */
    final class QueuedMessage {
        private final Pattern result;
        private final String id;
        private int seen;

        private QueuedMessage(String id) {
            this.id = id;
            result = Pattern.compile(".*smtp\\[\\d+\\]: " + id + ": to=.*");
        }

        /** Waits for the result of the next attempt, and returns the line of the log. */
        String awaitResult() {
            await("a result of " + id)
                    .atMost(LIMIT)
                    .pollInterval(POLL)
                    .until(() -> results().size() > seen);
            String line = results().get(seen);
            seen++;
            assertNothingBounced();
            return line;
        }

        private List<String> results() {
            return result.matcher(postfix.log())
                    .results()
                    .map(found -> found.group())
                    .toList();
        }

        /** Tries again, and returns the line of the log with the result. */
        String retry() {
            postfix.retry(id);
            return awaitResult();
        }
    }

    /**
     * Sends a message.
     *
     * @param number of the sender
     * @param name begins the local part of its address; a letter for the sender follows, as digits make no difference
     *     to the decoy
     */
    QueuedMessage send(int number, String name, String recipient) {
        String from = name + (char) ('a' + number) + "@s" + number + ".test";
        postfix.submit(from, recipient);
        Pattern queued = Pattern.compile(": ([0-9A-F]+): from=<" + Pattern.quote(from) + ">");
        await("the message of " + from).atMost(LIMIT).pollInterval(POLL).until(() -> queued.matcher(postfix.log())
                .find());
        Matcher matcher = queued.matcher(postfix.log());
        assertThat(matcher.find()).isTrue();
        return new QueuedMessage(matcher.group(1));
    }

    /** Fails if a message of any sender bounced. */
    void assertNothingBounced() {
        assertThat(postfix.log().lines().filter(line -> line.contains("status=bounced")))
                .isEmpty();
    }

    String log() {
        return postfix.log();
    }

    @Override
    public void close() {
        postfix.close();
    }
}
