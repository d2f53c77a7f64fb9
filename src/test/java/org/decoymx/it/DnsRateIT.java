package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A decoy that answers ten queries per second for each network, and serves only some networks. */
class DnsRateIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String ZONE = "bl.decoy.test";
    private static final String LISTED = "2.0.0.127." + ZONE;
    private static final int RATE = 10;
    private static final int QUERIES = 30;

    /** Queries start this early in a second, so that they end within it. */
    private static final int EARLY_MILLIS = 300;

    private static final int SECOND_MILLIS = 1_000;

    private static DecoyProcess decoy;

    @BeforeAll
    static void start() {
        RealProgram.require("dig");
        decoy = DecoyProcess.start(
                "decoy.dnsbl.answers-per-second=" + RATE, "decoy.dnsbl.allowed-networks=127.9.0.0/16,2001:db8::/32");
    }

    @AfterAll
    static void stop() {
        if (decoy != null) {
            decoy.close();
        }
    }

    private static String dig(String from, String... options) {
        List<String> command = new ArrayList<>(
                List.of("dig", "-b", from, "@127.0.0.1", "-p", "" + decoy.dnsPort(), "+tries=1", "+time=60", LISTED));
        command.addAll(List.of(options));
        return CompletedProgram.run(LIMIT, command.toArray(String[]::new)).output();
    }

    private static void awaitNextSecond() {
        long second = Instant.now().getEpochSecond();
        await("the next second")
                .atMost(LIMIT)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> Instant.now().getEpochSecond() != second
                        && Instant.now().toEpochMilli() % SECOND_MILLIS < EARLY_MILLIS);
    }

    /** The responses to queries that are sent as fast as possible. */
    private static List<byte[]> answers(RawDnsClient client) throws IOException {
        for (int id = 0; id < QUERIES; id++) {
            client.send(DnsMessages.question(id, LISTED, DnsMessages.A));
        }
        List<byte[]> answers = new ArrayList<>();
        for (int i = 0; i < RATE + (QUERIES - RATE) / 2; i++) {
            answers.add(client.receive());
        }
        return answers;
    }

    /** The responses that arrived within one second; empty if it took longer. */
    private static List<byte[]> answersWithinOneSecond(String from) throws IOException {
        awaitNextSecond();
        long second = Instant.now().getEpochSecond();
        try (RawDnsClient client = new RawDnsClient(decoy.dnsPort(), ZONE, from)) {
            List<byte[]> answers = answers(client);
            return Instant.now().getEpochSecond() == second ? answers : List.of();
        }
    }

    @Test
    void queriesAboveRate_areTruncatedOrDropped_exceptOtherNetworksAndTcp() throws IOException {
        int network = 0;
        List<byte[]> answers = List.of();
        while (answers.isEmpty()) {
            network++;
            answers = answersWithinOneSecond("127.9." + network + ".1");
        }
        assertThat(answers.subList(0, RATE)).allMatch(answer -> DnsMessages.answerCount(answer) == 1);
        assertThat(answers.subList(RATE, answers.size()))
                .allMatch(DnsMessages::isTruncated)
                .allMatch(answer -> DnsMessages.answerCount(answer) == 0)
                .extracting(DnsMessages::id)
                .containsExactly(10, 12, 14, 16, 18, 20, 22, 24, 26, 28);
        assertThat(dig("127.9." + network + ".2", "+tcp", "+short")).isEqualTo("127.0.0.2\n");
        assertThat(dig("127.9.254.1", "+notcp", "+short")).isEqualTo("127.0.0.2\n");
        assertThat(dig("127.9." + network + ".2", "+short"))
                .as("over TCP, or in the next second")
                .isEqualTo("127.0.0.2\n");
    }

    @Test
    void networkNotAllowed_isRefused() {
        for (String transport : List.of("+notcp", "+tcp")) {
            assertThat(dig("127.8.0.1", transport)).contains("status: REFUSED").contains("ANSWER: 0");
            assertThat(dig("127.9.255.1", transport))
                    .contains("status: NOERROR")
                    .contains("ANSWER: 1");
        }
        await("the log line").atMost(LIMIT).untilAsserted(() -> assertThat(decoy.log())
                .contains("the last one of 127.8.0.1; only the networks in decoy.dnsbl.allowed-networks may query"));
    }
}
