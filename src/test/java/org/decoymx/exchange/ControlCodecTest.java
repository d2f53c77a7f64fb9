package org.decoymx.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.decoymx.exemption.RuntimeExemption;
import org.decoymx.exemption.SharedExemption;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.ManualDecision;
import org.decoymx.policy.Tier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ControlCodecTest {
    private static final long T = 1_800_000_000;
    private static final long MILLIS = T * 1_000;

    private static ControlRecord decided(String sender, ManualDecision decision) {
        return new ControlRecord.Decided(IpText.parsePrintedHostNetwork(sender).orElseThrow(), decision);
    }

    private static SharedExemption exemption(String network, boolean removed) {
        IpPrefix prefix = IpText.parseNetwork(network).hostNetwork();
        Instant since = Instant.ofEpochSecond(T - 5);
        RuntimeExemption exempt = new RuntimeExemption(prefix, "für uns", since, since.plusSeconds(60));
        return new SharedExemption(prefix, Instant.ofEpochSecond(T), "mx9-1", removed ? null : exempt);
    }

    private static final List<ControlRecord> RECORDS = List.of(
            new ControlRecord.Claim("mx9-1", -42, ExchangeRole.CATCH, "0123456789abcdef"),
            new ControlRecord.Heartbeat("a.B_c", Long.MAX_VALUE, MILLIS, 4_711),
            new ControlRecord.Dropped("mx7"),
            decided("192.0.2.1", new ManualDecision(Tier.NONE, T, 0, "", "mx9-1")),
            new ControlRecord.Exempted(exemption("192.0.2.0/24", true)),
            new ControlRecord.Exempted(exemption("2001:db8::1/128", false)),
            decided("2001:db8::/64", new ManualDecision(Tier.CONFIRMED, T, T + 60, "Spam für alle", "mx9-1")));

    @Test
    void record_isReadAsWritten() throws PoisonException {
        for (ControlRecord content : RECORDS) {
            assertThat(ControlCodec.decode(ControlCodec.key(content), ControlCodec.value(content), MILLIS))
                    .contains(content);
            ControlRecord deleted = new ControlRecord.Deleted(content.key());
            assertThat(deleted.node()).isEqualTo(content.node());
            assertThat(ControlCodec.decode(ControlCodec.key(deleted), ControlCodec.value(deleted), MILLIS))
                    .contains(deleted);
        }
    }

    @Test
    void heartbeatOfAnEarlierVersion_isNotBehind() throws PoisonException {
        byte[] value = HexFormat.of().parseHex("83010203");
        assertThat(ControlCodec.decode("heartbeat/a".getBytes(StandardCharsets.US_ASCII), value, MILLIS))
                .contains(new ControlRecord.Heartbeat("a", 2, 3, 0));
    }

    @Test
    void typeOfALaterVersion_isIgnored() throws PoisonException {
        assertThat(ControlCodec.decode("weather/mx9-1/x".getBytes(StandardCharsets.US_ASCII), new byte[9], 0))
                .isEmpty();
    }

    private static void assertRefused(byte @Nullable [] key, byte @Nullable [] value) {
        assertThatThrownBy(() -> ControlCodec.decode(key, value, MILLIS))
                .isInstanceOf(PoisonException.class)
                .message()
                .isNotBlank()
                .hasSizeLessThan(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "claim",
                "claim/",
                "claim/a@b",
                "claim/a\nb",
                "CLAIM/a",
                "claim/a/ ",
                "decision/a",
                "decision/a/x",
                "decision/a/192.0.2.01",
                "decision/a/192.0.2.0/24",
                "decision/a/2001:DB8::1"
            })
    void keyThatNoNodeWrites_isRefused(String key) {
        byte[] value = ControlCodec.value(decided("192.0.2.1", new ManualDecision(Tier.NONE, T, 0, "", "a")));
        assertRefused(key.getBytes(StandardCharsets.US_ASCII), value);
    }

    @Test
    void longKey_orNone_isRefused() {
        assertRefused(null, new byte[1]);
        assertRefused(("claim/" + "a".repeat(65)).getBytes(StandardCharsets.US_ASCII), new byte[1]);
        assertRefused(new byte[1_000_000], null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "80", "8102", "84016178", "9a7fffffff01", "84010167574849434860", "f97e00"})
    void valueThatNoNodeWrites_isRefused(String hex) {
        assertRefused(
                "claim/a".getBytes(StandardCharsets.US_ASCII), HexFormat.of().parseHex(hex));
    }

    @Test
    void decision_inTheFuture_orWithoutEnd_isRefused() {
        ControlRecord future = decided("192.0.2.1", new ManualDecision(Tier.NONE, T + 2 * 86_400, 0, "", "a"));
        assertRefused(ControlCodec.key(future), ControlCodec.value(future));
        ControlRecord late = decided("192.0.2.1", new ManualDecision(Tier.SUSPECT, T, T + 4_000L * 86_400, "", "a"));
        assertRefused(ControlCodec.key(late), ControlCodec.value(late));
        byte[] noEnd = HexFormat.of().parseHex("850167535553504543541a6b49d2001a6b49d20060");
        assertRefused(ControlCodec.key(late), noEnd);
    }

    @Test
    void anyChangeOfARecord_isReadOrRefused() {
        Random random = new Random(2);
        for (int i = 0; i < 100_000; i++) {
            ControlRecord content = RECORDS.get(i % RECORDS.size());
            byte[] value = Objects.requireNonNull(ControlCodec.value(content));
            byte[] key = ControlCodec.key(content);
            byte[] changed = Arrays.copyOf(value, i % 5 == 0 ? random.nextInt(value.length) : value.length);
            if (changed.length > 0) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt();
            }
            key[random.nextInt(key.length)] = (byte) random.nextInt();
            try {
                ControlCodec.decode(key, changed, MILLIS)
                        .ifPresent(read -> assertThat(read.node()).matches("[A-Za-z0-9._-]{1,64}"));
            } catch (PoisonException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
    }
}
