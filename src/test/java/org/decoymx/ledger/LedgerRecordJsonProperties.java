package org.decoymx.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.SenderScore;
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.smtp.protocol.Verb;

class LedgerRecordJsonProperties {
    private static final Instant NOW = Instant.parse("2026-01-10T00:00:00Z");
    private static final long MAX_COUNT = 0xffff_ffffL;

    @Provide
    Arbitrary<LedgerRecord> records() {
        return Combinators.combine(countsOfSenders(), evidence().injectNull(0.3))
                .as(LedgerRecord::new);
    }

    private static Arbitrary<SenderCounts> countsOfSenders() {
        Arbitrary<Node> nodes = Arbitraries.strings()
                .withChars("abcXYZ019._-")
                .ofMinLength(1)
                .ofMaxLength(64)
                .map(Node::new);
        Arbitrary<IpPrefix> origins = Arbitraries.oneOf(
                Arbitraries.longs().map(bits -> IpPrefix.ofBits(true, bits)),
                Arbitraries.longs().between(0, MAX_COUNT).map(bits -> IpPrefix.ofBits(false, bits)));
        Arbitrary<Integer> traits = Arbitraries.integers()
                .between(0, (1 << EnumBitSet.TRAITS.constants().size()) - 1);
        return Combinators.combine(nodes, origins, seconds(), seconds(), counts(), counts(), traits, scores())
                .as((node, origin, one, other, sessions, conversations, bits, score) -> new SenderCounts(
                        node,
                        origin,
                        Math.min(one, other),
                        Math.max(one, other),
                        Math.max(sessions, conversations),
                        Math.min(sessions, conversations),
                        bits,
                        bits & 7,
                        score));
    }

    private static Arbitrary<SenderScore> scores() {
        return Combinators.combine(
                        Arbitraries.doubles().between(0, 1e9),
                        seconds(),
                        Arbitraries.integers().between(0, Integer.MAX_VALUE),
                        seconds(),
                        seconds(),
                        Arbitraries.integers())
                .as(SenderScore::new);
    }

    private static Arbitrary<Long> seconds() {
        return Arbitraries.longs().between(0, NOW.getEpochSecond());
    }

    private static Arbitrary<Long> counts() {
        return Arbitraries.longs().between(0, MAX_COUNT);
    }

    private static Arbitrary<SessionEvidence> evidence() {
        Arbitrary<String> texts = Arbitraries.strings().withCharRange(' ', '~').ofMaxLength(SessionEvidence.MAX_TEXT);
        return Combinators.combine(
                        texts,
                        texts,
                        Arbitraries.of(Verb.class),
                        Arbitraries.of(true, false),
                        Arbitraries.of(Outcome.class),
                        Arbitraries.integers().between(0, Integer.MAX_VALUE))
                .as(SessionEvidence::new);
    }

    @Property
    void record_writtenAndRead_isEqual(@ForAll("records") LedgerRecord ledgerRecord)
            throws IOException, InvalidRecordException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LedgerRecordJson.write(java.util.List.of(ledgerRecord), out);

        assertThat(out.size()).isLessThan(LedgerImport.MAX_LINE_OCTETS);
        assertThat(LedgerRecordJson.read(out.toByteArray(), NOW)).isEqualTo(ledgerRecord);
    }

    @Property
    void read_anyOctets_isRejected(@ForAll byte[] octets) {
        assertThat(isRecord(octets)).isFalse();
    }

    @Property
    void read_modifiedLine_isRecordOrRejected(
            @ForAll("records") LedgerRecord ledgerRecord, @ForAll int at, @ForAll("jsonCharacters") char character)
            throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LedgerRecordJson.write(java.util.List.of(ledgerRecord), out);
        byte[] line = out.toByteArray();
        line[Math.floorMod(at, line.length)] = (byte) character;

        isRecord(line);
    }

    @Provide
    Arbitrary<Character> jsonCharacters() {
        return Arbitraries.of('"', '{', '}', '[', ']', ',', ':', '-', '9', 'e', '\\', '\0', '\u00ff');
    }

    private static boolean isRecord(byte[] line) {
        try {
            return LedgerRecordJson.read(line, NOW).counts().sessions() >= 0;
        } catch (InvalidRecordException e) {
            assertThat(e.description().getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(300);
            return false;
        }
    }
}
