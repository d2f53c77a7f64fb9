package org.decoymx.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.decoymx.ledger.ExportedTrust;
import org.decoymx.ledger.LedgerRecord;
import org.decoymx.ledger.Node;
import org.decoymx.ledger.SenderCounts;
import org.decoymx.ledger.SessionEvidence;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.EnvelopeMemory;
import org.decoymx.policy.Listing;
import org.decoymx.policy.RememberedEnvelope;
import org.decoymx.policy.RetryProof;
import org.decoymx.policy.SenderScore;
import org.decoymx.policy.Tier;
import org.decoymx.policy.TrustState;
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.smtp.protocol.Verb;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StateCodecTest {
    private static final long T = 1_800_000_000;
    private static final long MILLIS = T * 1_000;
    private static final int DAY = 86_400;
    private static final ObjectMapper CBOR = new ObjectMapper(new CBORFactory());
    private static final String KEY_ID = "0123456789abcdef";
    private static final StateKey KEY = new StateKey(new Node("mx9-1"), origin("192.0.2.1"));

    private static IpPrefix origin(String text) {
        return IpText.parsePrintedHostNetwork(text).orElseThrow();
    }

    private static TrustState trust(long since, long until) {
        return new TrustState(
                since,
                new Listing(Tier.SUSPECT, since, until, 1, false),
                new RetryProof(since - 10, since + 5, 0, 0, 1, 77, 0, false),
                new EnvelopeMemory(List.of(new RememberedEnvelope(-5L, since, since + 60, 3))),
                EnvelopeMemory.EMPTY);
    }

    private static LedgerRecord state(@Nullable SessionEvidence evidence, @Nullable TrustState trust) {
        SenderCounts counts = new SenderCounts(
                KEY.node(),
                KEY.origin(),
                T - DAY,
                T,
                7,
                3,
                0x1005,
                2,
                new SenderScore(12.25, T, 1, T, T + DAY, 0xf000_0001),
                42);
        return new LedgerRecord(counts, evidence, trust == null ? null : new ExportedTrust(trust, KEY_ID), null);
    }

    private static SessionEvidence evidence() {
        return new SessionEvidence("pc.example.net", "example.net", Verb.DATA, true, Outcome.OPEN, 2);
    }

    @Test
    void state_isReadAsWritten() throws PoisonException {
        for (LedgerRecord state : List.of(
                state(null, null),
                state(evidence(), null),
                state(null, trust(T, T + DAY)),
                state(evidence(), trust(T, T)))) {
            byte[] value = new StateCodec(true).encode(state);
            assertThat(StateCodec.decode(KEY, value, MILLIS)).isEqualTo(state);
        }
    }

    @Test
    void evidence_isNotWritten_whenItIsNotShared() throws PoisonException {
        byte[] value = new StateCodec(false).encode(state(evidence(), null));
        assertThat(StateCodec.decode(KEY, value, MILLIS).evidence()).isNull();
    }

    @Test
    void points_areMultiplesOf256ths_andBounded() throws PoisonException {
        for (double points : new double[] {0, 1 / 256.0, 10.5, 1e12}) {
            SenderScore score = new SenderScore(points, T, 0, 0, 0, 0);
            SenderCounts counts = new SenderCounts(KEY.node(), KEY.origin(), T, T, 1, 1, 0, 0, score, 1);
            LedgerRecord changed = new LedgerRecord(counts, null, null, null);
            assertThat(StateCodec.decode(KEY, new StateCodec(true).encode(changed), MILLIS)
                            .counts()
                            .score()
                            .points())
                    .isEqualTo(Math.min(points, Integer.MAX_VALUE / 256.0));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.1", "2001:db8::1", "2001:db8::/64", "::1", "0.0.0.0"})
    void key_isReadAsWritten(String sender) throws PoisonException {
        StateKey key = new StateKey(new Node("a.B_1-9"), origin(sender));
        assertThat(StateKey.decode(key.encode(), "")).isEqualTo(key);
    }

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\0",
                "node",
                "node\0",
                "node\0abc",
                "node\0abcde",
                "\0abcd",
                "no de\0abcd",
                "n\u00e4me\0abcd",
                "node@other\0abcd",
                "node\0\0\0\0\0\0\0\0\0\0\0\u00ff\u00ff\u00c0\0\2\1",
                "node\0abcdefghijklmnopq"
            })
    void key_thatNoNodeWrites_isRefused(String key) {
        assertThatThrownBy(() -> StateKey.decode(octets(key), "")).isInstanceOf(PoisonException.class);
    }

    @Test
    void nameOf65Characters_isRefused() {
        assertThatThrownBy(() -> StateKey.decode(octets("n".repeat(65) + "\0abcd"), ""))
                .isInstanceOf(PoisonException.class);
    }

    /** The elements of a valid value. */
    private static List<Object> elements() {
        List<Object> evidence = new ArrayList<>(List.of("helo", "example.net", "DATA", false, "COMPLETED", 1));
        evidence.set(4, Outcome.OPEN.name());
        return new ArrayList<>(Arrays.asList(
                1,
                42,
                T - DAY,
                T,
                7,
                3,
                5,
                0,
                2_560,
                T,
                1,
                T,
                T + DAY,
                1,
                evidence,
                trust(T, T + DAY).encode(),
                KEY_ID));
    }

    private static byte[] cbor(Object value) {
        try {
            return CBOR.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    static Stream<Arguments> hostileElements() {
        Object deep = List.of();
        for (int i = 0; i < 500; i++) {
            deep = List.of(deep);
        }
        List<Object> badHelo = Arrays.asList("a\u0000b", "x", "DATA", false, Outcome.OPEN.name(), 1);
        return Stream.of(
                Arguments.of(0, 2),
                Arguments.of(0, "1"),
                Arguments.of(1, 0),
                Arguments.of(1, Long.MAX_VALUE),
                Arguments.of(1, BigInteger.TWO.pow(300)),
                Arguments.of(1, -1),
                Arguments.of(1, MILLIS + 1),
                Arguments.of(2, T + 1),
                Arguments.of(3, T + 2 * DAY),
                Arguments.of(3, 1.5),
                Arguments.of(4, "7"),
                Arguments.of(4, 1L << 32),
                Arguments.of(5, 8),
                Arguments.of(6, -1),
                Arguments.of(7, null),
                Arguments.of(8, Double.NaN),
                Arguments.of(8, Float.POSITIVE_INFINITY),
                Arguments.of(8, -1),
                Arguments.of(8, 1L << 31),
                Arguments.of(9, T + 2 * DAY),
                Arguments.of(11, T + 2 * DAY),
                Arguments.of(12, T + 4_000L * DAY),
                Arguments.of(13, 1L << 32),
                Arguments.of(14, "evidence"),
                Arguments.of(14, List.of()),
                Arguments.of(14, badHelo),
                Arguments.of(14, Collections.nCopies(1_000, "x")),
                Arguments.of(15, "text"),
                Arguments.of(15, new byte[] {9, 9}),
                Arguments.of(15, new byte[2_000]),
                Arguments.of(15, trust(T + 2 * DAY, T + 3 * DAY).encode()),
                Arguments.of(15, trust(T, T + 4_000L * DAY).encode()),
                Arguments.of(16, "key"),
                Arguments.of(16, "x".repeat(3_900)),
                Arguments.of(16, deep));
    }

    @ParameterizedTest
    @MethodSource("hostileElements")
    void hostileElement_isRefused(int index, @Nullable Object value) throws PoisonException {
        List<Object> elements = elements();
        assertThat(StateCodec.decode(KEY, cbor(elements), MILLIS).version()).isEqualTo(42);
        elements.set(index, value);
        byte[] octets = cbor(elements);
        assertThatThrownBy(() -> StateCodec.decode(KEY, octets, MILLIS))
                .isInstanceOf(PoisonException.class)
                .message()
                .hasSizeLessThan(400)
                .doesNotContain("\n");
    }

    @Test
    void version_isAtMostTheTimeInMilliseconds() throws PoisonException {
        List<Object> elements = elements();
        elements.set(1, MILLIS);
        assertThat(StateCodec.decode(KEY, cbor(elements), MILLIS).version()).isEqualTo(MILLIS);
        byte[] octets = cbor(elements);
        assertThatThrownBy(() -> StateCodec.decode(KEY, octets, MILLIS - 1))
                .hasMessage("version: must be an integer from 1 to 1799999999999");
    }

    @Test
    void elementsOfALaterVersion_areSkipped() throws PoisonException {
        List<Object> elements = elements();
        elements.add(List.of(1, "x"));
        elements.add(null);
        assertThat(StateCodec.decode(KEY, cbor(elements), MILLIS).version()).isEqualTo(42);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", // nothing
                "a0", // a map
                "f6", // null
                "9bffffffffffffffff01", // an array of 2^64 - 1 elements
                "9a7fffffff0101",
                "91015a7fffffff00", // 2 GB of octets announced
                "91017a7fffffff61",
                "9101c25a7fffffff00", // a big number of 2 GB announced
                "9f01", // without an end
                "81811b", // cut in a number
                "ff"
            })
    void hostileOctets_areRefused(String hex) {
        assertThatThrownBy(() -> StateCodec.decode(KEY, HexFormat.of().parseHex(hex), MILLIS))
                .isInstanceOf(PoisonException.class);
    }

    @Test
    void anyChangeOfAValue_isReadOrRefused() {
        byte[] value = cbor(elements());
        Random random = new Random(1);
        for (int i = 0; i < 200_000; i++) {
            byte[] changed = Arrays.copyOf(value, i % 5 == 0 ? random.nextInt(value.length) : value.length);
            for (int n = random.nextInt(4); n >= 0 && changed.length > 0; n--) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt();
            }
            try {
                SenderCounts counts = StateCodec.decode(KEY, changed, MILLIS).counts();
                assertThat(counts.lastSeen()).isBetween(counts.firstSeen(), T + DAY);
            } catch (PoisonException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
        assertThatThrownBy(() -> StateCodec.decode(KEY, Arrays.copyOf(value, value.length + 1), MILLIS))
                .isInstanceOf(PoisonException.class);
    }
}
