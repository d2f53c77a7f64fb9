package org.decoymx.ledger;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.decoymx.sighting.Sighting.Ending;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the ledger as a line of JSON: times as ISO 8601 in UTC and left out for never, traits in words. Fields that
 * are not known are passed over, so that a line of a newer version can be read.
 */
final class LedgerLine {
    /** A clock may be fast by so much. */
    private static final Duration AHEAD = Duration.ofDays(1);

    private static final Duration MAX_LISTING = Duration.ofDays(3_650);
    private static final long MAX_COUNT = 0xffff_ffffL;
    private static final double MAX_POINTS = 1e9;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private LedgerLine() {}

    /** Writes entries, a line each. The stream is neither flushed nor closed. */
    static void write(List<Entry> entries, OutputStream out) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            json.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
            json.setRootValueSeparator(null);
            for (Entry entry : entries) {
                write(entry, json);
                json.writeRaw('\n');
            }
        }
    }

    private static void write(Entry entry, JsonGenerator json) throws IOException {
        Tally tally = entry.tally();
        json.writeStartObject();
        json.writeStringField("node", tally.node().name());
        json.writeStringField("origin", tally.origin().toString());
        writeTime(json, "firstSeen", tally.firstSeen());
        writeTime(json, "lastSeen", tally.lastSeen());
        json.writeNumberField("sessions", tally.sessions());
        json.writeNumberField("conversations", tally.conversations());
        write(tally.score(), json);
        writeWords(json, "traits", Bits.TRAITS.set(tally.traits()));
        if (tally.waivers() != 0) {
            writeWords(json, "waivers", Bits.WAIVERS.set(tally.waivers()));
        }
        write(entry.evidence(), json);
        json.writeEndObject();
    }

    private static void write(Score score, JsonGenerator json) throws IOException {
        json.writeNumberField("points", score.points());
        writeTimeUnlessNever(json, "scoredAt", score.scoredAt());
        json.writeNumberField("offences", score.offences());
        writeTimeUnlessNever(json, "listedSince", score.listedSince());
        writeTimeUnlessNever(json, "listedUntil", score.listedUntil());
        if (score.peaks() != 0) {
            json.writeNumberField("peaks", Integer.toUnsignedLong(score.peaks()));
        }
    }

    private static void write(@Nullable Evidence evidence, JsonGenerator json) throws IOException {
        if (evidence == null) {
            return;
        }
        json.writeObjectFieldStart("evidence");
        json.writeStringField("helo", evidence.helo());
        json.writeStringField("senderDomain", evidence.senderDomain());
        json.writeStringField("deepest", evidence.deepest().name());
        json.writeBooleanField("tls", evidence.tls());
        json.writeStringField("ended", evidence.ending().name());
        json.writeNumberField("recipients", evidence.recipients());
        json.writeEndObject();
    }

    private static void writeWords(JsonGenerator json, String name, Set<? extends Enum<?>> words) throws IOException {
        json.writeArrayFieldStart(name);
        for (Enum<?> word : words) {
            json.writeString(word.name());
        }
        json.writeEndArray();
    }

    private static void writeTime(JsonGenerator json, String name, long second) throws IOException {
        json.writeStringField(name, Instant.ofEpochSecond(second).toString());
    }

    private static void writeTimeUnlessNever(JsonGenerator json, String name, long second) throws IOException {
        if (second != 0) {
            writeTime(json, name, second);
        }
    }

    /**
     * Reads a line.
     *
     * @param line in UTF-8
     * @param now the present, as nothing can have been seen after it
     * @throws BadLine when it is no entry, or one that cannot be true
     */
    static Entry read(byte[] line, Instant now) throws BadLine {
        Fields fields = new Fields(tree(line));
        long latest = now.plus(AHEAD).getEpochSecond();
        long lastSeen = fields.time("lastSeen", latest);
        long sessions = fields.count("sessions", MAX_COUNT);
        Tally tally = new Tally(
                fields.node("node"),
                fields.origin("origin"),
                fields.time("firstSeen", lastSeen),
                lastSeen,
                sessions,
                fields.count("conversations", sessions),
                Bits.TRAITS.of(fields.words("traits", Trait.class)),
                Bits.WAIVERS.of(fields.words("waivers", Waiver.class)),
                score(fields, now));
        return new Entry(tally, fields.has("evidence") ? evidence(new Fields(fields.object("evidence"))) : null);
    }

    private static JsonNode tree(byte[] line) throws BadLine {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new BadLine("this is no JSON");
        } catch (IOException e) {
            throw new BadLine("this is no UTF-8");
        }
    }

    private static Score score(Fields fields, Instant now) throws BadLine {
        long latest = now.plus(AHEAD).getEpochSecond();
        return new Score(
                fields.has("points") ? fields.number("points", MAX_POINTS) : 0,
                fields.timeOrNever("scoredAt", latest),
                fields.has("offences") ? (int) fields.count("offences", Integer.MAX_VALUE) : 0,
                fields.timeOrNever("listedSince", latest),
                fields.timeOrNever("listedUntil", now.plus(MAX_LISTING).getEpochSecond()),
                fields.has("peaks") ? (int) fields.count("peaks", MAX_COUNT) : 0);
    }

    private static Evidence evidence(Fields fields) throws BadLine {
        return new Evidence(
                fields.text("helo", Evidence.MAX_TEXT),
                fields.text("senderDomain", Evidence.MAX_TEXT),
                fields.word("deepest", Verb.class),
                fields.flag("tls"),
                fields.word("ended", Ending.class),
                (int) fields.count("recipients", Integer.MAX_VALUE));
    }
}
