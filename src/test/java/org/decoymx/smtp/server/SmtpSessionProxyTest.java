package org.decoymx.smtp.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.stream.Stream;
import org.decoymx.it.Stopwatch;
import org.decoymx.sighting.Sighting;
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.smtp.protocol.Trait;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Sessions behind a proxy that sends HAProxy's PROXY header, version 1 or 2. */
class SmtpSessionProxyTest {
    private static final String V4 = "PROXY TCP4 192.0.2.7 192.0.2.1 50000 25\r\n";

    private static DecoyServer.Setup trusting() {
        return DecoyServer.setup("").trusting("127.0.0.1");
    }

    @TestFactory
    Stream<DynamicTest> header_naming_isWhoIsSeen() {
        return Stream.of(
                named("v1 TCP4", V4, "192.0.2.7"),
                named("v1 TCP6", "PROXY TCP6 2001:db8::7 2001:db8::1 50000 25\r\n", "2001:db8::7"),
                named("v2 TCP4", Headers.v2(0x21, 0x11, Headers.TCP4), "192.0.2.7"),
                named("v2 TCP6", Headers.v2(0x21, 0x21, Headers.TCP6), "2001:db8::7"),
                named("v2 TLVs", Headers.v2(0x21, 0x11, Headers.TCP4 + Headers.TLVS), "192.0.2.7"));
    }

    private static DynamicTest named(String name, String header, String client) {
        return DynamicTest.dynamicTest(name, () -> {
            assertSeen(client, header);
            assertSeen(client, header.split("", -1));
        });
    }

    private static void assertSeen(String address, String... packets) throws IOException {
        try (DecoyServer server = trusting().start();
                SocketPeer proxy = server.client()) {
            for (String packet : packets) {
                proxy.send(packet);
            }
            converse(proxy);
            assertThat(proxy.leave().traits()).isEmpty();
            assertThat(server.sightings()).extracting(Sighting::address).containsOnly(Ip.of(address));
            assertThat(server.sightings()).extracting(Sighting::outcome).endsWith(Outcome.QUIT);
        }
    }

    private static void converse(SocketPeer client) {
        client.reply(220);
        for (String command : new String[] {"EHLO a.example", "MAIL FROM:<>", "RCPT TO:<b@example.org>"}) {
            client.send(command + "\r\n");
            client.reply(250);
        }
        client.send("DATA\r\n");
        client.reply(451);
        client.send("QUIT\r\n");
        client.reply(221);
        assertThat(client.line()).isNull();
    }

    @TestFactory
    Stream<DynamicTest> header_namingNobody_isServedAndNotSeen() {
        return Stream.of(
                unnamed("v1 UNKNOWN", "PROXY UNKNOWN\r\n"),
                unnamed("v2 LOCAL", Headers.v2(0x20, 0x00, "")),
                unnamed("v2 LOCAL with an address", Headers.v2(0x20, 0x11, Headers.TCP4)),
                unnamed("v1 naming a trusted proxy", "PROXY TCP4 127.0.0.1 127.0.0.1 50000 25\r\n"));
    }

    private static DynamicTest unnamed(String name, String header) {
        return DynamicTest.dynamicTest(name, () -> {
            try (DecoyServer server = trusting().start();
                    SocketPeer proxy = server.client()) {
                proxy.send(header);
                converse(proxy);
                assertThat(server.sightings()).isEmpty();
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> header_broken_isTurnedAway() {
        return Stream.of(
                broken("no header", "EHLO client.example.net\r\n"),
                broken("v1 without addresses", "PROXY TCP4\r\nEHLO x\r\n"),
                broken("v1 of another family", "PROXY TCP4 2001:db8::7 2001:db8::1 50000 25\r\n"),
                broken("v1 no address", "PROXY TCP4 999.0.2.7 192.0.2.1 50000 25\r\n"),
                broken("v1 no port", "PROXY TCP4 192.0.2.7 192.0.2.1 70000 25\r\n"),
                broken("v1 too long", "PROXY UNKNOWN " + "A".repeat(200) + "\r\n"),
                broken("v1 without end", "PROXY TCP4 " + "1".repeat(5_000)),
                broken("v2 of version 3", Headers.v2(0x31, 0x11, Headers.TCP4)),
                broken("v2 of no command", Headers.v2(0x2f, 0x11, Headers.TCP4)),
                broken("v2 too short for its family", Headers.v2(0x21, 0x21, Headers.TCP4)),
                broken("v2 too long", Headers.v2(0x21, 0x11, Headers.TCP4 + "\0".repeat(60_000))));
    }

    private static DynamicTest broken(String name, String header) {
        return DynamicTest.dynamicTest(name, () -> {
            try (DecoyServer server = trusting().start();
                    SocketPeer proxy = server.client()) {
                proxy.send(header);
                assertThat(proxy.replyLine()).isEqualTo("421 4.3.5 mx9.decoy.test no PROXY header, bye");
                assertThat(proxy.line()).isNull();
                assertThat(server.sightings()).isEmpty();
            }
        });
    }

    @Test
    void header_missing_isTurnedAwayAfterFiveSeconds() throws IOException {
        try (DecoyServer server = trusting().start();
                SocketPeer proxy = server.client()) {
            long begin = System.nanoTime();
            Stopwatch waiting = Stopwatch.start();
            assertThat(proxy.replyLine()).startsWith("421 4.3.5 ");
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofMillis(4_900));
            waiting.assertWithin(Duration.ofSeconds(9));
            assertThat(proxy.line()).isNull();
        }
    }

    @Test
    void header_fromUntrustedPeer_isAnUnknownCommand() throws IOException {
        try (DecoyServer server = trusting().start();
                SocketPeer client = server.client("127.0.0.5")) {
            client.reply(220);
            client.send(V4);
            client.reply(500);
            client.leave();
            assertThat(client.awaitFinalSighting().address()).isEqualTo(Ip.of("127.0.0.5"));
        }
    }

    @Test
    void client_speakingBehindHeaderInGreetingPause_isAnEarlyTalker() throws IOException {
        try (DecoyServer server = trusting().greeting(Duration.ofMillis(200)).start();
                SocketPeer proxy = server.client()) {
            proxy.send(V4 + "QUIT\r\n");
            proxy.reply(220);
            proxy.reply(221);
            assertThat(proxy.leave().traits()).containsExactly(Trait.EARLY_TALKER);
        }
    }

    @Test
    void header_aloneInGreetingPause_isNoEarlyTalk() throws IOException {
        try (DecoyServer server = trusting().greeting(Duration.ofMillis(200)).start();
                SocketPeer proxy = server.client()) {
            proxy.send(V4);
            converse(proxy);
            assertThat(proxy.leave().traits()).isEmpty();
        }
    }

    @Test
    void clients_behindOneProxy_areLimitedEachForItself() throws IOException {
        try (DecoyServer server = trusting().limits(10, 1).start();
                SocketPeer first = server.client();
                SocketPeer same = server.client();
                SocketPeer other = server.client()) {
            first.send(V4);
            first.reply(220);
            same.send(V4);
            same.reply(421);
            assertThat(same.line()).isNull();
            other.send("PROXY TCP4 192.0.2.8 192.0.2.1 50000 25\r\n");
            other.reply(220);
        }
    }

    /** Headers of version 2, each octet one char. */
    static final class Headers {
        static final String TCP4 = "\u00c0\0\u0002\u0007\u00c0\0\u0002\u0001\u00c3P\0\u0019";
        static final String TCP6 = v6(7) + v6(1) + "\u00c3P\0\u0019";
        /** PP2_TYPE_AUTHORITY, PP2_TYPE_NOOP, and a type that is nobody's. */
        static final String TLVS = "\u0002\0\u0004mx.x" + "\u0004\0\0" + "\u00ee\0\u0002ab";

        private Headers() {}

        private static String v6(int last) {
            return " \u0001\r\u00b8" + "\0".repeat(11) + (char) last;
        }

        static String v2(int versionAndCommand, int family, String rest) {
            String signature = "\r\n\r\n\0\r\nQUIT\n";
            return signature
                    + (char) versionAndCommand
                    + (char) family
                    + (char) (rest.length() >> 8)
                    + (char) (rest.length() & 0xff)
                    + rest;
        }

        static byte[] octets(String header) {
            return header.getBytes(StandardCharsets.ISO_8859_1);
        }
    }
}
