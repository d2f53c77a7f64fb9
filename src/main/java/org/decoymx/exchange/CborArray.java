package org.decoymx.exchange;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import com.fasterxml.jackson.dataformat.cbor.CBORParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Reads the elements of a CBOR array (RFC 8949) that anybody may have written, one after the other, each within bounds.
 * The first element is the number of the schema. A later version may add elements at the end; they are skipped.
 */
final class CborArray {
    /** The longest array that is read. */
    static final int MAX_OCTETS = 4_096;

    private static final int SCHEMA = 1;
    private static final int FIRST_PRINTABLE = 0x20;
    private static final int LAST_PRINTABLE = 0x7e;

    private static final CBORFactory CBOR = CBORFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(4)
                    .maxDocumentLength(MAX_OCTETS)
                    .maxStringLength(MAX_OCTETS)
                    .maxNumberLength(Long.SIZE)
                    .build())
            .build();

    private final CBORParser parser;
    private boolean ended;

    private CborArray(CBORParser parser) {
        this.parser = parser;
    }

    /** Writes the elements of an array. */
    interface Writer {
        void write(CBORGenerator out) throws IOException;
    }

    /** Reads the elements of an array. */
    interface ElementReader<T> {
        T read(CborArray in) throws IOException, PoisonException;
    }

    /**
     * Writes an array.
     *
     * @param elements their number
     */
    static byte[] write(int elements, Writer writer) {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        try (CBORGenerator out = CBOR.createGenerator(octets)) {
            out.writeStartArray(null, elements + 1);
            out.writeNumber(SCHEMA);
            writer.write(out);
            out.writeEndArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return octets.toByteArray();
    }

    /**
     * Reads an array.
     *
     * @throws PoisonException if it is not an array of a known schema, or the reader finds something that is not
     *     allowed
     */
    static <T> T read(byte[] octets, ElementReader<T> reader) throws PoisonException {
        if (octets.length > MAX_OCTETS) {
            throw new PoisonException("has " + octets.length + " octets (at most " + MAX_OCTETS + ")");
        }
        try (CBORParser parser = CBOR.createParser(octets)) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw new PoisonException("is not an array");
            }
            CborArray in = new CborArray(parser);
            long schema = in.number("schema", 0, Integer.MAX_VALUE);
            if (schema != SCHEMA) {
                throw new PoisonException("schema " + schema + " is not supported (supported: " + SCHEMA + ")");
            }
            T value = reader.read(in);
            in.skipToEnd();
            return value;
        } catch (IOException e) {
            throw new PoisonException("is not valid CBOR");
        } catch (RuntimeException e) { // also what a library does with octets that nobody has thought of
            throw new PoisonException("is not valid: " + ExchangeException.reason(e));
        }
    }

    private void skipToEnd() throws IOException, PoisonException {
        if (!ended) {
            endNested();
        }
        if (parser.nextToken() != null) {
            throw new PoisonException("has octets after its end");
        }
    }

    /** An integer. */
    long number(String name, long min, long max) throws IOException, PoisonException {
        parser.nextToken();
        return currentNumber(name, min, max);
    }

    /** An integer that earlier versions do not write, which end the array here; then 0. */
    long laterNumber(String name, long min, long max) throws IOException, PoisonException {
        ended = parser.nextToken() == JsonToken.END_ARRAY;
        return ended ? 0 : currentNumber(name, min, max);
    }

    private long currentNumber(String name, long min, long max) throws IOException, PoisonException {
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            throw new PoisonException(name + ": must be an integer");
        }
        JsonParser.NumberType type = parser.getNumberType();
        boolean fits = type == JsonParser.NumberType.INT || type == JsonParser.NumberType.LONG;
        if (!fits || parser.getLongValue() < min || parser.getLongValue() > max) {
            throw new PoisonException(name + ": must be an integer from " + min + " to " + max);
        }
        return parser.getLongValue();
    }

    /** True or false. */
    boolean bool(String name) throws IOException, PoisonException {
        JsonToken token = parser.nextToken();
        if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
            throw new PoisonException(name + ": must be true or false");
        }
        return token == JsonToken.VALUE_TRUE;
    }

    /** Any text. */
    String text(String name, int maxChars) throws IOException, PoisonException {
        if (parser.nextToken() != JsonToken.VALUE_STRING) {
            throw new PoisonException(name + ": must be a text");
        }
        String text = parser.getText();
        if (text.length() > maxChars) {
            throw new PoisonException(name + ": must have at most " + maxChars + " characters");
        }
        return text;
    }

    /** Printable ASCII. */
    String ascii(String name, int maxChars) throws IOException, PoisonException {
        String text = text(name, maxChars);
        if (!text.chars().allMatch(c -> c >= FIRST_PRINTABLE && c <= LAST_PRINTABLE)) {
            throw new PoisonException(name + ": must have printable ASCII characters only");
        }
        return text;
    }

    /** The name of a constant. */
    <E extends Enum<E>> E constant(String name, Class<E> type) throws IOException, PoisonException {
        String text = text(name, MAX_OCTETS);
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equals(text)) {
                return constant;
            }
        }
        throw new PoisonException(name + ": is unknown");
    }

    /** The beginning of an array in the array, or nothing: then false. */
    boolean startNested(String name) throws IOException, PoisonException {
        JsonToken token = parser.nextToken();
        if (token != JsonToken.START_ARRAY && token != JsonToken.VALUE_NULL) {
            throw new PoisonException(name + ": must be an array or null");
        }
        return token == JsonToken.START_ARRAY;
    }

    /** The end of an array in the array; more elements are skipped. */
    void endNested() throws IOException, PoisonException {
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            parser.skipChildren();
            if (parser.currentToken() == null) {
                throw new PoisonException("ends too early");
            }
        }
    }

    /** Octets; empty for null. */
    byte[] octets(String name, int max) throws IOException, PoisonException {
        JsonToken token = parser.nextToken();
        if (token == JsonToken.VALUE_NULL) {
            return new byte[0];
        }
        if (token != JsonToken.VALUE_EMBEDDED_OBJECT) {
            throw new PoisonException(name + ": must be octets or null");
        }
        byte[] octets = parser.getBinaryValue();
        if (octets.length > max) {
            throw new PoisonException(name + ": must have at most " + max + " octets");
        }
        return octets;
    }
}
