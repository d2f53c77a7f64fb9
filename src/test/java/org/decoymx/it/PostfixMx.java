package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;

/** A Postfix that is a real MX of example.org, and has loopback for the outside world: smtpd alone, or behind postscreen. */
final class PostfixMx implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** Lines of its main.cf. */
    static final String MAIN_CF = """
            mynetworks = 127.0.0.9/32
            relay_domains = example.org
            """;

    /** In the wait for the client to speak first, the answer of a DNSBL has to come, on a busy machine too. */
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
     * Starts one of smtpd.
     *
     * @param main more lines of main.cf
     * @param within a command line that runs it elsewhere, as in a namespace
     */
    static PostfixMx smtpd(String main, String... within) {
        Postfix postfix = new Postfix(MAIN_CF + main, "", within);
        return new PostfixMx(postfix, postfix.port());
    }

    /** The same with postscreen, which waits four seconds for the client to speak first. */
    static PostfixMx postscreen(String main, String... within) {
        int port = TestResources.reservePort();
        return new PostfixMx(new Postfix(MAIN_CF + POSTSCREEN_CF + main, MASTER_CF.formatted(port), within), port);
    }

    /** What a client is told: the first refusal, or the answer to RCPT. */
    String replyTo(String client) throws IOException {
        return TrialDecoy.replyTo(port, client);
    }

    /** A client is told this. */
    void assertReply(String client, String beginning) throws IOException {
        assertThat(replyTo(client)).as(postfix::log).startsWith(beginning);
    }

    /** In time a client is told this. */
    void awaitReply(String client, String beginning) {
        await(client + " to be told " + beginning).atMost(LIMIT).untilAsserted(() -> assertReply(client, beginning));
    }

    /** The command line that has it read its configuration and tables anew. */
    String reloadCommand() {
        return postfix.reloadCommand();
    }

    String log() {
        return postfix.log();
    }

    @Override
    public void close() {
        postfix.close();
    }
}
