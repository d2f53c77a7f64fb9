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
import org.decoymx.policy.SenderScore;
import org.decoymx.policy.SkipReason;
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;
import org.jspecify.annotations.Nullable;

/**
 * A ledger record as a line of JSON. Times are ISO 8601 in UTC and omitted for never; traits are names. Unknown fields
 * are ignored, so that lines of a newer version can be read.
 */
final class LedgerRecordJson {
    /** How far the clock of another node may be ahead. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofDays(1);

    private static final Duration MAX_LISTING = Duration.ofDays(3_650);
    private static final long MAX_COUNT = 0xffff_ffffL;
    private static final double MAX_POINTS = 1e9;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private LedgerRecordJson() {}

    /** Writes one line for each record. The stream is neither flushed nor closed. */
    static void write(List<LedgerRecord> records, OutputStream out) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            json.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
            json.setRootValueSeparator(null);
            for (LedgerRecord ledgerRecord : records) {
                writeRecord(ledgerRecord, json);
                json.writeRaw('\n');
            }
        }
    }

    private static void writeRecord(LedgerRecord ledgerRecord, JsonGenerator json) throws IOException {
        SenderCounts counts = ledgerRecord.counts();
        json.writeStartObject();
        json.writeStringField("node", counts.node().name());
        json.writeStringField("origin", counts.origin().toString());
        writeTime(json, "firstSeen", counts.firstSeen());
        writeTime(json, "lastSeen", counts.lastSeen());
        json.writeNumberField("sessions", counts.sessions());
        json.writeNumberField("conversations", counts.conversations());
        writeScore(counts.score(), json);
        writeEnumNames(json, "traits", EnumBitSet.TRAITS.toSet(counts.traits()));
        if (counts.skipReasons() != 0) {
            writeEnumNames(json, "waivers", EnumBitSet.SKIP_REASONS.toSet(counts.skipReasons()));
        }
        writeEvidence(ledgerRecord.evidence(), json);
        json.writeEndObject();
    }

    private static void writeScore(SenderScore score, JsonGenerator json) throws IOException {
        json.writeNumberField("points", score.points());
        writeTimeUnlessZero(json, "scoredAt", score.scoredAt());
        json.writeNumberField("offences", score.offences());
        writeTimeUnlessZero(json, "listedSince", score.listedSince());
        writeTimeUnlessZero(json, "listedUntil", score.listedUntil());
        if (score.peaks() != 0) {
            json.writeNumberField("peaks", Integer.toUnsignedLong(score.peaks()));
        }
    }

    private static void writeEvidence(@Nullable SessionEvidence evidence, JsonGenerator json) throws IOException {
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

    private static void writeEnumNames(JsonGenerator json, String name, Set<? extends Enum<?>> constants)
            throws IOException {
        json.writeArrayFieldStart(name);
        for (Enum<?> constant : constants) {
            json.writeString(constant.name());
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
     * Parses a line.
     *
     * @param line in UTF-8
     * @param now the current time; a record with later times is rejected
     * @throws InvalidRecordException if the line is not a record, or has impossible values
     */
    static LedgerRecord read(byte[] line, Instant now) throws InvalidRecordException {
        JsonFields fields = new JsonFields(parseJson(line));
        long latest = now.plus(CLOCK_TOLERANCE).getEpochSecond();
        long lastSeen = fields.time("lastSeen", latest);
        long sessions = fields.count("sessions", MAX_COUNT);
        SenderCounts counts = new SenderCounts(
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
                counts, fields.has("evidence") ? evidence(new JsonFields(fields.object("evidence"))) : null);
    }

    private static JsonNode parseJson(byte[] line) throws InvalidRecordException {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new InvalidRecordException("not valid JSON");
        } catch (IOException e) {
            throw new InvalidRecordException("not valid UTF-8");
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
