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

/** Queries a decoy over UDP and TCP whose zone name has the maximum length. It must answer after each test. */
abstract class LongZoneDnsBase {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    static final int ID = 0x1234;
    static final int MIN_UDP = 512;
    static final int MAX_UDP = 1_232;

    /** 191 octets in wire format (RFC 1035 section 3.1). */
    static final String ZONE = String.join(".", "a".repeat(63), "b".repeat(63), "c".repeat(47), "decoy", "example");

    /** The maximum of 255 octets (RFC 1035 section 2.3.4): with it, an SOA record does not fit into 512 octets. */
    static final String SERVER =
            String.join(".", "d".repeat(63), "e".repeat(63), "f".repeat(63), "g".repeat(53), "example");

    static final String LISTED = "2.0.0.127." + ZONE;

    /** The query name for 2001:db8::1. */
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

    /** After each test the decoy still answers dig, and it has logged nothing. */
    @AfterEach
    void assertStillAnswering() {
        client.close();
        for (String transport : List.of("+notcp", "+tcp")) {
            assertThat(dig(LISTED, "A", transport, "+short").strip()).isEqualTo("127.0.0.2");
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

    private static String[] join(List<String> first, List<String> second) {
        return Stream.concat(first.stream(), second.stream()).toArray(String[]::new);
    }

    void assertNotAnswered(byte[] message) throws IOException {
        assertThat(client.queryUdp(message)).isEmpty();
        assertThat(client.queryTcp(message)).isEmpty();
    }

    /** Checks the response code over UDP and TCP, and returns the UDP response. */
    byte[] assertAnswered(byte[] message, int code) throws IOException {
        byte[] response = client.queryUdp(message);
        byte[] tcpResponse = client.queryTcp(message);
        for (byte[] each : List.of(response, tcpResponse)) {
            assertThat(each).hasSizeGreaterThanOrEqualTo(DnsMessages.HEADER_LENGTH);
            assertThat(DnsMessages.id(each)).isEqualTo(DnsMessages.id(message));
            assertThat(DnsMessages.rcode(each)).isEqualTo(code);
        }
        return response;
    }
}
