package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A real rspamd asks the decoy about its clients, by way of a real Unbound. */
class DnsblRspamdIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Path DIR = TestResources.createDirectory("dnsbl-rspamd");

    private static final String LISTED = "203.0.113.61";
    private static final String LISTED6 = "2001:db8:7:8::9";
    private static final String WEB_CLIENT = "203.0.113.62";
    private static final String RELAPSED = "203.0.113.63";
    private static final String STRANGER = "203.0.113.64";
    private static final String STRANGER6 = "2001:db8:7:9::9";

    private static DecoyProcess decoy;
    private static Unbound unbound;
    private static Rspamd rspamd;

    @BeforeAll
    static void start() throws IOException {
        RealProgram.requireRoot();
        RealProgram.require("rspamd");
        RealProgram.require("unbound");
        // Its time on the list is over before the other decoy is up.
        try (DecoyProcess before = decoy("decoy.policy.ttl=1s")) {
            mails(before, RELAPSED);
            before.awaitSender(RELAPSED, 1);
        }
        decoy = decoy();
        catches(decoy, RELAPSED, RELAPSED);
        catches(decoy, LISTED, LISTED);
        catches(decoy, LISTED6, "2001:db8:7:8::/64");
        speaksHttp();
        speaksHttp();
        decoy.awaitListed(WEB_CLIENT);
        unbound = new Unbound(decoy);
        rspamd = Rspamd.withDnsLists(unbound.port());
    }

    private static DecoyProcess decoy(String... more) {
        return DecoyProcess.start(Stream.concat(Stream.of(DecoyWithLedger.settings(DIR)), Stream.of(more))
                .toArray(String[]::new));
    }

    private static void mails(DecoyProcess to, String client) throws IOException {
        assertThat(ProxiedClient.mail(to.smtpPort(), client, DecoyWithLedger.RECIPIENT))
                .startsWith("451 ");
    }

    private static void catches(DecoyProcess by, String client, String entry) throws IOException {
        mails(by, client);
        by.awaitListed(entry);
    }

    private static void speaksHttp() throws IOException {
        try (SmtpClient socket = ProxiedClient.connect(decoy.smtpPort(), WEB_CLIENT)) {
            socket.readReply();
            assertThat(socket.sendCommand("GET / HTTP/1.0")).startsWith("421 ");
        }
    }

    @AfterAll
    static void stop() {
        if (rspamd != null) {
            rspamd.close();
        }
        if (unbound != null) {
            unbound.close();
        }
        if (decoy != null) {
            decoy.close();
        }
        TestResources.delete(DIR);
    }

    @Test
    void listedClients_ofBothFamilies_getTheSymbolOfTheirCode_andOthersNone() {
        assertThat(rspamd.scan(LISTED)).isEqualTo("Symbol: DECOY_RBL_CAUGHT (4.00)[" + LISTED + ":from]");
        assertThat(rspamd.scan(LISTED6)).isEqualTo("Symbol: DECOY_RBL_CAUGHT (4.00)[" + LISTED6 + ":from]");
        assertThat(rspamd.scan(WEB_CLIENT))
                .isEqualTo("Symbol: DECOY_RBL_NO_MAIL_SERVER (5.00)[" + WEB_CLIENT + ":from]");
        assertThat(rspamd.scan(RELAPSED)).isEqualTo("Symbol: DECOY_RBL_RELAPSED (6.00)[" + RELAPSED + ":from]");
        assertThat(rspamd.scan(STRANGER)).isEmpty();
        assertThat(rspamd.scan(STRANGER6)).isEmpty();
    }

    /** rspamd gives up a list that has 127.0.0.1, or does not answer. */
    @Test
    void zone_isWatched_andNotDisabled() {
        await("two looks at the zone").atMost(LIMIT).untilAsserted(() -> assertThat(rspamd.monitorLog())
                .containsPattern("(?s)(for bl\\.decoy\\.test in \\S+ no records with this name.*){2}"));
        assertThat(rspamd.monitorLog()).doesNotContain("disable object").doesNotContain("timed out");
    }

    @Test
    void newlyCaught_getsItsSymbol_whenTheResolverForgets() throws IOException {
        String client = "203.0.113.65";
        assertThat(rspamd.scan(client)).isEmpty();

        catches(decoy, client, client);

        await(client).atMost(LIMIT).until(() -> rspamd.scan(client).contains("DECOY_RBL_CAUGHT"));
    }
}
