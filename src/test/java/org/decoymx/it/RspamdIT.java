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
        decoy = DecoyProcess.start(
                "decoy.smtp.greeting-delay=0s",
                "decoy.feed.max-age=" + MAX_AGE.toSeconds() + "s",
                "decoy.smtp.proxy-protocol.trusted=" + ProxiedClient.PROXY,
                TrialDecoy.QUICK_TIERS[0],
                TrialDecoy.QUICK_TIERS[1]);
        mailFrom(decoy, LISTED);
        decoy.awaitListed(LISTED);
        rspamd = new Rspamd(
                Rspamd.maps(decoy.url("")),
                Rspamd.maps(
                        decoy.url(""),
                        "blocklist.txt?tier=suspect\"",
                        "blocklist.txt.zst?tier=suspect#.zst\"",
                        "DECOY_",
                        "DECOY_ZST_",
                        "score = 4.0;",
                        "score = 0.5;",
                        "score = 18.0;",
                        "score = 0.5;"),
                Rspamd.maps(
                        decoy.url(""),
                        "?tier=suspect",
                        "?min-points=100000",
                        "DECOY_",
                        "DECOY_NOBODY_",
                        // beyond the score of a rejection rspamd looks for no further symbols
                        "score = 18.0;",
                        "score = 0.5;"));
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
        assertSymbol(rspamd, LISTED, "DECOY_SUSPECT (4.00)[" + LISTED + "]");

        assertThat(rspamd.scan(UNLISTED)).isEmpty();
        assertThat(rspamd.scan("2001:db8::1")).isEmpty();
    }

    @Test
    void suspect_isGreylisted_confirmedClient_isRejected() throws IOException {
        String client = "127.0.0.65";
        assertSymbol(rspamd, LISTED, "DECOY_SUSPECT");
        assertThat(rspamd.actionFor(LISTED)).isEqualTo("greylist");
        assertThat(rspamd.actionFor(UNLISTED)).isEqualTo("no action");

        TrialDecoy.confirmClient(decoy, client);

        assertSymbol(rspamd, client, "DECOY_CONFIRMED (18.00)[" + client + "]");
        assertThat(rspamd.actionFor(client)).isEqualTo("reject");
    }

    @Test
    void compressedList_givesTheSymbol() {
        assertSymbol(rspamd, LISTED, "DECOY_ZST_SUSPECT (0.50)[" + LISTED + "]");
    }

    @Test
    void newEntry_isLoadedWithinMaxAge() throws IOException {
        assertSymbol(rspamd, LISTED, "DECOY_SUSPECT");

        mailFrom(decoy, "127.0.0.62");

        assertSymbol(rspamd, "127.0.0.62", "DECOY_SUSPECT");
    }

    /** rspamd treats an empty body as an error, so an empty list must still have a body. */
    @Test
    void emptyList_isLoadedWithoutError_andGivesNoSymbol() {
        assertSymbol(rspamd, LISTED, "DECOY_SUSPECT");
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
                        Rspamd.maps(withLogin(secured.url(""), TOKEN)),
                        Rspamd.maps(withLogin(secured.url(""), "wrong-token-0123"), "DECOY_", "DECOY_WRONG_"))) {
            assertThat(secured.get("/blocklist.txt").statusCode()).isEqualTo(401);

            mailFrom(secured, LISTED);

            assertSymbol(reader, LISTED, "DECOY_SUSPECT");
            assertThat(reader.scan(LISTED)).doesNotContain("DECOY_WRONG");
        }
    }

    private static String withLogin(String url, String token) {
        return url.replace("http://", "http://rspamd:" + token + "@");
    }
}
