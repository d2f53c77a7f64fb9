package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** dig and dnsperf query a decoy that is not in trial mode. */
class DnsblIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration PUBLISH_LIMIT = Duration.ofSeconds(2);
    private static final String ZONE = "list.example.org";
    private static final String LISTED = "9.113.0.203";
    private static final String LISTED_V6 = "9.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.0.0.0.7.0.0.0.8.b.d.0.1.0.0.2";

    private static DecoyProcess decoy;

    @BeforeAll
    static void start() throws IOException {
        RealProgram.require("dig");
        RealProgram.require("dnsperf");
        decoy = DecoyProcess.start(
                "decoy.hostname=mx9.example.org",
                "decoy.domains=example.org",
                "decoy.exempt.networks=!203.0.113.0/24,!2001:db8::/32",
                "decoy.dnsbl.zone=" + ZONE,
                "decoy.public-url=https://decoy.example.org/",
                "decoy.smtp.greeting-delay=0s",
                "decoy.smtp.proxy-protocol.trusted=" + ProxiedClient.PROXY);
        TrialDecoy.listClient(decoy, "203.0.113.9", "203.0.113.9");
        TrialDecoy.listClient(decoy, "2001:db8:7:8::9", "2001:db8:7:8::9");
        TrialDecoy.listIpv6Network(decoy, "2001:db8:7:a::");
    }

    @AfterAll
    static void stop() {
        if (decoy != null) {
            decoy.close();
        }
    }

    private static String dig(String... question) {
        return CompletedProgram.run(
                        LIMIT,
                        Stream.concat(
                                        Stream.of(
                                                "dig",
                                                "@127.0.0.1",
                                                "-p",
                                                "" + decoy.dnsPort(),
                                                "+tries=1",
                                                "+time=60",
                                                "+norecurse"),
                                        Stream.of(question))
                                .toArray(String[]::new))
                .output();
    }

    private static List<String> answers(String... question) {
        return dig(Stream.concat(Stream.of("+short"), Stream.of(question)).toArray(String[]::new))
                .lines()
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"+notcp", "+tcp", "+noedns", "+nocookie", "+dnssec", "+bufsize=65535", "+keepopen"})
    void listedClients_withAnyDigOption_areFound(String option) {
        assertThat(answers(LISTED + "." + ZONE, option)).containsExactly("127.0.0.2");
        assertThat(answers(LISTED_V6 + "." + ZONE, option)).containsExactly("127.0.0.2");
        assertThat(answers(LISTED + "." + ZONE, "TXT", option))
                .singleElement()
                .asString()
                .startsWith("\"203.0.113.9 was caught by a decoy MX. Mail is deferred, not rejected. It is accepted")
                .endsWith(" See https://decoy.example.org/senders/203.0.113.9\"");
        assertThat(answers(LISTED + ".LIST.exaMPLE.ORG", "ANY", "+notcp", option))
                .containsExactly("127.0.0.2");
    }

    /** {@code 2001:db8:7:n:h::9} in reverse order. */
    private static String nibbles(char network, char host) {
        return "9.0.0.0.0.0.0.0.0.0.0.0." + host + ".0.0.0." + network + ".0.0.0.7.0.0.0.8.b.d.0.1.0.0.2." + ZONE;
    }

    @Test
    void ipv6Address_isFoundByItself_orByItsListedNetwork() {
        assertThat(answers(nibbles('8', '0'))).containsExactly("127.0.0.2");
        assertThat(dig(nibbles('8', '1'))).contains("status: NXDOMAIN");
        assertThat(dig(nibbles('8', '0').substring(2))).contains("status: NOERROR", "ANSWER: 0", "SOA");
        assertThat(dig(nibbles('8', '1').substring(2))).contains("status: NXDOMAIN");
        assertThat(answers(nibbles('a', '1'))).containsExactly("127.0.0.2");
        assertThat(answers(nibbles('a', '1'), "TXT"))
                .singleElement()
                .asString()
                .startsWith(
                        "\"2001:db8:7:a:1::9 is in 2001:db8:7:a::/64, addresses of which were caught by a decoy MX.");
    }

    @Test
    void unlistedNames_getNegativeAnswers_withSoa() {
        assertThat(dig("10.113.0.203." + ZONE))
                .contains("status: NXDOMAIN", "flags: qr aa;")
                .containsPattern(
                        "60\\s+IN\\s+SOA\\s+mx9.example.org. hostmaster.mx9.example.org. [0-9]+ 600 300 86400 60");
        assertThat(dig("113.0.203." + ZONE)).contains("status: NOERROR", "ANSWER: 0", "SOA");
        assertThat(dig(LISTED + "." + ZONE, "AAAA")).contains("status: NOERROR", "ANSWER: 0", "SOA");
        assertThat(answers(ZONE, "NS")).containsExactly("mx9.example.org.");
        assertThat(dig("example.org", "MX")).contains("status: REFUSED");
        assertThat(dig(ZONE, "AXFR")).contains("Transfer failed");
        assertThat(dig("CH", "TXT", "version.bind")).contains("status: REFUSED");
        assertThat(answers("2.0.0.127." + ZONE)).containsExactly("127.0.0.2");
        assertThat(dig("1.0.0.127." + ZONE)).contains("status: NXDOMAIN");
    }

    @Test
    void caughtClient_isFoundWithinTwoSeconds_andSoaChanges() throws IOException {
        List<String> before = answers(ZONE, "SOA");
        assertThat(ProxiedClient.mail(decoy.smtpPort(), "203.0.113.77", "user@example.org"))
                .startsWith("451 ");
        Stopwatch.start().within(PUBLISH_LIMIT, () -> assertThat(answers("77.113.0.203." + ZONE))
                .contains("127.0.0.2"));
        assertThat(answers(ZONE, "SOA")).isNotEqualTo(before);
        assertThat(decoy.metricValue("decoy_dnsbl_answers_total{answer=\"listed\"}"))
                .isPositive();
    }

    @ParameterizedTest
    @CsvSource({"udp, 100", "tcp, 20"})
    void dnsperf_losesNoQueries(String mode, int clients) throws IOException {
        Path queries = Files.createTempFile("queries", "");
        try {
            Files.write(
                    queries,
                    IntStream.range(0, 256)
                            .mapToObj(i -> i + ".113.0.203." + ZONE + (i % 2 == 0 ? " A" : " TXT"))
                            .toList());
            String output = CompletedProgram.run(
                            LIMIT,
                            "dnsperf",
                            "-m",
                            mode,
                            "-s",
                            "127.0.0.1",
                            "-p",
                            "" + decoy.dnsPort(),
                            "-d",
                            queries.toString(),
                            "-c",
                            "" + clients,
                            "-q",
                            "100",
                            "-n",
                            "40",
                            "-t",
                            "100")
                    .output();
            assertThat(output)
                    .containsPattern("Queries lost: +0 ")
                    .contains("NOERROR")
                    .contains("NXDOMAIN");
            assertThat(Pattern.compile("Queries completed: +[0-9]{4,}")
                            .matcher(output)
                            .find())
                    .as(output)
                    .isTrue();
        } finally {
            Files.delete(queries);
        }
    }
}
