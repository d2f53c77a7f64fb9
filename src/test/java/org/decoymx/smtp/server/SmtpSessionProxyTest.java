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

/** Sessions behind a proxy that sends a PROXY protocol header, version 1 or 2. */
class SmtpSessionProxyTest {
    private static final String V1_TCP4 = "PROXY TCP4 192.0.2.7 192.0.2.1 50000 25\r\n";

    private static DecoyServer.Setup trustingLoopback() {
        return DecoyServer.setup("").withTrustedProxies("127.0.0.1");
    }

    @TestFactory
    Stream<DynamicTest> header_withClientAddress_setsAddressOfSighting() {
        return Stream.of(
                withClientAddress("v1 TCP4", V1_TCP4, "192.0.2.7"),
                withClientAddress("v1 TCP6", "PROXY TCP6 2001:db8::7 2001:db8::1 50000 25\r\n", "2001:db8::7"),
                withClientAddress("v2 TCP4", Headers.v2(0x21, 0x11, Headers.TCP4), "192.0.2.7"),
                withClientAddress("v2 TCP6", Headers.v2(0x21, 0x21, Headers.TCP6), "2001:db8::7"),
                withClientAddress("v2 TLVs", Headers.v2(0x21, 0x11, Headers.TCP4 + Headers.TLVS), "192.0.2.7"));
    }

    private static DynamicTest withClientAddress(String name, String header, String client) {
        return DynamicTest.dynamicTest(name, () -> {
            assertSightingOf(client, header);
            assertSightingOf(client, header.split("", -1));
        });
    }

    private static void assertSightingOf(String address, String... packets) throws IOException {
        try (DecoyServer server = trustingLoopback().start();
                SocketPeer proxy = server.client()) {
            for (String packet : packets) {
                proxy.send(packet);
            }
            completeConversation(proxy);
            assertThat(proxy.disconnect().traits()).isEmpty();
            assertThat(server.sightings()).extracting(Sighting::address).containsOnly(Ip.of(address));
            assertThat(server.sightings()).extracting(Sighting::outcome).endsWith(Outcome.QUIT);
        }
    }

    private static void completeConversation(SocketPeer client) {
        client.expectReply(220);
        for (String command : new String[] {"EHLO a.example", "MAIL FROM:<>", "RCPT TO:<b@example.org>"}) {
            client.send(command + "\r\n");
            client.expectReply(250);
        }
        client.send("DATA\r\n");
        client.expectReply(451);
        client.send("QUIT\r\n");
        client.expectReply(221);
        assertThat(client.readLine()).isNull();
    }

    @TestFactory
    Stream<DynamicTest> header_withoutClientAddress_isServedWithoutSighting() {
        return Stream.of(
                withoutClientAddress("v1 UNKNOWN", "PROXY UNKNOWN\r\n"),
                withoutClientAddress("v2 LOCAL", Headers.v2(0x20, 0x00, "")),
                withoutClientAddress("v2 LOCAL with an address", Headers.v2(0x20, 0x11, Headers.TCP4)),
                withoutClientAddress("v1 naming a trusted proxy", "PROXY TCP4 127.0.0.1 127.0.0.1 50000 25\r\n"));
    }

    private static DynamicTest withoutClientAddress(String name, String header) {
        return DynamicTest.dynamicTest(name, () -> {
            try (DecoyServer server = trustingLoopback().start();
                    SocketPeer proxy = server.client()) {
                proxy.send(header);
                completeConversation(proxy);
                assertThat(server.sightings()).isEmpty();
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> header_invalid_isRejected() {
        return Stream.of(
                invalid("no header", "EHLO client.example.net\r\n"),
                invalid("v1 without addresses", "PROXY TCP4\r\nEHLO x\r\n"),
                invalid("v1 of another family", "PROXY TCP4 2001:db8::7 2001:db8::1 50000 25\r\n"),
                invalid("v1 no address", "PROXY TCP4 999.0.2.7 192.0.2.1 50000 25\r\n"),
                invalid("v1 no port", "PROXY TCP4 192.0.2.7 192.0.2.1 70000 25\r\n"),
                invalid("v1 too long", "PROXY UNKNOWN " + "A".repeat(200) + "\r\n"),
                invalid("v1 without end", "PROXY TCP4 " + "1".repeat(5_000)),
                invalid("v2 of version 3", Headers.v2(0x31, 0x11, Headers.TCP4)),
                invalid("v2 of no command", Headers.v2(0x2f, 0x11, Headers.TCP4)),
                invalid("v2 too short for its family", Headers.v2(0x21, 0x21, Headers.TCP4)),
                invalid("v2 too long", Headers.v2(0x21, 0x11, Headers.TCP4 + "\0".repeat(60_000))));
    }

    private static DynamicTest invalid(String name, String header) {
        return DynamicTest.dynamicTest(name, () -> {
            try (DecoyServer server = trustingLoopback().start();
                    SocketPeer proxy = server.client()) {
                proxy.send(header);
                assertThat(proxy.readReplyLine()).isEqualTo("421 4.3.5 mx9.decoy.test no PROXY header, bye");
                assertThat(proxy.readLine()).isNull();
                assertThat(server.sightings()).isEmpty();
            }
        });
    }

    @Test
    void header_missing_isRejectedAfterFiveSeconds() throws IOException {
        try (DecoyServer server = trustingLoopback().start();
                SocketPeer proxy = server.client()) {
            long start = System.nanoTime();
            Stopwatch stopwatch = Stopwatch.start();
            assertThat(proxy.readReplyLine()).startsWith("421 4.3.5 ");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(4_900));
            stopwatch.assertWithin(Duration.ofSeconds(9));
            assertThat(proxy.readLine()).isNull();
        }
    }

    @Test
    void header_fromUntrustedPeer_isAnUnknownCommand() throws IOException {
        try (DecoyServer server = trustingLoopback().start();
                SocketPeer client = server.client("127.0.0.5")) {
            client.expectReply(220);
            client.send(V1_TCP4);
            client.expectReply(500);
            client.disconnect();
            assertThat(client.awaitFinalSighting().address()).isEqualTo(Ip.of("127.0.0.5"));
        }
    }

    @Test
    void client_sendingAfterHeaderDuringGreetingDelay_isEarlyTalker() throws IOException {
        try (DecoyServer server = trustingLoopback()
                        .withGreetingDelay(Duration.ofMillis(200))
                        .start();
                SocketPeer proxy = server.client()) {
            proxy.send(V1_TCP4 + "QUIT\r\n");
            proxy.expectReply(220);
            proxy.expectReply(221);
            assertThat(proxy.disconnect().traits()).containsExactly(Trait.EARLY_TALKER);
        }
    }

    @Test
    void header_aloneDuringGreetingDelay_isNotEarlyTalk() throws IOException {
        try (DecoyServer server = trustingLoopback()
                        .withGreetingDelay(Duration.ofMillis(200))
                        .start();
                SocketPeer proxy = server.client()) {
            proxy.send(V1_TCP4);
            completeConversation(proxy);
            assertThat(proxy.disconnect().traits()).isEmpty();
        }
    }

    @Test
    void clients_behindOneProxy_areLimitedIndividually() throws IOException {
        try (DecoyServer server = trustingLoopback().withConnectionLimits(10, 1).start();
                SocketPeer first = server.client();
                SocketPeer same = server.client();
                SocketPeer other = server.client()) {
            first.send(V1_TCP4);
            first.expectReply(220);
            same.send(V1_TCP4);
            same.expectReply(421);
            assertThat(same.readLine()).isNull();
            other.send("PROXY TCP4 192.0.2.8 192.0.2.1 50000 25\r\n");
            other.expectReply(220);
        }
    }

    /** Headers of version 2, one char for each octet. */
    static final class Headers {
        static final String TCP4 = "\u00c0\0\u0002\u0007\u00c0\0\u0002\u0001\u00c3P\0\u0019";
        static final String TCP6 = v6(7) + v6(1) + "\u00c3P\0\u0019";
        /** PP2_TYPE_AUTHORITY, PP2_TYPE_NOOP, and an unassigned type. */
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
