package org.decoymx.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/** The fields of a JSON object that somebody else wrote: each is what it should be, or the line is bad. */
final class JsonFields {
    private static final int FIRST_PRINTABLE = 0x20;
    private static final int LAST_PRINTABLE = 0x7e;

    private final JsonNode object;

    JsonFields(JsonNode object) throws InvalidRecordException {
        if (!object.isObject()) {
            throw new InvalidRecordException("this is no JSON object");
        }
        this.object = object;
    }

    boolean has(String name) {
        return object.hasNonNull(name);
    }

    JsonNode object(String name) {
        return object.path(name);
    }

    private String text(String name) throws InvalidRecordException {
        JsonNode value = object.path(name);
        if (!value.isTextual()) {
            throw new InvalidRecordException(name + ": a text is wanted");
        }
        return value.textValue();
    }

    String text(String name, int most) throws InvalidRecordException {
        String text = text(name);
        if (text.length() > most || text.chars().anyMatch(c -> c < FIRST_PRINTABLE || c > LAST_PRINTABLE)) {
            throw new InvalidRecordException(name + ": up to " + most + " printable ASCII characters are allowed");
        }
        return text;
    }

    <E extends Enum<E>> E enumConstant(String name, Class<E> words) throws InvalidRecordException {
        return enumConstant(name, text(name), words);
    }

    private static <E extends Enum<E>> E enumConstant(String name, String text, Class<E> words)
            throws InvalidRecordException {
        E[] all = words.getEnumConstants();
        for (E word : all) {
            if (word.name().equals(text)) {
                return word;
            }
        }
        throw new InvalidRecordException(name + ": one of " + Arrays.toString(all) + " is wanted");
    }

    boolean bool(String name) throws InvalidRecordException {
        JsonNode value = object.path(name);
        if (!value.isBoolean()) {
            throw new InvalidRecordException(name + ": true or false is wanted");
        }
        return value.booleanValue();
    }

    long count(String name, long most) throws InvalidRecordException {
        JsonNode value = object.path(name);
        boolean fits = value.isIntegralNumber() && value.canConvertToLong();
        if (!fits || value.longValue() < 0 || value.longValue() > most) {
            throw new InvalidRecordException(name + ": a whole number from 0 to " + most + " is wanted");
        }
        return value.longValue();
    }

    double number(String name, double most) throws InvalidRecordException {
        JsonNode value = object.path(name);
        if (!value.isNumber() || !(value.doubleValue() >= 0 && value.doubleValue() <= most)) {
            throw new InvalidRecordException(name + ": a number from 0 to " + (long) most + " is wanted");
        }
        return value.doubleValue();
    }

    /** Seconds since 1970. */
    long time(String name, long latest) throws InvalidRecordException {
        long second;
        try {
            second = Instant.parse(text(name)).getEpochSecond();
        } catch (DateTimeException e) {
            throw new InvalidRecordException(name + ": a time like 2026-01-01T00:00:00Z is wanted");
        }
        if (second < 0 || second > latest) {
            throw new InvalidRecordException(
                    name + ": nothing before 1970 or after " + Instant.ofEpochSecond(latest) + " is allowed");
        }
        return second;
    }

    /** Seconds since 1970; 0 when the field is not there. */
    long timeOrZero(String name, long latest) throws InvalidRecordException {
        return has(name) ? time(name, latest) : 0;
    }

    Node node(String name) throws InvalidRecordException {
        try {
            return new Node(text(name));
        } catch (IllegalArgumentException e) {
            throw new InvalidRecordException(name + ": " + e.getMessage());
        }
    }

    /** The origin exactly as this program writes it, so that nobody is taken for another. */
    Origin origin(String name) throws InvalidRecordException {
        String text = text(name);
        return Origin.parseCanonical(text)
                .filter(origin -> origin.toString().equals(text))
                .orElseThrow(() -> new InvalidRecordException(
                        name + ": an address like 192.0.2.1 or a network like 2001:db8::/64 is wanted"));
    }

    /** Words; none when the field is not there. */
    <E extends Enum<E>> Set<E> enumSet(String name, Class<E> words) throws InvalidRecordException {
        Set<E> found = EnumSet.noneOf(words);
        JsonNode value = object.path(name);
        if (has(name) && !value.isArray()) {
            throw new InvalidRecordException(name + ": a list is wanted");
        }
        for (JsonNode word : value) {
            found.add(enumConstant(name, word.asText(), words));
        }
        return found;
    }
}
