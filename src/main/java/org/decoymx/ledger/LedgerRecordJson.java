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
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the ledger as a line of JSON: times as ISO 8601 in UTC and left out for never, traits in words. Fields that
 * are not known are passed over, so that a line of a newer version can be read.
 */
final class LedgerRecordJson {
    /** A clock may be fast by so much. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofDays(1);

    private static final Duration MAX_LISTING = Duration.ofDays(3_650);
    private static final long MAX_COUNT = 0xffff_ffffL;
    private static final double MAX_POINTS = 1e9;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private LedgerRecordJson() {}

    /** Writes entries, a line each. The stream is neither flushed nor closed. */
    static void write(List<LedgerRecord> entries, OutputStream out) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            json.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
            json.setRootValueSeparator(null);
            for (LedgerRecord entry : entries) {
                write(entry, json);
                json.writeRaw('\n');
            }
        }
    }

    private static void write(LedgerRecord entry, JsonGenerator json) throws IOException {
        SenderCounts tally = entry.counts();
        json.writeStartObject();
        json.writeStringField("node", tally.node().name());
        json.writeStringField("origin", tally.origin().toString());
        writeTime(json, "firstSeen", tally.firstSeen());
        writeTime(json, "lastSeen", tally.lastSeen());
        json.writeNumberField("sessions", tally.sessions());
        json.writeNumberField("conversations", tally.conversations());
        write(tally.score(), json);
        writeEnumNames(json, "traits", EnumBitSet.TRAITS.toSet(tally.traits()));
        if (tally.skipReasons() != 0) {
            writeEnumNames(json, "waivers", EnumBitSet.SKIP_REASONS.toSet(tally.skipReasons()));
        }
        write(entry.evidence(), json);
        json.writeEndObject();
    }

    private static void write(SenderScore score, JsonGenerator json) throws IOException {
        json.writeNumberField("points", score.points());
        writeTimeUnlessZero(json, "scoredAt", score.scoredAt());
        json.writeNumberField("offences", score.offences());
        writeTimeUnlessZero(json, "listedSince", score.listedSince());
        writeTimeUnlessZero(json, "listedUntil", score.listedUntil());
        if (score.peaks() != 0) {
            json.writeNumberField("peaks", Integer.toUnsignedLong(score.peaks()));
        }
    }

    private static void write(@Nullable SessionEvidence evidence, JsonGenerator json) throws IOException {
        if (evidence == null) {
            return;
        }
        json.writeObjectFieldStart("evidence");
        json.writeStringField("helo", evidence.helo());
        json.writeStringField("senderDomain", evidence.senderDomain());
        json.writeStringField("deepest", evidence.deepest().name());
        json.writeBooleanField("tls", evidence.tls());
        json.writeStringField("ended", evidence.outcome().name());
        json.writeNumberField("recipients", evidence.recipients());
        json.writeEndObject();
    }

    private static void writeEnumNames(JsonGenerator json, String name, Set<? extends Enum<?>> words)
            throws IOException {
        json.writeArrayFieldStart(name);
        for (Enum<?> word : words) {
            json.writeString(word.name());
        }
        json.writeEndArray();
    }

    private static void writeTime(JsonGenerator json, String name, long second) throws IOException {
        json.writeStringField(name, Instant.ofEpochSecond(second).toString());
    }

    private static void writeTimeUnlessZero(JsonGenerator json, String name, long second) throws IOException {
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
    static LedgerRecord read(byte[] line, Instant now) throws InvalidRecordException {
        JsonFields fields = new JsonFields(parseJson(line));
        long latest = now.plus(CLOCK_TOLERANCE).getEpochSecond();
        long lastSeen = fields.time("lastSeen", latest);
        long sessions = fields.count("sessions", MAX_COUNT);
        SenderCounts tally = new SenderCounts(
                fields.node("node"),
                fields.origin("origin"),
                fields.time("firstSeen", lastSeen),
                lastSeen,
                sessions,
                fields.count("conversations", sessions),
                EnumBitSet.TRAITS.toBits(fields.enumSet("traits", Trait.class)),
                EnumBitSet.SKIP_REASONS.toBits(fields.enumSet("waivers", SkipReason.class)),
                score(fields, now));
        return new LedgerRecord(
                tally, fields.has("evidence") ? evidence(new JsonFields(fields.object("evidence"))) : null);
    }

    private static JsonNode parseJson(byte[] line) throws InvalidRecordException {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new InvalidRecordException("this is no JSON");
        } catch (IOException e) {
            throw new InvalidRecordException("this is no UTF-8");
        }
    }

    private static SenderScore score(JsonFields fields, Instant now) throws InvalidRecordException {
        long latest = now.plus(CLOCK_TOLERANCE).getEpochSecond();
        return new SenderScore(
                fields.has("points") ? fields.number("points", MAX_POINTS) : 0,
                fields.timeOrZero("scoredAt", latest),
                fields.has("offences") ? (int) fields.count("offences", Integer.MAX_VALUE) : 0,
                fields.timeOrZero("listedSince", latest),
                fields.timeOrZero("listedUntil", now.plus(MAX_LISTING).getEpochSecond()),
                fields.has("peaks") ? (int) fields.count("peaks", MAX_COUNT) : 0);
    }

    private static SessionEvidence evidence(JsonFields fields) throws InvalidRecordException {
        return new SessionEvidence(
                fields.text("helo", SessionEvidence.MAX_TEXT),
                fields.text("senderDomain", SessionEvidence.MAX_TEXT),
                fields.enumConstant("deepest", Verb.class),
                fields.bool("tls"),
                fields.enumConstant("ended", Outcome.class),
                (int) fields.count("recipients", Integer.MAX_VALUE));
    }
}
