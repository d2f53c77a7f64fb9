package org.decoymx.support;

import io.smallrye.config.ConfigValue;
import io.smallrye.config.SmallRyeConfig;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Checks the value of one key against its type and rules. Each problem is one line: key, value, what is allowed. */
final class ValueCheck {
    private static final String DURATION = "a valid duration (examples: 500ms, 2s, 5m, 24h)";

    private final SmallRyeConfig config;

    ValueCheck(SmallRyeConfig config) {
        this.config = config;
    }

    /** What is wrong with the value that the key has, if anything is. */
    Optional<String> problem(ConfigKey key) {
        @Nullable String raw = null;
        Optional<List<String>> values;
        try {
            ConfigValue value = config.getConfigValue(key.name());
            raw = value.getRawValue();
            if (raw != null && value.getValue() == null) {
                return Optional.of(unresolved(key, raw));
            }
            values = key.isList()
                    ? config.getOptionalValues(key.name(), String.class)
                    : config.getOptionalValue(key.name(), String.class).map(List::of);
        } catch (NoSuchElementException e) {
            return Optional.of(unresolved(key, String.valueOf(raw)));
        }
        if (values.isEmpty() || values.get().isEmpty()) {
            return missing(key, raw);
        }
        return tooMany(key, values.get().size()).or(() -> values.get().stream()
                .flatMap(value -> problem(key, value).stream())
                .findFirst());
    }

    private static String unresolved(ConfigKey key, String raw) {
        return key.name() + ": " + (key.isSecret() ? "the value" : "'" + PrintableText.escape(raw) + "'")
                + " refers to a key or variable that is not set";
    }

    private static Optional<String> missing(ConfigKey key, @Nullable String raw) {
        if (key.isOptional() || raw == null && key.defaultValue() != null) {
            return Optional.empty();
        }
        return Optional.of(
                key.name() + ": " + (raw == null ? "not set" : "the value is empty") + "; set " + expected(key));
    }

    private static Optional<String> tooMany(ConfigKey key, int size) {
        MaxElements most = key.method().getAnnotation(MaxElements.class);
        return most == null || size <= most.value()
                ? Optional.empty()
                : Optional.of(key.name() + ": " + size + " elements are too many (at most " + most.value() + ")");
    }

    private Optional<String> problem(ConfigKey key, String value) {
        String text = value.trim();
        if (!isOfType(key, text)) {
            return Optional.of(wrong(key, value));
        }
        Range range = key.method().getAnnotation(Range.class);
        if (range != null && !isInRange(key, text, range)) {
            return Optional.of(
                    key.name() + ": " + PrintableText.escape(text) + " is out of range (" + bounds(range) + ")");
        }
        Format format = key.method().getAnnotation(Format.class);
        return format == null || instance(format).accepts(value) ? Optional.empty() : Optional.of(wrong(key, value));
    }

    private static String wrong(ConfigKey key, String value) {
        String shown = key.isSecret() ? "the value" : "'" + PrintableText.escape(value) + "'";
        Format format = key.method().getAnnotation(Format.class);
        String refusal =
                format == null ? "is not " + expected(key) : instance(format).refusal(value);
        return key.name() + ": " + shown + " " + refusal + KubernetesVariables.hint(key.name(), value)
                + encodingHint(value);
    }

    /** In the locale C the JVM reads only ASCII in arguments and variables, and puts this character for the rest. */
    private static String encodingHint(String value) {
        return value.indexOf('\uFFFD') < 0 ? "" : "; for letters other than ASCII set LC_ALL=C.UTF-8";
    }

    private boolean isOfType(ConfigKey key, String text) {
        Class<?> type = key.valueType();
        if (key.typeName().equals("number")) {
            return ValueFormat.parses(() -> number(text, type == double.class));
        }
        return type == String.class
                || !text.isEmpty()
                        && ValueFormat.parses(
                                () -> config.requireConverter(type).convert(text));
    }

    private static BigDecimal number(String text, boolean fraction) {
        BigDecimal number = new BigDecimal(text);
        if (!fraction && !text.matches("[+-]?\\d+")) {
            throw new NumberFormatException(text);
        }
        return number;
    }

    private boolean isInRange(ConfigKey key, String text, Range range) {
        if (key.valueType() == Duration.class) {
            Duration value = config.requireConverter(Duration.class).convert(text);
            return value.compareTo(config.requireConverter(Duration.class).convert(range.min())) >= 0
                    && value.compareTo(config.requireConverter(Duration.class).convert(range.max())) <= 0;
        }
        BigDecimal value = new BigDecimal(text);
        return range.orZero() && value.signum() == 0
                || value.compareTo(new BigDecimal(range.min())) >= 0
                        && value.compareTo(new BigDecimal(range.max())) <= 0;
    }

    private static String expected(ConfigKey key) {
        Class<?> type = key.valueType();
        Format format = key.method().getAnnotation(Format.class);
        if (format != null) {
            return instance(format).expected();
        }
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(", ", "one of ", ""));
        }
        Range range = key.method().getAnnotation(Range.class);
        String within = range == null ? "" : " (" + bounds(range) + ")";
        return switch (key.typeName()) {
            case "number" -> (type == double.class ? "a number" : "a whole number") + within;
            case "duration" -> DURATION + (range == null ? "" : ", " + bounds(range));
            case "boolean" -> "true or false";
            default -> "a " + key.typeName();
        };
    }

    private static String bounds(Range range) {
        return (range.orZero() ? "0, or " : "") + range.min() + " to " + range.max();
    }

    private static ValueFormat instance(Format format) {
        try {
            var constructor = format.value().getDeclaredConstructor();
            constructor.setAccessible(true);
            return constructor.newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(format.value() + " needs a constructor without parameters", e);
        }
    }
}
