package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Only mail for domains whose worst MX is the decoy counts, by the MX records of a real name server. The primary MX, a
 * real Postfix, is found by DNS.
 */
class MxCheckIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String WORST_MX = "@ MX 10 mx1.right.test.\n@ MX 20 mx9.right.test.\n";
    private static final String BEST_MX = "@ MX 10 mx9.right.test.\n@ MX 20 mx1.right.test.\n";

    private final Path dir = TestResources.createDirectory("mx");

    /** The MX records name no port, so each Postfix listens on a loopback address of its own. */
    private final int number = TestResources.reservePort();

    private final String primaryAddress = "127." + (number >> 8) + "." + (number & 255) + ".25";
    private final NsdServer dns = new NsdServer()
            .setZone("right.test", WORST_MX + "mx1 A " + primaryAddress + "\nmx9 A 192.0.2.9\nbare A 192.0.2.9\n")
            .setZone("wrong.test", BEST_MX)
            .setZone("other.test", "@ MX 10 mx1.right.test.\n");
    private Postfix primary;

    @BeforeEach
    void startPrimary() {
        primary = new Postfix(
                "relay_domains = right.test\nmynetworks = 127.0.0.9/32\n",
                primaryAddress + ":25 inet n - n - - smtpd\n");
    }

    @AfterEach
    void stop() {
        primary.close();
        dns.close();
        TestResources.delete(dir);
    }

    private DecoyProcess startDecoy(String... settings) {
        String[] defaults = {
            "decoy.ledger.dir=" + dir,
            "decoy.hostname=mx9.right.test",
            "decoy.policy.require-mx=true",
            "decoy.primary.probe-interval=1s",
            "decoy.exempt.name-servers=" + dns.address(),
            "decoy.smtp.greeting-delay=0s",
            "decoy.smtp.proxy-protocol.trusted=" + ProxiedClient.PROXY
        };
        return DecoyProcess.start(
                Stream.of(defaults, settings).flatMap(Stream::of).toArray(String[]::new));
    }

    private static String mail(DecoyProcess decoy, String client, String recipient) throws IOException {
        return ProxiedClient.mail(decoy.smtpPort(), client, recipient);
    }

    private static void awaitHealth(DecoyProcess decoy, String... texts) {
        await("health").atMost(LIMIT).untilAsserted(() -> assertThat(
                        decoy.getManagement("/q/health").body())
                .as(decoy.log())
                .contains(texts));
    }

    private static void assertNotCounted(DecoyProcess decoy, String client) {
        assertThat(decoy.awaitSender(client, 1)).contains("\"listed\":false", "NOT_WORST_MX", "the worst MX");
    }

    @Test
    void recipients_countWhereTheDecoyIsTheWorstMx_andThePrimaryIsFoundByDns() throws IOException {
        dns.start();
        try (DecoyProcess decoy = startDecoy("decoy.domains=.right.test,wrong.test,other.test")) {
            awaitHealth(decoy, "\"mx1.right.test\": \"up since ");
            assertThat(decoy.metricValue("decoy_primary_up{host=\"mx1.right.test\"}"))
                    .isEqualTo(1);
            assertThat(mail(decoy, "23.0.0.1", "user@right.test")).startsWith("451 ");
            decoy.awaitListedAfterProbe("23.0.0.1");

            assertThat(mail(decoy, "23.0.1.1", "user@mx9.right.test"))
                    .as("the decoy's own name, which is no valid recipient")
                    .startsWith("503 ");
            assertThat(mail(decoy, "23.0.2.1", "user@bare.right.test"))
                    .as("an implicit MX")
                    .startsWith("451 ");
            assertNotCounted(decoy, "23.0.2.1");
            assertThat(mail(decoy, "23.0.3.1", "user@wrong.test")).startsWith("451 ");
            assertNotCounted(decoy, "23.0.3.1");
            assertThat(mail(decoy, "23.0.4.1", "user@other.test")).startsWith("451 ");
            assertNotCounted(decoy, "23.0.4.1");
            assertThat(decoy.feedEntries()).containsExactly("23.0.0.1");
            awaitHealth(
                    decoy,
                    "\"wrong.test\": \"nothing counts: no MX is better than mx9.right.test; DNS has 10 mx9.right.test,"
                            + " 20 mx1.right.test\"",
                    "\"other.test\": \"nothing counts: no MX is named mx9.right.test; DNS has 10 mx1.right.test\"");
        }
    }

    @Test
    void primaryFoundByDns_isDown_thenNothingCounts() throws IOException {
        dns.start();
        try (DecoyProcess decoy = startDecoy("decoy.domains=right.test")) {
            awaitHealth(decoy, "\"mx1.right.test\": \"up since ");
            primary.stop();
            awaitHealth(decoy, "\"mx1.right.test\": \"down since ");
            mail(decoy, "23.0.5.1", "user@right.test");
            assertThat(decoy.awaitSender("23.0.5.1", 1)).contains("\"listed\":false", "OUTAGE");
        }
    }

    @Test
    void orderThatBecomesWrong_isNoticed() throws IOException {
        dns.start();
        // on a slow machine the name of the primary cannot be resolved for long enough to be an outage
        String[] settings = {
            "decoy.domains=right.test", "decoy.primary.outage-grace-min=0s", "decoy.primary.outage-grace-max=0s"
        };
        try (DecoyProcess decoy = startDecoy(settings)) {
            awaitHealth(decoy, "\"mx1.right.test\": \"up since ");
            dns.stop();
            dns.setZone("right.test", BEST_MX).start();
            awaitHealth(decoy, "no MX is better than mx9.right.test", "no hosts to probe");
            mail(decoy, "23.0.6.1", "user@right.test");
            assertNotCounted(decoy, "23.0.6.1");
        }
    }

    @Test
    void dnsSilent_nothingCounts() throws IOException {
        try (DecoyProcess decoy = startDecoy("decoy.domains=right.test")) {
            awaitHealth(decoy, "nothing counts: MX of right.test: no answer from " + dns.address());
            mail(decoy, "23.0.7.1", "user@right.test");
            assertThat(decoy.awaitSender("23.0.7.1", 1)).contains("\"listed\":false");
        }
    }

    @Test
    void firstStartWithoutDns_nothingCounts_untilTheSpfNetworksAreKnown() throws IOException {
        String[] settings = {
            "decoy.domains=right.test", "decoy.policy.require-mx=false", "decoy.exempt.spf-domains=good.test"
        };
        try (DecoyProcess decoy = startDecoy(settings)) {
            awaitHealth(decoy, "nothing counts now", "TXT of good.test: no answer from");
            mail(decoy, "23.0.8.1", "user@right.test");
            assertThat(decoy.awaitSender("23.0.8.1", 1)).contains("\"listed\":false", "SPF_UNKNOWN");
            decoy.stop();
            dns.setZone("good.test", "@ TXT \"v=spf1 ip4:23.0.8.0/24 -all\"\n").start();
            decoy.restart();
            awaitHealth(decoy, "1 networks, resolved at");
            mail(decoy, "23.0.8.2", "user@right.test");
            mail(decoy, "23.0.9.1", "user@right.test");
            decoy.awaitListed("23.0.9.1");
            assertThat(decoy.feedEntries()).containsExactly("23.0.9.1");
        }
    }
}
