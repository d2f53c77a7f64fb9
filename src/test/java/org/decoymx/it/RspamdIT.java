package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A real rspamd loads the list over HTTP with the shipped map, and polls as often as the feed allows. */
class RspamdIT {
    private static final Duration MAX_AGE = Duration.ofSeconds(6);
    /** The time beyond max-age for publication, download and parsing. */
    private static final Duration PROCESSING_TIME = Duration.ofSeconds(4);

    private static final String TOKEN = "reader-token-0123";
    private static final String LISTED = "127.0.0.61";
    private static final String UNLISTED = "127.0.0.69";

    private static DecoyProcess decoy;
    private static Rspamd rspamd;

    @BeforeAll
    static void start() throws IOException {
        decoy = DecoyProcess.start("decoy.smtp.greeting-delay=0s", "decoy.feed.max-age=" + MAX_AGE.toSeconds() + "s");
        mailFrom(decoy, LISTED);
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

    private static void mailFrom(DecoyProcess decoy, String address) throws IOException {
        assertThat(SmtpClient.mail(decoy.smtpPort(), address, "user@example.org"))
                .startsWith("451 ");
    }

    private static void assertSymbol(Rspamd rspamd, String address, String symbol) {
        Stopwatch.start().within(MAX_AGE.plus(PROCESSING_TIME), () -> assertThat(rspamd.scan(address))
                .as(rspamd::mapLog)
                .contains(symbol));
    }

    @Test
    void listedClient_getsTheSymbolAndScore_unlistedClientDoesNot() {
        assertSymbol(rspamd, LISTED, "DECOY_IP (4.00)[" + LISTED + "]");

        assertThat(rspamd.scan(UNLISTED)).isEmpty();
        assertThat(rspamd.scan("2001:db8::1")).isEmpty();
    }

    @Test
    void compressedList_givesTheSymbol() {
        assertSymbol(rspamd, LISTED, "DECOY_ZST (4.00)[" + LISTED + "]");
    }

    @Test
    void newEntry_isLoadedWithinMaxAge() throws IOException {
        assertSymbol(rspamd, LISTED, "DECOY_IP");

        mailFrom(decoy, "127.0.0.62");

        assertSymbol(rspamd, "127.0.0.62", "DECOY_IP");
    }

    /** rspamd treats an empty body as an error, so an empty list must still have a body. */
    @Test
    void emptyList_isLoadedWithoutError_andGivesNoSymbol() {
        assertSymbol(rspamd, LISTED, "DECOY_IP");
        Stopwatch.start().within(MAX_AGE, () -> assertThat(rspamd.mapLog())
                .containsPattern("min-points=100000\\S*: read map data \\d+ bytes, next check at")
                .contains("read radix trie of 0 elements"));

        assertThat(rspamd.mapLog().lines().filter(line -> line.contains("min-points")))
                .noneMatch(line -> line.contains("error") || line.contains("cannot"));
        assertThat(rspamd.scan(LISTED)).doesNotContain("DECOY_NOBODY");
    }

    @Test
    void tokenInTheUrl_givesAccessToAProtectedList() throws IOException {
        try (DecoyProcess secured = DecoyProcess.start(
                        "decoy.smtp.greeting-delay=0s",
                        "decoy.feed.max-age=" + MAX_AGE.toSeconds() + "s",
                        "decoy.feed.access=token",
                        "decoy.feed.tokens=" + TOKEN);
                Rspamd reader = new Rspamd(
                        Rspamd.map("DECOY_IP", withLogin(secured.url("/blocklist.txt"), TOKEN)),
                        Rspamd.map("DECOY_WRONG", withLogin(secured.url("/blocklist.txt"), "wrong-token-0123")))) {
            assertThat(secured.get("/blocklist.txt").statusCode()).isEqualTo(401);

            mailFrom(secured, LISTED);

            assertSymbol(reader, LISTED, "DECOY_IP");
            assertThat(reader.scan(LISTED)).doesNotContain("DECOY_WRONG");
        }
    }

    private static String withLogin(String url, String token) {
        return url.replace("http://", "http://rspamd:" + token + "@");
    }
}
