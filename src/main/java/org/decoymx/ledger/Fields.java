package org.decoymx.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/** The fields of a JSON object that somebody else wrote: each is what it should be, or the line is bad. */
final class Fields {
    private static final int FIRST_PRINTABLE = 0x20;
    private static final int LAST_PRINTABLE = 0x7e;

    private final JsonNode object;

    Fields(JsonNode object) throws BadLine {
        if (!object.isObject()) {
            throw new BadLine("this is no JSON object");
        }
        this.object = object;
    }

    boolean has(String name) {
        return object.hasNonNull(name);
    }

    JsonNode object(String name) {
        return object.path(name);
    }

    private String text(String name) throws BadLine {
        JsonNode value = object.path(name);
        if (!value.isTextual()) {
            throw new BadLine(name + ": a text is wanted");
        }
        return value.textValue();
    }

    String text(String name, int most) throws BadLine {
        String text = text(name);
        if (text.length() > most || text.chars().anyMatch(c -> c < FIRST_PRINTABLE || c > LAST_PRINTABLE)) {
            throw new BadLine(name + ": up to " + most + " printable ASCII characters are allowed");
        }
        return text;
    }

    <E extends Enum<E>> E word(String name, Class<E> words) throws BadLine {
        return word(name, text(name), words);
    }

    private static <E extends Enum<E>> E word(String name, String text, Class<E> words) throws BadLine {
        E[] all = words.getEnumConstants();
        for (E word : all) {
            if (word.name().equals(text)) {
                return word;
            }
        }
        throw new BadLine(name + ": one of " + Arrays.toString(all) + " is wanted");
    }

    boolean flag(String name) throws BadLine {
        JsonNode value = object.path(name);
        if (!value.isBoolean()) {
            throw new BadLine(name + ": true or false is wanted");
        }
        return value.booleanValue();
    }

    long count(String name, long most) throws BadLine {
        JsonNode value = object.path(name);
        boolean fits = value.isIntegralNumber() && value.canConvertToLong();
        if (!fits || value.longValue() < 0 || value.longValue() > most) {
            throw new BadLine(name + ": a whole number from 0 to " + most + " is wanted");
        }
        return value.longValue();
    }

    double number(String name, double most) throws BadLine {
        JsonNode value = object.path(name);
        if (!value.isNumber() || !(value.doubleValue() >= 0 && value.doubleValue() <= most)) {
            throw new BadLine(name + ": a number from 0 to " + (long) most + " is wanted");
        }
        return value.doubleValue();
    }

    /** Seconds since 1970. */
    long time(String name, long latest) throws BadLine {
        long second;
        try {
            second = Instant.parse(text(name)).getEpochSecond();
        } catch (DateTimeException e) {
            throw new BadLine(name + ": a time like 2026-01-01T00:00:00Z is wanted");
        }
        if (second < 0 || second > latest) {
            throw new BadLine(name + ": nothing before 1970 or after " + Instant.ofEpochSecond(latest) + " is allowed");
        }
        return second;
    }

    /** Seconds since 1970; 0 when the field is not there. */
    long timeOrNever(String name, long latest) throws BadLine {
        return has(name) ? time(name, latest) : 0;
    }

    Node node(String name) throws BadLine {
        try {
            return new Node(text(name));
        } catch (IllegalArgumentException e) {
            throw new BadLine(name + ": " + e.getMessage());
        }
    }

    /** The origin exactly as this program writes it, so that nobody is taken for another. */
    Origin origin(String name) throws BadLine {
        String text = text(name);
        return Origin.known(text)
                .filter(origin -> origin.toString().equals(text))
                .orElseThrow(() ->
                        new BadLine(name + ": an address like 192.0.2.1 or a network like 2001:db8::/64 is wanted"));
    }

    /** Words; none when the field is not there. */
    <E extends Enum<E>> Set<E> words(String name, Class<E> words) throws BadLine {
        Set<E> found = EnumSet.noneOf(words);
        JsonNode value = object.path(name);
        if (has(name) && !value.isArray()) {
            throw new BadLine(name + ": a list is wanted");
        }
        for (JsonNode word : value) {
            found.add(word(name, word.asText(), words));
        }
        return found;
    }
}
