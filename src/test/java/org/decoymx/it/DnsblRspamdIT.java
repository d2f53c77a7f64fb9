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

/** A real rspamd queries the decoy about its clients through a real Unbound. */
class DnsblRspamdIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Path DIR = TestResources.createDirectory("dnsbl-rspamd");

    private static final String LISTED = "203.0.113.61";
    private static final String LISTED6 = "2001:db8:7:8::9";
    private static final String WEB_CLIENT = "203.0.113.62";
    private static final String RELAPSED = "203.0.113.63";
    private static final String UNLISTED = "203.0.113.64";
    private static final String UNLISTED6 = "2001:db8:7:9::9";

    private static DecoyProcess decoy;
    private static Unbound unbound;
    private static Rspamd rspamd;

    @BeforeAll
    static void start() throws IOException {
        RealProgram.requireRoot();
        RealProgram.require("rspamd");
        RealProgram.require("unbound");
        // this listing expires before the second decoy is up
        try (DecoyProcess first = startDecoy("decoy.policy.ttl=1s")) {
            // another recipient than later: the same message again within minutes is no new catch
            sendMail(first, RELAPSED, "other@example.org");
            first.awaitSender(RELAPSED, 1);
        }
        decoy = startDecoy();
        listClient(decoy, RELAPSED, RELAPSED);
        listClient(decoy, LISTED, LISTED);
        listClient(decoy, LISTED6, LISTED6);
        sendHttpRequest();
        decoy.awaitSender(WEB_CLIENT, 1);
        assertThat(decoy.feedEntries()).doesNotContain(WEB_CLIENT);
        listClient(decoy, WEB_CLIENT, WEB_CLIENT);
        unbound = new Unbound(decoy);
        rspamd = Rspamd.withDnsLists(unbound.port());
    }

    private static DecoyProcess startDecoy(String... more) {
        return DecoyProcess.start(Stream.concat(Stream.of(DecoyWithLedger.settings(DIR)), Stream.of(more))
                .toArray(String[]::new));
    }

    private static void sendMail(DecoyProcess target, String client, String recipient) throws IOException {
        assertThat(ProxiedClient.mail(target.smtpPort(), client, recipient)).startsWith("451 ");
    }

    private static void listClient(DecoyProcess target, String client, String entry) throws IOException {
        sendMail(target, client, DecoyWithLedger.RECIPIENT);
        target.awaitListed(entry);
    }

    private static void sendHttpRequest() throws IOException {
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
    void listedClients_ofBothFamilies_getSymbolOfReturnCode_othersNone() {
        assertThat(rspamd.scan(LISTED)).isEqualTo("Symbol: DECOY_RBL_CAUGHT (4.00)[" + LISTED + ":from]");
        assertThat(rspamd.scan(LISTED6)).isEqualTo("Symbol: DECOY_RBL_CAUGHT (4.00)[" + LISTED6 + ":from]");
        assertThat(rspamd.scan(WEB_CLIENT))
                .isEqualTo("Symbol: DECOY_RBL_NO_MAIL_SERVER (5.00)[" + WEB_CLIENT + ":from]");
        assertThat(rspamd.scan(RELAPSED)).isEqualTo("Symbol: DECOY_RBL_RELAPSED (6.00)[" + RELAPSED + ":from]");
        assertThat(rspamd.scan(UNLISTED)).isEmpty();
        assertThat(rspamd.scan(UNLISTED6)).isEmpty();
    }

    /** rspamd disables a list that contains 127.0.0.1 or does not answer. */
    @Test
    void zone_isMonitored_andNotDisabled() {
        await("two checks of the zone").atMost(LIMIT).untilAsserted(() -> assertThat(rspamd.monitorLog())
                .containsPattern("(?s)(for bl\\.decoy\\.test in \\S+ no records with this name.*){2}"));
        assertThat(rspamd.monitorLog()).doesNotContain("disable object").doesNotContain("timed out");
    }

    @Test
    void newlyListedClient_getsSymbol_whenResolverCacheExpires() throws IOException {
        String client = "203.0.113.65";
        assertThat(rspamd.scan(client)).isEmpty();

        listClient(decoy, client, client);

        await("the symbol of " + client).atMost(LIMIT).until(() -> rspamd.scan(client)
                .contains("DECOY_RBL_CAUGHT"));
    }
}
