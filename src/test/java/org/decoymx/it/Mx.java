package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;

/** A Postfix that is a real MX of example.org, and has loopback for the outside world: smtpd alone, or behind postscreen. */
final class Mx implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** Lines of its main.cf. */
    static final String MAIN = """
            mynetworks = 127.0.0.9/32
            relay_domains = example.org
            """;

    private static final String SCREEN = """
            postscreen_greet_wait = 1s
            postscreen_cache_map = btree:$data_directory/postscreen_cache
            postscreen_dnsbl_min_ttl = 1s
            """;

    private static final String SERVICES = """
            127.0.0.1:%d inet n - n - 1 postscreen
            smtpd pass - - n - - smtpd
            dnsblog unix - - n - 0 dnsblog
            tlsproxy unix - - n - 0 tlsproxy
            """;

    private final Postfix postfix;
    private final int port;

    private Mx(Postfix postfix, int port) {
        this.postfix = postfix;
        this.port = port;
    }

    /**
     * Starts one of smtpd.
     *
     * @param main more lines of main.cf
     * @param within a command line that runs it elsewhere, as in a namespace
     */
    static Mx smtpd(String main, String... within) {
        Postfix postfix = new Postfix(MAIN + main, "", within);
        return new Mx(postfix, postfix.port());
    }

    /** The same with postscreen, which waits a second for the client to speak first. */
    static Mx postscreen(String main, String... within) {
        int port = Scratch.port();
        return new Mx(new Postfix(MAIN + SCREEN + main, SERVICES.formatted(port), within), port);
    }

    /** What a client is told: the first refusal, or the answer to RCPT. */
    String told(String client) throws IOException {
        return Caught.told(port, client);
    }

    /** A client is told this. */
    void tells(String client, String beginning) throws IOException {
        assertThat(told(client)).as(postfix::log).startsWith(beginning);
    }

    /** In time a client is told this. */
    void comesToTell(String client, String beginning) {
        await(client + " to be told " + beginning).atMost(LIMIT).untilAsserted(() -> tells(client, beginning));
    }

    /** The command line that has it read its configuration and tables anew. */
    String reload() {
        return postfix.reload();
    }

    String log() {
        return postfix.log();
    }

    @Override
    public void close() {
        postfix.close();
    }
}
