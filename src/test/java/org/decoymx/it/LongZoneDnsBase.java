package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A decoy whose zone has the longest name that is allowed, asked over UDP and TCP; whatever comes, it works on. */
abstract class LongZoneDnsBase {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    static final int ID = 0x1234;
    static final int MIN_UDP = 512;
    static final int MAX_UDP = 1_232;

    /** 191 octets with the lengths before the labels and the root. */
    static final String ZONE = String.join(".", "a".repeat(63), "b".repeat(63), "c".repeat(47), "decoy", "example");

    /** As long as a name may be, 255 octets, so that an SOA record with it does not fit into 512. */
    static final String SERVER =
            String.join(".", "d".repeat(63), "e".repeat(63), "f".repeat(63), "g".repeat(53), "example");

    static final String LISTED = "2.0.0.127." + ZONE;

    /** 2001:db8::1. */
    static final String LONGEST = "1" + ".0".repeat(23) + ".8.b.d.0.1.0.0.2." + ZONE;

    private static DecoyProcess decoy;
    private static QuietLog quiet;

    RawDnsClient client;

    @BeforeAll
    static void start() {
        RealProgram.require("dig");
        decoy = DecoyProcess.start("decoy.dnsbl.zone=" + ZONE, "decoy.hostname=" + SERVER);
        quiet = new QuietLog(decoy);
    }

    @BeforeEach
    void connect() throws IOException {
        client = new RawDnsClient(decoy.dnsPort(), ZONE);
    }

    /** Whatever came, dig is still answered, and nothing of it is in the log. */
    @AfterEach
    void assertStillAnswering() {
        client.close();
        for (String how : List.of("+notcp", "+tcp")) {
            assertThat(dig(LISTED, "A", how, "+short").strip()).isEqualTo("127.0.0.2");
        }
        quiet.assertUnchanged();
    }

    @AfterAll
    static void stop() {
        if (decoy != null) {
            decoy.close();
        }
    }

    static String dig(String... arguments) {
        return CompletedProgram.run(
                        LIMIT,
                        join(
                                List.of("dig", "@127.0.0.1", "-p", "" + decoy.dnsPort(), "+tries=1", "+time=60"),
                                List.of(arguments)))
                .output();
    }

    private static String[] join(List<String> some, List<String> others) {
        return Stream.concat(some.stream(), others.stream()).toArray(String[]::new);
    }

    void assertNotAnswered(byte[] message) throws IOException {
        assertThat(client.queryUdp(message)).isEmpty();
        assertThat(client.queryTcp(message)).isEmpty();
    }

    /** The answer over UDP, after that over TCP was found to have the same code. */
    byte[] assertAnswered(byte[] message, int code) throws IOException {
        byte[] answer = client.queryUdp(message);
        byte[] overTcp = client.queryTcp(message);
        for (byte[] each : List.of(answer, overTcp)) {
            assertThat(each).hasSizeGreaterThanOrEqualTo(DnsMessages.HEADER_LENGTH);
            assertThat(DnsMessages.id(each)).isEqualTo(DnsMessages.id(message));
            assertThat(DnsMessages.rcode(each)).isEqualTo(code);
        }
        return answer;
    }
}
