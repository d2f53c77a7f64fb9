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
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.smtp.protocol.Verb;

class LedgerRecordJsonProperties {
    private static final Instant NOW = Instant.parse("2026-01-10T00:00:00Z");
    private static final long MAX_COUNT = 0xffff_ffffL;

    @Provide
    Arbitrary<LedgerRecord> entries() {
        return Combinators.combine(tallies(), evidence().injectNull(0.3)).as(LedgerRecord::new);
    }

    private static Arbitrary<SenderCounts> tallies() {
        Arbitrary<Node> nodes = Arbitraries.strings()
                .withChars("abcXYZ019._-")
                .ofMinLength(1)
                .ofMaxLength(64)
                .map(Node::new);
        Arbitrary<Origin> origins = Arbitraries.oneOf(
                Arbitraries.longs().map(bits -> new Origin(true, bits)),
                Arbitraries.longs().between(0, MAX_COUNT).map(bits -> new Origin(false, bits)));
        Arbitrary<Integer> traits = Arbitraries.integers()
                .between(0, (1 << EnumBitSet.TRAITS.constants().size()) - 1);
        return Combinators.combine(nodes, origins, seconds(), seconds(), counts(), counts(), traits, scores())
                .as((node, origin, one, other, sessions, complete, bits, score) -> new SenderCounts(
                        node,
                        origin,
                        Math.min(one, other),
                        Math.max(one, other),
                        Math.max(sessions, complete),
                        Math.min(sessions, complete),
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
    void entry_writtenAndRead_isTheSame(@ForAll("entries") LedgerRecord entry)
            throws IOException, InvalidRecordException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LedgerRecordJson.write(java.util.List.of(entry), out);

        assertThat(out.size()).isLessThan(StreamLineReader.MAX_LINE_OCTETS);
        assertThat(LedgerRecordJson.read(out.toByteArray(), NOW)).isEqualTo(entry);
    }

    @Property
    void octets_whateverTheyAre_areAnEntryOrABadLine(@ForAll byte[] octets) {
        assertThat(isEntry(octets)).isFalse();
    }

    @Property
    void text_thatLooksLikeJson_isAnEntryOrABadLine(
            @ForAll("entries") LedgerRecord entry, @ForAll int at, @ForAll("marks") char mark) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LedgerRecordJson.write(java.util.List.of(entry), out);
        byte[] line = out.toByteArray();
        line[Math.floorMod(at, line.length)] = (byte) mark;

        isEntry(line);
    }

    @Provide
    Arbitrary<Character> marks() {
        return Arbitraries.of('"', '{', '}', '[', ']', ',', ':', '-', '9', 'e', '\\', '\0', '\u00ff');
    }

    private static boolean isEntry(byte[] line) {
        try {
            return LedgerRecordJson.read(line, NOW).counts().sessions() >= 0;
        } catch (InvalidRecordException e) {
            assertThat(e.description().getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(300);
            return false;
        }
    }
}
