package org.decoymx.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.SenderScore;
import org.decoymx.policy.SkipReason;
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LedgerRecordJsonTest {
    private static final Instant NOW = Instant.parse("2026-01-10T00:00:00Z");
    private static final long DAY = 86_400;

    private static final String LINE = """
            {"node":"mx1","origin":"192.0.2.1","firstSeen":"2026-01-01T00:00:00Z","lastSeen":"2026-01-02T00:00:00Z",\
            "sessions":3,"conversations":2,"points":10.5,"scoredAt":"2026-01-02T00:00:00Z","offences":1,\
            "listedSince":"2026-01-02T00:00:00Z","listedUntil":"2026-01-03T00:00:00Z","peaks":8,\
            "traits":["NO_QUIT"],"waivers":["OUTAGE"],\
            "evidence":{"helo":"client.test","senderDomain":"example.com","deepest":"DATA","tls":true,"ended":"QUIT",\
            "recipients":2}}""";

    private static final LedgerRecord RECORD = createRecord();

    private static LedgerRecord createRecord() {
        long first = Instant.parse("2026-01-01T00:00:00Z").getEpochSecond();
        return new LedgerRecord(
                new SenderCounts(
                        new Node("mx1"),
                        IpText.parseHostNetwork("192.0.2.1").orElseThrow(),
                        first,
                        first + DAY,
                        3,
                        2,
                        EnumBitSet.TRAITS.toBits(EnumSet.of(Trait.NO_QUIT)),
                        EnumBitSet.SKIP_REASONS.toBits(EnumSet.of(SkipReason.OUTAGE)),
                        new SenderScore(10.5, first + DAY, 1, first + DAY, first + 2 * DAY, 0x8)),
                new SessionEvidence("client.test", "example.com", Verb.DATA, true, Outcome.QUIT, 2));
    }

    private static String write(LedgerRecord... records) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LedgerRecordJson.write(List.of(records), out);
        return out.toString(StandardCharsets.UTF_8);
    }

    private static LedgerRecord read(String line) throws InvalidRecordException {
        return LedgerRecordJson.read(line.getBytes(StandardCharsets.UTF_8), NOW);
    }

    @Test
    void write_record_isOneLine() throws IOException {
        assertThat(write(RECORD, RECORD)).isEqualTo(LINE + "\n" + LINE + "\n");
    }

    @Test
    void read_line_isTheRecord() throws InvalidRecordException {
        assertThat(read(LINE)).isEqualTo(RECORD);
        assertThat(read(" " + LINE + "\r")).isEqualTo(RECORD);
    }

    @Test
    void version_thatNoNodeCanHaveReached_isRefused() throws InvalidRecordException {
        String version = LINE.replaceFirst("\\{", "{\"version\":" + NOW.toEpochMilli() + ",");
        assertThat(read(version).counts().version()).isEqualTo(NOW.toEpochMilli());
        assertThatThrownBy(() -> read(version.replace(NOW.toEpochMilli() + ",", "140737488355327,")))
                .isInstanceOf(InvalidRecordException.class)
                .hasMessage("version: must be an integer from 0 to " + NOW.toEpochMilli());
    }

    @Test
    void write_unsetTimes_areOmitted() throws IOException, InvalidRecordException {
        SenderCounts counts = RECORD.counts();
        LedgerRecord withoutScore = new LedgerRecord(
                new SenderCounts(
                        counts.node(),
                        IpPrefix.ofBits(true, 0x20010db8_00000000L),
                        counts.firstSeen(),
                        counts.lastSeen(),
                        1,
                        0,
                        0,
                        0,
                        SenderScore.NONE),
                null);
        String line = write(withoutScore);
        assertThat(line).isEqualTo("""
                {"node":"mx1","origin":"2001:db8::/64","firstSeen":"2026-01-01T00:00:00Z",\
                "lastSeen":"2026-01-02T00:00:00Z","sessions":1,"conversations":0,"points":0.0,"offences":0,"traits":[]}
                """);
        assertThat(read(line)).isEqualTo(withoutScore);
    }

    @Test
    void read_unknownField_isIgnored() throws InvalidRecordException {
        assertThat(read(LINE.replace("{\"node\"", "{\"later\":[{}],\"node\""))).isEqualTo(RECORD);
    }

    @ParameterizedTest
    @ValueSource(strings = {"node", "origin", "firstSeen", "lastSeen", "sessions", "conversations", "helo", "tls"})
    void read_missingField_isNamed(String field) {
        assertRejected(LINE.replace('"' + field + '"', "\"x\""), field + ": ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "node | \"mx1\" | \"\"",
                "node | \"mx1\" | \"mx 1\"",
                "node | \"mx1\" | 1",
                "origin | \"192.0.2.1\" | \"192.0.2.01\"",
                "origin | \"192.0.2.1\" | \"192.0.2.1/32\"",
                "origin | \"192.0.2.1\" | \"192.0.2.0/24\"",
                "origin | \"192.0.2.1\" | \"::ffff:192.0.2.1\"",
                "origin | \"192.0.2.1\" | \"2001:db8::\"",
                "origin | \"192.0.2.1\" | \"2001:db8:0::1\"",
                "origin | \"192.0.2.1\" | \"2001:db8::1/128\"",
                "origin | \"192.0.2.1\" | \"2001:db8::1/64\"",
                "origin | \"192.0.2.1\" | \"2001:DB8::/64\"",
                "origin | \"192.0.2.1\" | \"2001:db8::/48\"",
                "origin | \"192.0.2.1\" | \"mail.example.org\"",
                "origin | \"192.0.2.1\" | null",
                "firstSeen | \"2026-01-01T00:00:00Z\" | \"2026-01-02T00:00:01Z\"",
                "firstSeen | \"2026-01-01T00:00:00Z\" | \"1969-12-31T23:59:59Z\"",
                "firstSeen | \"2026-01-01T00:00:00Z\" | \"2026-01-01\"",
                "firstSeen | \"2026-01-01T00:00:00Z\" | 0",
                "lastSeen | \"2026-01-02T00:00:00Z\" | \"2026-01-11T00:00:01Z\"",
                "lastSeen | \"2026-01-02T00:00:00Z\" | \"+999999999-01-01T00:00:00Z\"",
                "sessions | 3 | -1",
                "sessions | 3 | 4294967296",
                "sessions | 3 | 1.5",
                "sessions | 3 | 99999999999999999999",
                "sessions | 3 | \"3\"",
                "conversations | 2 | 4",
                "points | 10.5 | -0.5",
                "points | 10.5 | 1e10",
                "points | 10.5 | 1e999",
                "points | 10.5 | \"10\"",
                "offences | 1 | -1",
                "offences | 1 | 2147483648",
                "scoredAt | \"2026-01-02T00:00:00Z\" | \"2026-01-12T00:00:00Z\"",
                "listedSince | \"2026-01-02T00:00:00Z\" | \"2026-01-12T00:00:00Z\"",
                "listedUntil | \"2026-01-03T00:00:00Z\" | \"2036-01-09T00:00:00Z\"",
                "listedUntil | \"2026-01-03T00:00:00Z\" | true",
                "traits | [\"NO_QUIT\"] | [\"NIX\"]",
                "traits | [\"NO_QUIT\"] | [[]]",
                "traits | [\"NO_QUIT\"] | \"NO_QUIT\"",
                "evidence | {\"helo\" | 1, \"x\":{\"helo\"",
                "helo | \"client.test\" | \"a\\u0000b\"",
                "helo | \"client.test\" | \"gr\u00fcn\"",
                "helo | \"client.test\" | \"\\u202eb\"",
                "senderDomain | \"example.com\" | null",
                "deepest | \"DATA\" | \"SEND\"",
                "ended | \"QUIT\" | \"data\"",
                "tls | true | 1",
                "recipients | 2 | -1"
            })
    void read_invalidValue_isRejected_withFieldName(String field, String from, String to) {
        String key = '"' + field + "\":";
        String message = field.equals("evidence") ? "not a JSON object" : field + ": ";
        assertThat(LINE).contains(key + from);
        assertRejected(LINE.replace(key + from, key + to), message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"mx1\" | 1 | node: must be a string",
                "\"mx1\" | true | node: must be a string",
                "\"mx1\" | \"\" | node: a node name must have 1 to 64 letters, digits, dots, hyphens or underscores",
                "\"192.0.2.1\" | \"\" | origin: must be an address or an IPv6 /64 (examples: 192.0.2.1,"
                        + " 2001:db8::1, 2001:db8::/64)",
                "\"2026-01-01T00:00:00Z\" | 0 | firstSeen: must be a string",
                "\"2026-01-01T00:00:00Z\" | \"\" | firstSeen: must be a time (example: 2026-01-01T00:00:00Z)",
                "\"2026-01-01T00:00:00Z\" | \"2026-01-03T00:00:00Z\" | firstSeen: must be from 1970-01-01T00:00:00Z"
                        + " to 2026-01-02T00:00:00Z",
                "3, | 3.0, | sessions: must be an integer from 0 to 4294967295",
                "3, | \"3\", | sessions: must be an integer from 0 to 4294967295",
                "3, | null, | sessions: must be an integer from 0 to 4294967295",
                "3, | 99999999999999999999, | sessions: must be an integer from 0 to 4294967295",
                "\"conversations\":2 | \"conversations\":4 | conversations: must be an integer from 0 to 3",
                "10.5 | \"\" | points: must be a number from 0 to 1000000000",
                "10.5 | \"NaN\" | points: must be a number from 0 to 1000000000",
                "\"offences\":1 | \"offences\":\"\" | offences: must be an integer from 0 to 2147483647",
                "\"offences\":1 | \"offences\":2147483648 | offences: must be an integer from 0 to 2147483647",
                "\"peaks\":8 | \"peaks\":\" \" | peaks: must be an integer from 0 to 4294967295",
                "[\"OUTAGE\"] | \"OUTAGE\" | waivers: must be an array",
                "[\"OUTAGE\"] | [null] | waivers: must be one of [EXEMPT, WITNESSED, OUTAGE, UNANSWERED,"
                        + " NOT_WORST_MX, SPF_UNKNOWN, KNOWN]",
                "[\"OUTAGE\"] | [\"outage\"] | waivers: must be one of [EXEMPT, WITNESSED, OUTAGE, UNANSWERED,"
                        + " NOT_WORST_MX, SPF_UNKNOWN, KNOWN]",
                "\"client.test\" | 1 | helo: must be a string",
                "\"client.test\" | \"\u00fc\" | helo: must have at most 128 printable ASCII characters",
                "true | \"true\" | tls: must be true or false",
                "\"recipients\":2 | \"recipients\":\"2\" | recipients: must be an integer from 0 to 2147483647"
            })
    void read_invalidValue_isRejected_withAllowedValues(String from, String to, String message) {
        assertThatThrownBy(() -> read(LINE.replace(from, to))).hasMessage(message);
    }

    static Stream<String> invalidLines() {
        return Stream.of(
                "x",
                "{",
                "[]",
                "1",
                "\"\"",
                "null",
                "[".repeat(LedgerImport.MAX_LINE_OCTETS),
                "{\"a\":".repeat(1_600),
                LINE + LINE,
                LINE + " x",
                LINE.substring(0, LINE.length() - 1),
                LINE.replace("\"sessions\":3", "\"sessions\":3,\"sessions\":4"),
                LINE.replace("3,", "NaN,"),
                LINE.replace("3,", "0x3,"),
                "{\"error\":\"the disk is full\"}");
    }

    @ParameterizedTest
    @MethodSource("invalidLines")
    void read_invalidLine_isRejected(String line) {
        assertRejected(line, "");
    }

    @Test
    void read_invalidUtf8_isRejected() {
        byte[] line = LINE.replace("client", "cl\u00fcnt").getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> LedgerRecordJson.read(line, NOW)).isInstanceOf(InvalidRecordException.class);
    }

    private static void assertRejected(String line, String message) {
        assertThatThrownBy(() -> read(line))
                .isInstanceOf(InvalidRecordException.class)
                .message()
                .startsWith(message)
                .matches("[ -~]{1,300}");
    }
}
