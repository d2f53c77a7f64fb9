package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** A Postfix that is the primary MX of example.org for clients on loopback: smtpd alone, or behind postscreen. */
final class PostfixMx implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** The lines of main.cf for a primary MX. */
    static final String MAIN_CF = """
            mynetworks = 127.0.0.9/32
            relay_domains = example.org
            """;

    /** The answer of a DNSBL must arrive within the greet wait, also on a busy machine. */
    private static final String POSTSCREEN_CF = """
            postscreen_greet_wait = 4s
            postscreen_cache_map = btree:$data_directory/postscreen_cache
            postscreen_dnsbl_min_ttl = 1s
            """;

    private static final String MASTER_CF = """
            127.0.0.1:%d inet n - n - 1 postscreen
            smtpd pass - - n - - smtpd
            dnsblog unix - - n - 0 dnsblog
            tlsproxy unix - - n - 0 tlsproxy
            """;

    private final Postfix postfix;
    private final int port;

    private PostfixMx(Postfix postfix, int port) {
        this.postfix = postfix;
        this.port = port;
    }

    /**
     * Starts a Postfix whose smtpd listens.
     *
     * @param main more lines of main.cf
     * @param commandPrefix a command line that runs Postfix, for example in a network namespace
     */
    static PostfixMx smtpd(String main, String... commandPrefix) {
        Postfix postfix = new Postfix(MAIN_CF + main, "", commandPrefix);
        return new PostfixMx(postfix, postfix.port());
    }

    /** Starts a Postfix whose postscreen listens; {@code postscreen_greet_wait} is four seconds. */
    static PostfixMx postscreen(String main, String... commandPrefix) {
        int port = TestResources.reservePort();
        String master = MASTER_CF.formatted(port);
        return new PostfixMx(new Postfix(MAIN_CF + POSTSCREEN_CF + main, master, commandPrefix), port);
    }

    /** The reply that a client gets: the first rejection, or the reply to RCPT. */
    String replyTo(String client) throws IOException {
        return TrialDecoy.replyTo(port, client);
    }

    /** Checks the beginning of the reply that a client gets. */
    void assertReply(String client, String prefix) throws IOException {
        assertThat(replyTo(client)).as(postfix::log).startsWith(prefix);
    }

    /** Waits until the reply that a client gets begins like this. */
    void awaitReply(String client, String prefix) {
        await(client + " to get " + prefix).atMost(LIMIT).untilAsserted(() -> assertReply(client, prefix));
    }

    /** The command line that reloads the configuration and the tables. */
    String reloadCommand() {
        return postfix.reloadCommand();
    }

    String log() {
        return postfix.log();
    }

    Path logFile() {
        return postfix.logFile();
    }

    int port() {
        return port;
    }

    @Override
    public void close() {
        postfix.close();
    }
}
