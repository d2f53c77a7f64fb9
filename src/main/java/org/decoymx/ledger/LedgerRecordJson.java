package org.decoymx.ledger;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * Ledger records as lines of JSON, each a {@link LedgerLine}. Unknown fields are ignored, so that lines of a newer
 * version can be read; a value of another type than the field's is never converted.
 */
final class LedgerRecordJson {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .defaultSetterInfo(JsonSetter.Value.forContentNulls(Nulls.FAIL))
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfigDefaults(config -> {
                config.setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail);
                config.setAcceptBlankAsEmpty(false);
            })
            .withCoercionConfig(LogicalType.Textual, config -> {
                config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
                config.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
                config.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
            })
            .disable(SerializationFeature.FLUSH_AFTER_WRITE_VALUE)
            .build();

    private static final ObjectReader READER = JSON.readerFor(LedgerLine.class);

    private LedgerRecordJson() {}

    /** Writes one line for each record. The stream is neither flushed nor closed. */
    static void write(List<LedgerRecord> records, OutputStream out) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            json.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
            json.setRootValueSeparator(null);
            for (LedgerRecord ledgerRecord : records) {
                JSON.writeValue(json, LedgerLine.of(ledgerRecord));
                json.writeRaw('\n');
            }
        }
    }

    /**
     * Parses a line.
     *
     * @param line in UTF-8
     * @param now the current time; a record with later times is rejected
     * @throws InvalidRecordException if the line is not a record, or has impossible values
     */
    static LedgerRecord read(byte[] line, Instant now) {
        return parse(line).toRecord(now);
    }

    private static LedgerLine parse(byte[] line) {
        try (JsonParser parser = READER.createParser(line)) {
            LedgerLine parsed = READER.readValue(parser);
            if (parsed == null) {
                throw new InvalidRecordException("not a JSON object");
            }
            if (parser.nextToken() != null) {
                throw new InvalidRecordException("not valid JSON");
            }
            return parsed;
        } catch (JsonProcessingException e) {
            throw describe(e);
        } catch (IOException e) {
            throw new InvalidRecordException("not valid UTF-8");
        }
    }

    private static InvalidRecordException describe(JsonProcessingException e) {
        if (e.getCause() instanceof InvalidRecordException invalid) {
            return invalid;
        }
        Class<?> type = null;
        if (e instanceof MismatchedInputException mismatch) {
            type = mismatch.getTargetType();
        } else if (e.getCause() instanceof InputCoercionException overflow) {
            type = overflow.getTargetType();
        }
        if (type == null) {
            return new InvalidRecordException("not valid JSON");
        }
        if (type.isRecord()) {
            return new InvalidRecordException("not a JSON object");
        }
        return new InvalidRecordException(
                fieldName((JsonMappingException) e) + ": must be " + LedgerLine.allowedValues(type));
    }

    private static String fieldName(JsonMappingException e) {
        return e.getPath().stream()
                .map(JsonMappingException.Reference::getFieldName)
                .filter(Objects::nonNull)
                .reduce("", (outer, inner) -> inner);
    }
}
