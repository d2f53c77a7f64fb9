package org.decoymx.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Queries name servers on loopback, also such that give wrong answers or none. */
class DnsClientTest {
    private static final Duration PATIENT = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final Path NO_FILE = Path.of("/proc/nonexistent");

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(PATIENT.toSeconds(), TimeUnit.SECONDS);
    }

    private DnsClient client(Duration tryTimeout, ScriptedNameServer... servers) {
        List<String> addresses =
                Stream.of(servers).map(ScriptedNameServer::address).toList();
        return new DnsClient(vertx, new NameServers(addresses, NO_FILE, Clock.systemUTC()), tryTimeout);
    }

    private static ScriptedNameServer server(String... answers) throws IOException {
        return server(Rcode.NOERROR, answers);
    }

    private static ScriptedNameServer server(int code, String... answers) throws IOException {
        return new ScriptedNameServer(query ->
                List.of(ScriptedNameServer.respond(query, code, answers).toWire()));
    }

    private static ScriptedNameServer silentServer() throws IOException {
        return new ScriptedNameServer(query -> List.of());
    }

    private static byte[] truncated(Message query) {
        Message response = ScriptedNameServer.respond(query, Rcode.NOERROR);
        response.getHeader().setFlag(Flags.TC);
        return response.toWire();
    }

    private static void assertFails(DnsClient client, String message) {
        assertThatThrownBy(() -> client.lookUpTxt("a.test"))
                .isInstanceOf(DnsLookupException.class)
                .hasMessage("TXT of a.test: " + message);
    }

    @Test
    void records_areRead() throws Exception {
        try (ScriptedNameServer txt = server("TXT \"one \" \"t\\228o\"", "A 192.0.2.1", "CNAME b.test");
                ScriptedNameServer mx = server("MX 10 In.test", "MX 0 .", "MX 5 o\\032d\\\\d.test");
                ScriptedNameServer v4 = server("CNAME b.test", "A 192.0.2.1", "A 192.0.2.2");
                ScriptedNameServer v6 = server("AAAA 2001:db8::1", "AAAA ::ffff:192.0.2.1")) {
            assertThat(client(PATIENT, txt).lookUpTxt("a.test")).containsExactly("one t\u00e4o");
            assertThat(client(PATIENT, mx).lookUpMxHosts("a.test"))
                    .containsExactlyInAnyOrder("In.test", "", "o d\\d.test");
            assertThat(client(PATIENT, v4).lookUpAddresses("a.test", false))
                    .extracting(InetAddress::getHostAddress)
                    .containsExactly("192.0.2.1", "192.0.2.2");
            assertThat(client(PATIENT, v6).lookUpAddresses("a.test", true))
                    .extracting(InetAddress::getHostAddress)
                    .containsExactly("2001:db8:0:0:0:0:0:1", "192.0.2.1");
        }
    }

    @Test
    void missingName_andMissingType_haveNoRecords() throws Exception {
        try (ScriptedNameServer missing = server(Rcode.NXDOMAIN);
                ScriptedNameServer empty = server()) {
            assertThat(client(PATIENT, missing).lookUpTxt("a.test")).isEmpty();
            assertThat(client(PATIENT, empty).lookUpMxHosts("a.test")).isEmpty();
            assertThat(missing.udpQueries()).isEqualTo(1);
        }
    }

    @Test
    void name_isSentLiterally_andInvalidOneIsNotSent() throws Exception {
        try (ScriptedNameServer echo = new ScriptedNameServer(query -> {
            String label = new String(query.getQuestion().getName().getLabel(0), 1, 2, StandardCharsets.US_ASCII);
            return List.of(
                    ScriptedNameServer.respond(query, Rcode.NOERROR, "TXT \"" + label.replace("\\", "\\\\") + "\"")
                            .toWire());
        })) {
            assertThat(client(PATIENT, echo).lookUpTxt("\\046.test")).containsExactly("\\0");
            assertThatThrownBy(() -> client(PATIENT, echo).lookUpTxt("a..test"))
                    .isInstanceOf(DnsLookupException.class)
                    .hasMessage("'a..test' is not a valid DNS name");
            assertThat(echo.udpQueries()).isEqualTo(1);
        }
    }

    @Test
    void failingServer_isFollowedByTheNext() throws Exception {
        try (ScriptedNameServer failing = server(Rcode.SERVFAIL);
                ScriptedNameServer silent = silentServer();
                ScriptedNameServer good = server("TXT yes")) {
            assertThat(client(PATIENT, failing, good).lookUpTxt("a.test")).containsExactly("yes");
            assertThat(client(Duration.ofSeconds(1), silent, good).lookUpTxt("a.test"))
                    .containsExactly("yes");
            assertThat(client(PATIENT, good, failing).lookUpTxt("a.test")).containsExactly("yes");
            assertThat(failing.udpQueries()).isEqualTo(1);
            assertThat(silent.udpQueries()).isEqualTo(1);
        }
    }

    @Test
    void eachServer_isTried_withinTheTime() throws Exception {
        try (ScriptedNameServer silent = silentServer();
                ScriptedNameServer failing = server(Rcode.REFUSED);
                ScriptedNameServer good = server("TXT yes")) {
            assertThat(client(Duration.ofSeconds(2), silent, silent, silent, good)
                            .lookUpTxt("a.test"))
                    .containsExactly("yes");
            assertThat(client(PATIENT, failing, failing, failing, good).lookUpTxt("a.test"))
                    .containsExactly("yes");
            assertFails(
                    client(SHORT, failing, silent, silent), "no answer from " + silent.address() + " within 400 ms");
            assertFails(client(PATIENT, failing, failing, failing), "REFUSED from " + failing.address());
            assertThat(good.udpQueries()).isEqualTo(2);
        }
    }

    /** The next server is queried after its share of the time, but the first one may just be slow. */
    @Test
    void slowServer_mayStillAnswer_whileTheNextOneIsTried() throws Exception {
        CountDownLatch nextIsTried = new CountDownLatch(1);
        try (ScriptedNameServer slow = new ScriptedNameServer(query -> {
                    awaitLatch(nextIsTried);
                    return List.of(ScriptedNameServer.respond(query, Rcode.NOERROR, "TXT slow")
                            .toWire());
                });
                ScriptedNameServer silent = new ScriptedNameServer(query -> {
                    nextIsTried.countDown();
                    return List.of();
                })) {
            assertThat(client(Duration.ofSeconds(20), slow, silent, silent, silent, silent, silent, silent, silent)
                            .lookUpTxt("a.test"))
                    .containsExactly("slow");
        }
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(PATIENT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void withoutServer_theReasonIsReported_andNobodyIsQueried() {
        assertFails(
                client(PATIENT),
                "no name server is known: /proc/nonexistent cannot be read: no such file; correct it, or set"
                        + " decoy.exempt.name-servers");
    }

    @ParameterizedTest
    @CsvSource({"1, FORMERR", "2, SERVFAIL", "4, NOTIMP", "5, REFUSED"})
    void errorCode_isReported_afterTwoTries(int code, String name) throws Exception {
        try (ScriptedNameServer failing = server(code)) {
            assertFails(client(PATIENT, failing), name + " from " + failing.address());
            assertThat(failing.udpQueries()).isEqualTo(2);
            assertThat(failing.clientPorts()).hasSize(2);
        }
    }

    @Test
    void silentServers_areReported_afterTwoTimeouts() throws Exception {
        try (ScriptedNameServer first = silentServer();
                ScriptedNameServer second = silentServer()) {
            assertFails(client(SHORT, first, second), "no answer from " + second.address() + " within 400 ms");
        }
    }

    @Test
    void closedPort_givesNoAnswer() throws Exception {
        ScriptedNameServer closed = silentServer();
        closed.close();
        assertFails(client(SHORT, closed), "no answer from " + closed.address() + " within 400 ms");
    }

    @Test
    void truncatedAnswer_isFetchedOverTcp_inAnyParts() throws Exception {
        Function<Message, byte[]> complete = query -> ScriptedNameServer.withLength(
                ScriptedNameServer.respond(query, Rcode.NOERROR, "TXT complete").toWire());
        try (ScriptedNameServer server = new ScriptedNameServer(query -> List.of(truncated(query)), query -> {
            byte[] octets = complete.apply(query);
            return List.of(Arrays.copyOf(octets, 1), Arrays.copyOfRange(octets, 1, octets.length));
        })) {
            assertThat(client(PATIENT, server).lookUpTxt("a.test")).containsExactly("complete");
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void truncatedAnswer_withoutTcp_isReported_andLaterQueriesWork() throws Exception {
        try (ScriptedNameServer resetting = new ScriptedNameServer(query -> List.of(truncated(query)));
                ScriptedNameServer halfway = new ScriptedNameServer(
                        query -> List.of(truncated(query)), query -> List.of(new byte[] {0, 99, 1}));
                ScriptedNameServer again = new ScriptedNameServer(
                        query -> List.of(truncated(query)),
                        query -> List.of(ScriptedNameServer.withLength(truncated(query))));
                ScriptedNameServer good = server("TXT yes")) {
            for (ScriptedNameServer server : List.of(resetting, halfway, again)) {
                assertFails(
                        client(PATIENT, server),
                        server.address() + " truncates the answer, and does not send it over TCP");
                assertThat(server.connections()).isEqualTo(2);
            }
            assertThat(client(PATIENT, good).lookUpTxt("a.test")).containsExactly("yes");
        }
    }

    @Test
    void forgedDatagrams_areIgnored() throws Exception {
        try (ScriptedNameServer server = new ScriptedNameServer(query -> {
            byte[] good =
                    ScriptedNameServer.respond(query, Rcode.NOERROR, "TXT yes").toWire();
            byte[] otherId = good.clone();
            otherId[1]++;
            return List.of(otherId, query.toWire(), new byte[0], new byte[] {good[0], good[1]}, good);
        })) {
            assertThat(client(PATIENT, server).lookUpTxt("a.test")).containsExactly("yes");
            assertThat(server.udpQueries()).isEqualTo(1);
        }
    }

    @Test
    void malformedAnswers_areReported() throws Exception {
        Function<Message, byte[]> cut = query -> {
            byte[] good =
                    ScriptedNameServer.respond(query, Rcode.NOERROR, "TXT yes").toWire();
            return Arrays.copyOf(good, good.length - 1);
        };
        Function<Message, byte[]> otherQuestion = query -> {
            Message response = ScriptedNameServer.respond(query, Rcode.NOERROR, "TXT no");
            response.removeAllRecords(Section.QUESTION);
            response.addRecord(Record.newRecord(name("b.test."), Type.TXT, DClass.IN), Section.QUESTION);
            return response.toWire();
        };
        Function<Message, byte[]> noQuestion = query -> {
            Message response = ScriptedNameServer.respond(query, Rcode.NOERROR, "TXT no");
            response.removeAllRecords(Section.QUESTION);
            return response.toWire();
        };
        for (Function<Message, byte[]> answer : List.of(cut, otherQuestion, noQuestion)) {
            try (ScriptedNameServer server = new ScriptedNameServer(query -> List.of(answer.apply(query)))) {
                assertFails(client(PATIENT, server), "malformed answer from " + server.address());
            }
        }
    }

    private static Name name(String text) {
        return Name.fromConstantString(text);
    }

    @Test
    void interruptedThread_endsTheLookup() throws Exception {
        try (ScriptedNameServer silent = silentServer()) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> client(PATIENT, silent).lookUpTxt("a.test"))
                    .isInstanceOf(DnsLookupException.class)
                    .hasMessage("the decoy is stopping");
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void lookup_startsNoThreadOfDnsjava() throws Exception {
        try (ScriptedNameServer good = server("TXT yes")) {
            client(PATIENT, good).lookUpTxt("a.test");
            assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .noneMatch(name -> name.contains("dnsjava"));
        }
    }

    /** Each socket needs a file descriptor, and strangers cause queries. */
    @Test
    void query_waitsWhileAllSocketsAreOpen_untilItsTimeout() throws Exception {
        DnsTransport transport = new DnsTransport(vertx, 1);
        try (ScriptedNameServer server =
                new ScriptedNameServer(query -> query.getQuestion().getName().equals(name("a.test."))
                        ? List.of(
                                ScriptedNameServer.respond(query, Rcode.NOERROR).toWire())
                        : List.of())) {
            CompletableFuture<byte[]> unanswered = send(transport, server, "silent.test.", Duration.ofSeconds(2));
            CompletableFuture<byte[]> late = send(transport, server, "b.test.", SHORT);
            CompletableFuture<byte[]> waiting = send(transport, server, "a.test.", PATIENT);

            assertThat(waiting.get(PATIENT.toSeconds(), TimeUnit.SECONDS)).isNotEmpty();
            assertThat(unanswered).isCompletedExceptionally();
            assertThat(late).isCompletedExceptionally();
            assertThat(server.udpQueries()).isEqualTo(2);
        }
    }

    private static CompletableFuture<byte[]> send(
            DnsTransport transport, ScriptedNameServer server, String name, Duration timeout) {
        Message query = Message.newQuery(Record.newRecord(name(name), Type.A, DClass.IN));
        String[] address = server.address().split(":", -1);
        return transport.sendAndReceiveUdp(
                null,
                new InetSocketAddress(address[0], Integer.parseInt(address[1])),
                query,
                query.toWire(),
                Message.MAXLENGTH,
                timeout);
    }

    private MxRecords queryMx(ScriptedNameServer server) throws Exception {
        return client(PATIENT, server).queryMx("a.test").get(PATIENT.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void mxRecords_areSortedByPreference_withTheTtlOfTheAnswer() throws Exception {
        try (ScriptedNameServer mx = server("MX 20 Mx9.test", "MX 10 mx2.test", "MX 10 mx1.test", "A 192.0.2.1");
                ScriptedNameServer nullMx = server("MX 0 .");
                ScriptedNameServer none = server();
                ScriptedNameServer notFound = server(Rcode.NXDOMAIN)) {
            assertThat(queryMx(mx))
                    .isEqualTo(new MxRecords(
                            List.of(new MxHost("mx1.test", 10), new MxHost("mx2.test", 10), new MxHost("mx9.test", 20)),
                            Duration.ofMinutes(1)));
            assertThat(queryMx(nullMx).hosts()).containsExactly(new MxHost("", 0));
            assertThat(queryMx(none)).isEqualTo(new MxRecords(List.of(), Duration.ZERO));
            assertThat(queryMx(notFound)).isEqualTo(new MxRecords(List.of(), Duration.ZERO));
        }
    }

    @Test
    void mxRecords_negativeAnswer_hasTheTtlOfTheSoaRecord() throws Exception {
        Name zone = Name.fromString("test.");
        try (ScriptedNameServer server = new ScriptedNameServer(query -> {
            Message response = ScriptedNameServer.respond(query, Rcode.NXDOMAIN);
            response.addRecord(new SOARecord(zone, DClass.IN, 900, zone, zone, 1, 1, 1, 1, 300), Section.AUTHORITY);
            return List.of(response.toWire());
        })) {
            assertThat(queryMx(server)).isEqualTo(new MxRecords(List.of(), Duration.ofMinutes(5)));
        }
    }
}
