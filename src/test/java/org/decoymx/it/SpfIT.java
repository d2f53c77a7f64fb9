package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Networks in the SPF records of configured domains are never listed. A real name server serves the records. */
class SpfIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Path dir = TestResources.createDirectory("spf");
    private final NsdServer dns = new NsdServer()
            .setZone("good.test", """
                    @ TXT "v=spf1 ip4:203.0.113.0/28 include:_spf.good.test " "a:out.good.test/31 mx redirect=more.test"
                    @ MX 10 in.good.test.
                    in A 203.0.113.40
                    in AAAA 2001:db8:1:2::3
                    out A 203.0.113.50
                    _spf CNAME big
                    big TXT %s
                    """.formatted(largeRecord()))
            .setZone("more.test", "@ TXT \"v=spf1 ip6:2001:db8:40::/48 ~all\"\n");

    /** A record that does not fit into a UDP datagram, in strings of 250 octets. */
    private static String largeRecord() {
        String record = "v=spf1"
                + IntStream.range(0, 150).mapToObj(i -> " ip4:198.51.100." + i).collect(Collectors.joining())
                + " ip4:203.0.113.99 -all";
        return record.replaceAll("(.{1,250})", "\"$1\" ").strip();
    }

    @AfterEach
    void clean() {
        dns.close();
        TestResources.delete(dir);
    }

    private DecoyProcess decoy(String domains) {
        return DecoyProcess.start(Stream.concat(
                        Stream.of(DecoyWithLedger.settings(dir)),
                        Stream.of("decoy.exempt.spf-domains=" + domains, "decoy.exempt.name-servers=" + dns.address()))
                .toArray(String[]::new));
    }

    private static void sendMail(DecoyProcess decoy, String client) throws IOException {
        assertThat(ProxiedClient.mail(decoy.smtpPort(), client, DecoyWithLedger.RECIPIENT))
                .startsWith("451 ");
    }

    private static void awaitExempt(DecoyProcess decoy, String address) {
        await(address + " to be exempt").atMost(LIMIT).untilAsserted(() -> assertThat(
                        decoy.get("/senders/" + address).body())
                .as(decoy.log())
                .contains("a network of good.test, by its SPF record")
                .contains("\"listed\":false"));
    }

    private static void awaitHealth(DecoyProcess decoy, boolean isHealthy, String... texts) {
        await("health to contain " + List.of(texts)).atMost(LIMIT).untilAsserted(() -> {
            assertThat(decoy.getManagement("/q/health").body()).contains(texts);
            assertThat(decoy.isHealthy()).isEqualTo(isHealthy);
        });
    }

    /** Moves the time of the stored SPF result into the past. */
    private void backdate(Duration age) throws IOException {
        Path file = dir.resolve("spf.txt");
        Instant foundAt = Instant.now().minus(age).truncatedTo(ChronoUnit.SECONDS);
        Files.writeString(file, Files.readString(file).replaceAll("(?m)^(# \\S+) .*$", "$1 " + foundAt));
    }

    @Test
    void clientInAnSpfNetwork_isNotListed_clientBesideItIs() throws IOException {
        dns.start();
        try (DecoyProcess decoy = decoy("Good.test")) {
            awaitExempt(decoy, "203.0.113.5");
            for (String address : List.of(
                    "203.0.113.40",
                    "203.0.113.51",
                    "203.0.113.99",
                    "198.51.100.149",
                    "2001:db8:1:2::3",
                    "2001:db8:40:7::1")) {
                awaitExempt(decoy, address);
            }
            sendMail(decoy, "203.0.113.5");
            sendMail(decoy, "203.0.113.16");

            decoy.awaitListed("203.0.113.16");
            assertThat(decoy.awaitSender("203.0.113.5", 1)).contains("a network of good.test, by its SPF record");
            assertThat(decoy.feedEntries()).containsExactly("203.0.113.16");
            awaitHealth(decoy, true, "exempt domains found", "156 networks, resolved at 20");
            assertThat(Files.readString(dir.resolve("spf.txt")))
                    .startsWith("# good.test 20")
                    .contains("203.0.113.0/28");
        }
    }

    @Test
    void dnsDown_networksStayExemptAfterARestart_andHealthIsDown() throws IOException {
        dns.start();
        try (DecoyProcess decoy = decoy("good.test")) {
            awaitExempt(decoy, "203.0.113.5");
            decoy.stop();
            dns.stop();
            backdate(Duration.ofDays(8));
            decoy.restart();

            sendMail(decoy, "203.0.113.5");
            assertThat(decoy.awaitSender("203.0.113.5", 1)).contains("a network of good.test, by its SPF record");
            awaitHealth(
                    decoy,
                    false,
                    "156 networks, resolved at",
                    "the last attempt failed: TXT of good.test: no answer from " + dns.address());
            assertThat(decoy.getManagement("/q/health/ready").statusCode()).isEqualTo(200);
            assertThat(decoy.feedEntries()).isEmpty();
        }
    }

    @Test
    void listedClient_isDelisted_whenItsNetworkBecomesExempt() throws IOException {
        dns.start();
        try (DecoyProcess decoy = decoy("good.test")) {
            awaitExempt(decoy, "203.0.113.5");
            sendMail(decoy, "203.0.113.200");
            decoy.awaitListed("203.0.113.200");
            decoy.stop();
            dns.stop();
            dns.setZone("good.test", "@ TXT \"v=spf1 ip4:203.0.113.192/26 -all\"\n")
                    .start();
            backdate(Duration.ofHours(21));
            decoy.restart();

            awaitExempt(decoy, "203.0.113.200");
            await("the feed to be empty").atMost(LIMIT).untilAsserted(() -> assertThat(decoy.feedEntries())
                    .isEmpty());
            assertThat(decoy.get("/senders/203.0.113.5").body()).contains("It was never seen here.");
        }
    }

    @Test
    void domainLookupFails_isReportedByHealthAndLog() {
        dns.start();
        try (DecoyProcess decoy = decoy("other.test,more.test")) {
            awaitHealth(
                    decoy,
                    false,
                    "not resolved yet; the last attempt failed: TXT of other.test: REFUSED from " + dns.address(),
                    "1 networks, resolved at");
            assertThat(decoy.log())
                    .contains("SPF record cannot be resolved: other.test: TXT of other.test: REFUSED from");
        }
    }
}
