package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A real rspamd loads the list by the map that is shipped, over HTTP, and keeps to the times that the feed tells it. */
class RspamdIT {
    private static final Duration MAX_AGE = Duration.ofSeconds(6);
    /** Beyond max-age: to come into the feed, to be fetched and read. */
    private static final Duration WORK = Duration.ofSeconds(4);

    private static final String TOKEN = "reader-token-0123";
    private static final String LISTED = "127.0.0.61";
    private static final String UNLISTED = "127.0.0.69";

    private static DecoyProcess decoy;
    private static Rspamd rspamd;

    @BeforeAll
    static void start() throws IOException {
        decoy = DecoyProcess.start("decoy.smtp.greeting-delay=0s", "decoy.feed.max-age=" + MAX_AGE.toSeconds() + "s");
        lists(decoy, LISTED);
        decoy.awaitListed(LISTED);
        rspamd = new Rspamd(
                Rspamd.map("DECOY_IP", decoy.url("/blocklist.txt")),
                Rspamd.map("DECOY_ZST", decoy.url("/blocklist.txt.zst")),
                Rspamd.map("DECOY_NOBODY", decoy.url("/blocklist.txt?min-points=100000")));
    }

    @AfterAll
    static void stop() {
        if (rspamd != null) {
            rspamd.close();
        }
        if (decoy != null) {
            decoy.close();
        }
    }

    private static void lists(DecoyProcess decoy, String address) throws IOException {
        assertThat(SmtpClient.mail(decoy.smtpPort(), address, "user@example.org"))
                .startsWith("451 ");
    }

    private static void gives(Rspamd rspamd, String address, String symbol) {
        Stopwatch.start().within(MAX_AGE.plus(WORK), () -> assertThat(rspamd.scan(address))
                .as(rspamd::mapLog)
                .contains(symbol));
    }

    @Test
    void listedClient_getsTheSymbolWithItsScore_andAnotherDoesNot() {
        gives(rspamd, LISTED, "DECOY_IP (4.00)[" + LISTED + "]");

        assertThat(rspamd.scan(UNLISTED)).isEmpty();
        assertThat(rspamd.scan("2001:db8::1")).isEmpty();
    }

    @Test
    void compressedName_givesTheSymbolToo() {
        gives(rspamd, LISTED, "DECOY_ZST (4.00)[" + LISTED + "]");
    }

    @Test
    void addition_isSeenWithinTheFeedsExpires() throws IOException {
        gives(rspamd, LISTED, "DECOY_IP");

        lists(decoy, "127.0.0.62");

        gives(rspamd, "127.0.0.62", "DECOY_IP");
    }

    /** rspamd takes an empty body for an error, and keeps what it had. */
    @Test
    void emptyList_isLoadedWithoutAnError_andGivesNothing() {
        gives(rspamd, LISTED, "DECOY_IP");
        Stopwatch.start().within(MAX_AGE, () -> assertThat(rspamd.mapLog())
                .containsPattern("min-points=100000\\S*: read map data \\d+ bytes, next check at")
                .contains("read radix trie of 0 elements"));

        assertThat(rspamd.mapLog().lines().filter(line -> line.contains("min-points")))
                .noneMatch(line -> line.contains("error") || line.contains("cannot"));
        assertThat(rspamd.scan(LISTED)).doesNotContain("DECOY_NOBODY");
    }

    @Test
    void tokenInTheUrl_letsItLoadAListThatIsNotOpen() throws IOException {
        try (DecoyProcess closed = DecoyProcess.start(
                        "decoy.smtp.greeting-delay=0s",
                        "decoy.feed.max-age=" + MAX_AGE.toSeconds() + "s",
                        "decoy.feed.access=token",
                        "decoy.feed.tokens=" + TOKEN);
                Rspamd reader = new Rspamd(
                        Rspamd.map("DECOY_IP", withLogin(closed.url("/blocklist.txt"), TOKEN)),
                        Rspamd.map("DECOY_WRONG", withLogin(closed.url("/blocklist.txt"), "wrong-token-0123")))) {
            assertThat(closed.get("/blocklist.txt").statusCode()).isEqualTo(401);

            lists(closed, LISTED);

            gives(reader, LISTED, "DECOY_IP");
            assertThat(reader.scan(LISTED)).doesNotContain("DECOY_WRONG");
        }
    }

    private static String withLogin(String url, String token) {
        return url.replace("http://", "http://rspamd:" + token + "@");
    }
}
