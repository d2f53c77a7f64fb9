package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests to the policy service and the socketmap that Postfix never sends. */
class MalformedPostfixRequestIT {
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final int TIMEOUT_MILLIS = 120_000;
    private static final int MAX_REQUEST_OCTETS = 16_384;
    private static final int READ_BUFFER_SIZE = 8_192;
    private static final int ACTION_LENGTH = "action=".length();
    private static final String DUNNO = "action=DUNNO\n\n";
    private static final String REJECT = "action=REJECT 5.7.1 TRIAL: 127.0.0.61 was caught by a decoy MX. ";
    private static final String NOT_FOUND = "9:NOTFOUND ,";

    private static DecoyProcess decoy;
    private static QuietLog quiet;

    @BeforeAll
    static void start() throws IOException {
        decoy = TrialDecoy.start();
        quiet = new QuietLog(decoy);
    }

    /** After each test the decoy still rejects a listed client, and it has logged nothing. */
    @AfterEach
    void assertStillAnswering() throws IOException {
        assertThat(policy(request(TrialDecoy.LISTED))).startsWith(REJECT);
        assertThat(socketmap(netstring("decoy " + TrialDecoy.LISTED))).contains(":OK REJECT ");
        quiet.assertUnchanged();
    }

    @AfterAll
    static void stop() {
        if (decoy != null) {
            decoy.close();
        }
    }

    private static Socket connect(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return socket;
    }

    private static void write(Socket socket, String octets) throws IOException {
        socket.getOutputStream().write(octets.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Reads until the connection is closed, or reset because the decoy left input unread. */
    private static String readToEnd(Socket socket) throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        try {
            socket.getInputStream().transferTo(read);
        } catch (SocketException e) {
            assertThat(e).hasMessageContaining("reset");
        }
        return read.toString(StandardCharsets.ISO_8859_1);
    }

    private static String policy(String request) throws IOException {
        return exchange(decoy.policyPort(), request);
    }

    private static String socketmap(String request) throws IOException {
        return exchange(decoy.socketmapPort(), request);
    }

    private static String exchange(int port, String request) throws IOException {
        try (Socket socket = connect(port)) {
            write(socket, request);
            socket.shutdownOutput();
            return readToEnd(socket);
        }
    }

    /** Waits until the decoy closes the connection; the client does not close it first. */
    private static String socketmapUntilClosed(String request) throws IOException {
        try (Socket socket = connect(decoy.socketmapPort())) {
            write(socket, request);
            return readToEnd(socket);
        }
    }

    private static String request(String address) {
        return "request=smtpd_access_policy\nprotocol_state=RCPT\nclient_address=" + address + "\nhelo_name=x\n\n";
    }

    private static String netstring(String text) {
        return text.length() + ":" + text + ",";
    }

    @Test
    void policy_thousandPipelinedRequests_areAnsweredInOrder() throws IOException {
        StringBuilder requests = new StringBuilder();
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 1_000; i++) {
            boolean listed = i * i % 7 < 3;
            requests.append(request(listed ? TrialDecoy.LISTED : TrialDecoy.UNLISTED));
            expected.append(listed ? 'R' : 'D');
        }
        try (Socket socket = connect(decoy.policyPort())) {
            write(socket, requests.toString());
            BufferedReader reader =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            String answers = Stream.generate(() -> readLine(reader) + readLine(reader))
                    .limit(expected.length())
                    .map(line -> line.substring(ACTION_LENGTH, ACTION_LENGTH + 1))
                    .collect(Collectors.joining());
            assertThat(answers).isEqualTo(expected.toString());
        }
    }

    private static String readLine(BufferedReader reader) {
        try {
            return reader.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "unknown",
                "",
                " 127.0.0.61",
                "127.0.0.61 ",
                "127.0.0.061",
                "0127.0.0.61",
                "127.0.61",
                "2130706493",
                "0x7f.0.0.61",
                "127.0.0.61.",
                "127.0.0.61\u0000",
                "127.0.0.61/32",
                "127.0.0.61,127.0.0.61",
                "fe80::1%eth0",
                "2001:db8::1%\u0000\u001b[1m\u00ff",
                "::ffff:127.0.0.61%lo",
                "\u00ff\u00fe",
                "${jndi:ldap://127.0.0.1/a}"
            })
    void policy_invalidAddress_isAnsweredDunno(String address) throws IOException {
        assertThat(policy(request(address))).isEqualTo(DUNNO);
    }

    @Test
    void policy_invalidAttribute_isIgnored() throws IOException {
        assertThat(policy("\n\n")).isEqualTo(DUNNO);
        assertThat(policy("client_address\n\n")).isEqualTo(DUNNO);
        assertThat(policy("client_address 127.0.0.61\n\n")).isEqualTo(DUNNO);
        assertThat(policy("Client_Address=127.0.0.61\n\n")).isEqualTo(DUNNO);
        assertThat(policy("=\n\u0000\u00ff\u0085\n" + request(TrialDecoy.LISTED)))
                .startsWith(REJECT);
        assertThat(policy("\n\n\n\n" + request(TrialDecoy.LISTED))).startsWith(DUNNO + DUNNO + REJECT);
    }

    /** Only LF ends a line. A value from a client cannot contain LF, but perhaps CR. */
    @ParameterizedTest
    @ValueSource(strings = {"\r", "\u0085", "\u000b", "\f", "\u0000", "\u2028"})
    void policy_controlCharacterOtherThanLf_doesNotEndTheLine(String end) throws IOException {
        String value = "helo_name=x" + end + "client_address=" + TrialDecoy.LISTED + "\n";
        assertThat(policy(value + "client_address=" + TrialDecoy.UNLISTED + "\n\n"))
                .isEqualTo(DUNNO);
        assertThat(policy(value + request(TrialDecoy.LISTED))).startsWith(REJECT);
    }

    @Test
    void policy_longRequest_isAnswered_tooLongClosesTheConnection() throws IOException {
        String value = "x".repeat(MAX_REQUEST_OCTETS - 100) + "\n";
        assertThat(policy("sender=" + value + "client_address=127.0.0.61\n\n")).startsWith(REJECT);
        try (Socket socket = connect(decoy.policyPort())) {
            Stopwatch sending = Stopwatch.start();
            sendUntilReset(socket, "a=b\n".repeat(1_000));
            sending.assertWithin(CLOSE_TIMEOUT);
        }
    }

    /** Sends until the decoy closes the connection; fails if it accepts 64 MiB. */
    private static void sendUntilReset(Socket socket, String octets) {
        boolean accepted = true;
        for (int sent = 0; accepted && sent < 64 << 20; sent += octets.length()) {
            try {
                write(socket, octets);
            } catch (IOException e) {
                accepted = false;
            }
        }
        assertThat(accepted).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1:,",
                "+5:decoy,",
                "05:decoy,",
                "00:,",
                ":,",
                " 5:decoy,",
                "5 :decoy,",
                "2049:decoy ",
                "99999:",
                "100000:",
                "2147483648:",
                "18446744073709551617:",
                "0x5:decoy,",
                "\u00b2:xx,",
                "16:decoy 127.0.0.61;",
                "15:decoy 127.0.0.61,",
                "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
            })
    void socketmap_invalidNetstring_getsPermAndClosesTheConnection(String request) throws IOException {
        assertThat(socketmapUntilClosed(request + netstring("decoy " + TrialDecoy.LISTED)))
                .matches("\\d+:PERM a request must be a netstring of at most 2048 octets,");
    }

    @Test
    void socketmap_endlessLength_closesTheConnection() throws IOException {
        try (Socket socket = connect(decoy.socketmapPort())) {
            sendUntilReset(socket, "1".repeat(READ_BUFFER_SIZE));
        }
    }

    @Test
    void socketmap_invalidAddresses_areNotFoundAndKeepTheConnection() throws IOException {
        StringBuilder requests = new StringBuilder();
        List<String> keys = List.of(
                "",
                " ",
                " 127.0.0.61",
                "127.0.0.61 ",
                "127.0.0.61 127.0.0.61",
                "127.0.0.061",
                "\u0000",
                "\u00ff",
                "a,b:c",
                "1:x,",
                "x".repeat(2_000),
                "fe80::1%x\n\n");
        keys.forEach(key -> requests.append(netstring("decoy " + key)));
        String answers = socketmap(requests + netstring("decoy " + TrialDecoy.LISTED));
        assertThat(answers).startsWith(NOT_FOUND.repeat(keys.size())).contains(":OK REJECT ");
    }

    @Test
    void socketmap_unknownMaps_getPermAndKeepTheConnection() throws IOException {
        for (String request : List.of("", "decoy", "Decoy 127.0.0.61", " decoy 127.0.0.61", "decoy\t127.0.0.61")) {
            assertThat(socketmap(netstring(request) + netstring("decoy " + TrialDecoy.LISTED)))
                    .as(request)
                    .matches("\\d+:PERM no such map; the only map is decoy,\\d+:OK REJECT [^,]*, once\\.,");
        }
    }
}
