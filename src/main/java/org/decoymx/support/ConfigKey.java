package org.decoymx.support;

import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A key of the configuration, as its mapping declares it.
 *
 * @param name as in a properties file: {@code decoy.smtp.port}; a segment {@code *} stands for any
 * @param method of the mapping, whose annotations are the rules for the value
 * @param defaultValue null for none
 */
public record ConfigKey(
        String name, Method method, @Nullable String defaultValue) {
    private static final Pattern SECRET = Pattern.compile("token|password|secret|credential|notify.url");
    private static final Map<Class<?>, Class<?>> OPTIONAL_NUMBERS =
            Map.of(OptionalInt.class, int.class, OptionalLong.class, long.class);

    /** Whether it stands for all keys of a map. */
    boolean isPattern() {
        return name.contains("*");
    }

    /** Whether it may be left out, or left empty. */
    public boolean isOptional() {
        Class<?> type = method.getReturnType();
        return type == Optional.class || OPTIONAL_NUMBERS.containsKey(type);
    }

    /** Whether its value is a list, with commas between the elements. */
    public boolean isList() {
        return Collection.class.isAssignableFrom(raw(withoutOptional()));
    }

    /** The type of its value, or of each element of a list. */
    public Class<?> valueType() {
        Class<?> type = raw(isList() ? argument(withoutOptional()) : withoutOptional());
        return OPTIONAL_NUMBERS.getOrDefault(type, type);
    }

    private Type withoutOptional() {
        Type type = method.getGenericReturnType();
        return raw(type) == Optional.class ? argument(type) : type;
    }

    private static Type argument(Type type) {
        return ((ParameterizedType) type).getActualTypeArguments()[0];
    }

    private static Class<?> raw(Type type) {
        return (Class<?>) (type instanceof ParameterizedType generic ? generic.getRawType() : type);
    }

    /** Whether the value must never be shown. */
    public boolean isSecret() {
        return isSecret(name);
    }

    /** Whether the value of a key with this name must never be shown. */
    static boolean isSecret(String name) {
        return SECRET.matcher(name.toLowerCase(Locale.ROOT)).find();
    }

    /** The type in one word, as the documentation names it. */
    public String typeName() {
        Class<?> type = valueType();
        if (isList()) {
            return "list";
        }
        if (type.isEnum()) {
            return "choice";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "boolean";
        }
        if (type == Duration.class) {
            return "duration";
        }
        return type == Path.class ? "path" : type.isPrimitive() ? "number" : "text";
    }

    /** The environment variable that sets it, by the rules of MicroProfile Config. */
    public String variable() {
        return variable(name);
    }

    /** The environment variable that sets a key of this name. */
    static String variable(String name) {
        return name.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }

    /** Whether a property of this name sets it, or an element of it. */
    boolean isSetByProperty(String property) {
        String any = Pattern.quote(name).replace("*", "\\E[^.]+\\Q");
        return property.matches(any + (isList() ? "(\\[\\d+])?" : ""));
    }

    /** Whether an environment variable of this name sets it, or an element of it. */
    boolean isSetByVariable(String environment) {
        String any =
                Arrays.stream(name.split("\\*", -1)).map(ConfigKey::variable).collect(Collectors.joining(".+"));
        String form = any + (isList() ? "(_\\d+_)?" : "");
        return environment.matches(form) || environment.matches(form.toLowerCase(Locale.ROOT));
    }
}
