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
abstract class LongZone {
    private static final Duration LIMIT = Duration.ofSeconds(20);
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

    private static Decoy decoy;
    private static Quiet quiet;

    DnsTalk talk;

    @BeforeAll
    static void start() {
        RealProgram.require("dig");
        decoy = Decoy.start("decoy.dnsbl.zone=" + ZONE, "decoy.hostname=" + SERVER);
        quiet = new Quiet(decoy);
    }

    @BeforeEach
    void connect() throws IOException {
        talk = new DnsTalk(decoy.dnsPort(), ZONE);
    }

    /** Whatever came, dig is still answered, and nothing of it is in the log. */
    @AfterEach
    void worksOn() {
        talk.close();
        for (String how : List.of("+notcp", "+tcp")) {
            assertThat(dig(LISTED, "A", how, "+short").strip()).isEqualTo("127.0.0.2");
        }
        quiet.holds();
    }

    @AfterAll
    static void stop() {
        if (decoy != null) {
            decoy.close();
        }
    }

    static String dig(String... arguments) {
        return Run.of(
                        LIMIT,
                        join(
                                List.of("dig", "@127.0.0.1", "-p", "" + decoy.dnsPort(), "+tries=1", "+time=2"),
                                List.of(arguments)))
                .output();
    }

    private static String[] join(List<String> some, List<String> others) {
        return Stream.concat(some.stream(), others.stream()).toArray(String[]::new);
    }

    void isNotAnswered(byte[] message) throws IOException {
        assertThat(talk.overUdp(message)).isEmpty();
        assertThat(talk.overTcp(message)).isEmpty();
    }

    /** The answer over UDP, after that over TCP was found to have the same code. */
    byte[] isAnswered(byte[] message, int code) throws IOException {
        byte[] answer = talk.overUdp(message);
        byte[] overTcp = talk.overTcp(message);
        for (byte[] each : List.of(answer, overTcp)) {
            assertThat(each).hasSizeGreaterThanOrEqualTo(DnsMessages.HEADER);
            assertThat(DnsMessages.id(each)).isEqualTo(DnsMessages.id(message));
            assertThat(DnsMessages.code(each)).isEqualTo(code);
        }
        return answer;
    }
}
