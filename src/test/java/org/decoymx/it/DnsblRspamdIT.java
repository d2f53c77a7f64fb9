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
    private static final String IMPATIENT = "203.0.113.62";
    private static final String CONFIRMED = "203.0.113.63";
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
        decoy = DecoyProcess.start(
                Stream.concat(Stream.of(DecoyWithLedger.settings(DIR)), Stream.of(TrialDecoy.QUICK_TIERS))
                        .toArray(String[]::new));
        listClient(LISTED);
        listClient(LISTED6);
        mailWithoutWaiting();
        decoy.awaitListed(IMPATIENT);
        TrialDecoy.confirmClient(decoy, CONFIRMED);
        unbound = new Unbound(decoy);
        rspamd = Rspamd.withDnsLists(unbound.port());
    }

    private static void listClient(String client) throws IOException {
        assertThat(ProxiedClient.mail(decoy.smtpPort(), client, DecoyWithLedger.RECIPIENT))
                .startsWith("451 ");
        decoy.awaitListed(client);
    }

    /** Sends MAIL before the reply to EHLO, which says whether that is allowed. */
    private static void mailWithoutWaiting() throws IOException {
        try (SmtpClient socket = ProxiedClient.connect(decoy.smtpPort(), IMPATIENT)) {
            socket.readReply();
            socket.sendLine("EHLO client.test\r\nMAIL FROM:<sender@client.test>");
            socket.readReply();
            socket.readReply();
            socket.sendCommand("RCPT TO:<" + DecoyWithLedger.RECIPIENT + ">");
            assertThat(socket.sendCommand("DATA")).startsWith("451 ");
            socket.sendCommand("QUIT");
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
    void suspects_ofBothFamilies_areGreylisted_confirmedClient_isRejected() {
        assertThat(rspamd.scan(LISTED)).isEqualTo("Symbol: DECOY_RBL_SUSPECT (4.00)[" + LISTED + ":from]");
        assertThat(rspamd.scan(LISTED6)).isEqualTo("Symbol: DECOY_RBL_SUSPECT (4.00)[" + LISTED6 + ":from]");
        assertThat(rspamd.scan(IMPATIENT)).isEqualTo("Symbol: DECOY_RBL_SUSPECT_ABUSE (5.00)[" + IMPATIENT + ":from]");
        assertThat(rspamd.scan(CONFIRMED)).isEqualTo("Symbol: DECOY_RBL_CONFIRMED (18.00)[" + CONFIRMED + ":from]");
        assertThat(rspamd.scan(UNLISTED)).isEmpty();
        assertThat(rspamd.scan(UNLISTED6)).isEmpty();

        assertThat(rspamd.actionFor(LISTED)).isEqualTo("greylist");
        assertThat(rspamd.actionFor(IMPATIENT)).isEqualTo("greylist");
        assertThat(rspamd.actionFor(CONFIRMED)).isEqualTo("reject");
        assertThat(rspamd.actionFor(UNLISTED)).isEqualTo("no action");
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

        listClient(client);

        await("the symbol of " + client).atMost(LIMIT).until(() -> rspamd.scan(client)
                .contains("DECOY_RBL_SUSPECT"));
    }
}
