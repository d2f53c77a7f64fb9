package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.decoymx.it.DnsMessages.header;
import static org.decoymx.it.DnsMessages.name;
import static org.decoymx.it.DnsMessages.opt;
import static org.decoymx.it.DnsMessages.option;
import static org.decoymx.it.DnsMessages.question;
import static org.decoymx.it.DnsMessages.questionEntry;
import static org.decoymx.it.DnsMessages.shorts;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Malformed and unusual DNS queries. */
class MalformedDnsIT extends LongZoneDnsBase {
    private static final int OPT_LENGTH = 11;
    private static final int NOTIFY = 0x2000;
    private static final List<Integer> OPCODES = List.of(0x1000, NOTIFY, 0x2800, 0x3000, 0x7800);
    private static final byte[] LISTED_QUERY = question(ID, LISTED, DnsMessages.A);

    @Test
    void questionCountOtherThanOne_isAnsweredFormErrWithoutQuestions() throws IOException {
        byte[] question = questionEntry(name(LISTED), DnsMessages.A, DnsMessages.IN);
        assertThat(assertAnswered(header(ID, 0, 0), DnsMessages.FORMERR)).hasSize(DnsMessages.HEADER_LENGTH);
        assertThat(assertAnswered(DnsMessages.join(header(ID, 0, 2), question, question), DnsMessages.FORMERR))
                .hasSize(DnsMessages.HEADER_LENGTH);
        assertThat(assertAnswered(
                        DnsMessages.join(header(ID, 0, 0, 0, 0, 1), opt(4_096, 0, new byte[0])), DnsMessages.FORMERR))
                .hasSize(DnsMessages.HEADER_LENGTH + OPT_LENGTH);
    }

    /** The last message must not make the parser allocate hundreds of thousands of records. */
    @Test
    void recordCounts_withoutTheRecords_areNotAnswered() throws IOException {
        byte[] question = questionEntry(name(LISTED), DnsMessages.A, DnsMessages.IN);
        assertNotAnswered(header(ID, 0, 1));
        assertNotAnswered(header(ID, 0, 65_535));
        assertNotAnswered(DnsMessages.join(header(ID, 0, 2), question));
        assertNotAnswered(DnsMessages.join(header(ID, 0, 1, 65_535, 65_535, 65_535), question));
    }

    @Test
    void compressionPointersAndReservedLabels_inQuestion_areNotAnswered() throws IOException {
        for (int target : new int[] {12, 13, 14, 18, 200, 0x3fff}) {
            assertNotAnswered(
                    DnsMessages.join(header(ID, 0, 1), shorts(0xc000 | target, DnsMessages.A, DnsMessages.IN)));
        }
        byte[] circular = DnsMessages.join(
                header(ID, 0, 2),
                shorts(0xc000 | 18, DnsMessages.A, DnsMessages.IN),
                shorts(0xc000 | 12, DnsMessages.A, DnsMessages.IN));
        assertNotAnswered(circular);
        assertNotAnswered(DnsMessages.join(header(ID, 0, 1), questionEntry(new byte[] {0x41, 'a', 0}, 1, 1)));
        assertNotAnswered(DnsMessages.join(header(ID, 0, 1), questionEntry(new byte[] {(byte) 0x81, 'a', 0}, 1, 1)));
    }

    @Test
    void truncatedQuery_ofAnyLength_isNotAnswered() throws IOException {
        byte[] whole = question(ID, LISTED, DnsMessages.A, opt(4_096, 0, option(10, new byte[8])));
        for (int length = 0; length < whole.length; length++) {
            assertThat(client.queryUdp(Arrays.copyOf(whole, length)))
                    .as("the first %d octets", length)
                    .isEmpty();
        }
        for (int length = 0; length < whole.length; length += 7) {
            assertThat(client.queryTcp(Arrays.copyOf(whole, length)))
                    .as("the first %d octets", length)
                    .isEmpty();
        }
        assertAnswered(whole, 0);
    }

    @Test
    void response_isNotAnswered() throws IOException {
        for (int flags : new int[] {0x8000, 0x8400, 0xffff, 0x8000 | NOTIFY}) {
            assertNotAnswered(
                    DnsMessages.join(header(ID, flags, 1), questionEntry(name(LISTED), DnsMessages.A, DnsMessages.IN)));
        }
    }

    @Test
    void otherOpcodes_areAnsweredNotImp() throws IOException {
        for (int opcode : OPCODES) {
            byte[] message =
                    DnsMessages.join(header(ID, opcode, 1), questionEntry(name(LISTED), DnsMessages.A, DnsMessages.IN));
            assertThat(assertAnswered(message, DnsMessages.NOTIMP)).hasSameSizeAs(message);
        }
    }

    @Test
    void questionName_isReturnedUnchanged() throws IOException {
        String mixed = LISTED.replace('a', 'A').replace("cc", "cC").replace("decoy", "dEcOy");
        byte[] question = question(ID, mixed, DnsMessages.A);
        byte[] response = assertAnswered(question, 0);
        assertThat(DnsMessages.answerCount(response)).isOne();
        assertThat(Arrays.copyOfRange(response, DnsMessages.HEADER_LENGTH, question.length))
                .isEqualTo(Arrays.copyOfRange(question, DnsMessages.HEADER_LENGTH, question.length));
        byte[] raw = question(ID, "\u0000.\u001b[1m\u00ff\u0085.\n." + ZONE, DnsMessages.TXT);
        assertThat(Arrays.copyOfRange(assertAnswered(raw, DnsMessages.NXDOMAIN), DnsMessages.HEADER_LENGTH, raw.length))
                .isEqualTo(Arrays.copyOfRange(raw, DnsMessages.HEADER_LENGTH, raw.length));
    }

    @Test
    void nameTooLong_isNotAnswered() throws IOException {
        assertNotAnswered(question(ID, "0." + LONGEST, DnsMessages.A));
        assertAnswered(question(ID, "h".repeat(63) + "." + ZONE, DnsMessages.A), DnsMessages.NXDOMAIN);
    }

    /** RFC 8482 section 4.1. A zone transfer would reveal the whole list. */
    @Test
    void anyQuery_isAnsweredWithOneRecord_zoneTransferIsRefused() throws IOException {
        assertThat(DnsMessages.answerCount(assertAnswered(question(ID, LISTED, DnsMessages.ANY), 0)))
                .isOne();
        assertThat(DnsMessages.answerCount(assertAnswered(question(ID, ZONE, DnsMessages.ANY), 0)))
                .isOne();
        for (int type : new int[] {DnsMessages.AXFR, DnsMessages.IXFR}) {
            assertAnswered(question(ID, ZONE, type), DnsMessages.REFUSED);
            assertAnswered(question(ID, LISTED, type), DnsMessages.REFUSED);
        }
        assertThat(dig(ZONE, "AXFR")).contains("Transfer failed.");
    }

    @Test
    void foreignNamesAndClasses_areRefused() throws IOException {
        byte[] chaos = DnsMessages.join(
                header(ID, 0, 1), questionEntry(name("version.bind"), DnsMessages.TXT, DnsMessages.CHAOS));
        assertAnswered(chaos, DnsMessages.REFUSED);
        byte[] chaosInZone =
                DnsMessages.join(header(ID, 0, 1), questionEntry(name(LISTED), DnsMessages.A, DnsMessages.CHAOS));
        assertAnswered(chaosInZone, DnsMessages.REFUSED);
        for (String foreign : List.of("example", "decoy.example", "x" + ZONE.substring(1), "sl.example.org", "com")) {
            byte[] message = question(ID, foreign, DnsMessages.A);
            assertThat(assertAnswered(message, DnsMessages.REFUSED)).hasSameSizeAs(message);
        }
        byte[] root = DnsMessages.join(header(ID, 0, 1), questionEntry(new byte[1], 2, DnsMessages.IN));
        assertThat(assertAnswered(root, DnsMessages.REFUSED)).hasSameSizeAs(root);
    }

    /** Random octets, alone and after a query, and a datagram of the maximum size. */
    @Test
    void randomDatagrams_ofManyLengths_getNoLargeResponse() throws IOException {
        Random random = new Random(5_782);
        for (int length = 0; length <= 4_000; length += length < 100 ? 1 : 37) {
            byte[] octets = new byte[length];
            random.nextBytes(octets);
            client.queryUdp(octets);
            assertThat(client.queryUdp(DnsMessages.join(LISTED_QUERY, octets)).length)
                    .isLessThanOrEqualTo(MIN_UDP);
        }
        assertThat(client.queryUdp(Arrays.copyOf(LISTED_QUERY, 65_507)).length).isLessThanOrEqualTo(MIN_UDP);
    }

    /** Many of the corrupted messages are still valid queries. No response exceeds the limit. */
    @Test
    void corruptedQueries_getNoLargeResponse() throws IOException {
        Random random = new Random(8_020);
        byte[] whole = question(ID, LISTED, DnsMessages.TXT, opt(4_096, 0, option(10, new byte[8])));
        for (int i = 0; i < 5_000; i++) {
            byte[] damaged = whole.clone();
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                damaged[2 + random.nextInt(whole.length - 2)] = (byte) random.nextInt();
            }
            assertThat(client.queryUdp(damaged).length).isLessThanOrEqualTo(MAX_UDP);
        }
    }

    @Test
    void tcpQueries_splitAndPipelined_areAnsweredInOrder() throws IOException {
        byte[] queries = new byte[0];
        for (int id = 0; id < 300; id++) {
            queries = DnsMessages.join(queries, RawDnsClient.withLengthPrefix(question(id, LISTED, DnsMessages.A)));
        }
        try (Socket socket = client.connect()) {
            socket.setTcpNoDelay(true);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            for (int i = 0; i < 1_000; i++) {
                socket.getOutputStream().write(queries[i]);
            }
            socket.getOutputStream().write(queries, 1_000, queries.length - 1_000);
            for (int id = 0; id < 300; id++) {
                assertThat(DnsMessages.id(RawDnsClient.readMessage(in))).isEqualTo(id);
            }
        }
    }

    @Test
    void tcpMessage_tooShortOrTooLong_closesTheConnection() throws IOException {
        for (byte[] message : List.of(new byte[0], new byte[11], new byte[4_097], new byte[65_535])) {
            assertThat(client.queryTcp(message)).isEmpty();
        }
        byte[] httpRequest = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        try (Socket socket = client.connect()) {
            socket.getOutputStream().write(httpRequest);
            assertThat(RawDnsClient.readPromptly(socket)).isEmpty();
        }
        byte[] padded = DnsMessages.join(LISTED_QUERY, new byte[4_096 - LISTED_QUERY.length]);
        assertThat(DnsMessages.answerCount(client.queryTcp(padded))).isOne();
    }
}
