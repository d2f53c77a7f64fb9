package org.decoymx.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;

/** Reads and validates the fields of an untrusted JSON object. */
final class JsonFields {
    private static final int FIRST_PRINTABLE = 0x20;
    private static final int LAST_PRINTABLE = 0x7e;

    private final JsonNode object;

    JsonFields(JsonNode object) throws InvalidRecordException {
        if (!object.isObject()) {
            throw new InvalidRecordException("not a JSON object");
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
            throw new InvalidRecordException(name + ": must be a string");
        }
        return value.textValue();
    }

    String text(String name, int max) throws InvalidRecordException {
        String text = text(name);
        if (text.length() > max || text.chars().anyMatch(c -> c < FIRST_PRINTABLE || c > LAST_PRINTABLE)) {
            throw new InvalidRecordException(name + ": must have at most " + max + " printable ASCII characters");
        }
        return text;
    }

    <E extends Enum<E>> E enumConstant(String name, Class<E> type) throws InvalidRecordException {
        return enumConstant(name, text(name), type);
    }

    private static <E extends Enum<E>> E enumConstant(String name, String text, Class<E> type)
            throws InvalidRecordException {
        E[] constants = type.getEnumConstants();
        for (E constant : constants) {
            if (constant.name().equals(text)) {
                return constant;
            }
        }
        throw new InvalidRecordException(name + ": must be one of " + Arrays.toString(constants));
    }

    boolean bool(String name) throws InvalidRecordException {
        JsonNode value = object.path(name);
        if (!value.isBoolean()) {
            throw new InvalidRecordException(name + ": must be true or false");
        }
        return value.booleanValue();
    }

    long count(String name, long max) throws InvalidRecordException {
        JsonNode value = object.path(name);
        boolean fits = value.isIntegralNumber() && value.canConvertToLong();
        if (!fits || value.longValue() < 0 || value.longValue() > max) {
            throw new InvalidRecordException(name + ": must be an integer from 0 to " + max);
        }
        return value.longValue();
    }

    double number(String name, double max) throws InvalidRecordException {
        JsonNode value = object.path(name);
        if (!value.isNumber() || !(value.doubleValue() >= 0 && value.doubleValue() <= max)) {
            throw new InvalidRecordException(name + ": must be a number from 0 to " + (long) max);
        }
        return value.doubleValue();
    }

    /** Reads a time as seconds since 1970. */
    long time(String name, long latest) throws InvalidRecordException {
        long second;
        try {
            second = Instant.parse(text(name)).getEpochSecond();
        } catch (DateTimeException e) {
            throw new InvalidRecordException(name + ": must be a time (example: 2026-01-01T00:00:00Z)");
        }
        if (second < 0 || second > latest) {
            throw new InvalidRecordException(
                    name + ": must be from 1970-01-01T00:00:00Z to " + Instant.ofEpochSecond(latest));
        }
        return second;
    }

    /** Reads a time as seconds since 1970; 0 if the field is missing. */
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

    /** Accepts only the canonical form of an origin, so that two texts never mean the same sender. */
    IpPrefix origin(String name) throws InvalidRecordException {
        String text = text(name);
        return IpText.parsePrintedHostNetwork(text)
                .filter(origin -> origin.toString().equals(text))
                .orElseThrow(() -> new InvalidRecordException(
                        name + ": must be an IPv4 address or an IPv6 /64 (examples: 192.0.2.1, 2001:db8::/64)"));
    }

    /** Reads an array of enum names; empty if the field is missing. */
    <E extends Enum<E>> Set<E> enumSet(String name, Class<E> type) throws InvalidRecordException {
        Set<E> constants = EnumSet.noneOf(type);
        JsonNode value = object.path(name);
        if (has(name) && !value.isArray()) {
            throw new InvalidRecordException(name + ": must be an array");
        }
        for (JsonNode element : value) {
            constants.add(enumConstant(name, element.asText(), type));
        }
        return constants;
    }
}
