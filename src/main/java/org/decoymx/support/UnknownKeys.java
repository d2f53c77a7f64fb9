package org.decoymx.support;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.spi.ConfigSource;

/** Finds properties {@code decoy.*} and environment variables {@code DECOY_*} that set no key. */
final class UnknownKeys {
    /** {@code decoy.smtp.port}, {@code %prod.decoy.smtp.port} or <code>%{prod,blue}.decoy.smtp.port</code>. */
    private static final Pattern PROPERTY = Pattern.compile("(?:%(?:\\{[^}]*}|[^.]+)\\.)?(decoy\\..*)");

    /** {@code DECOY_SMTP_PORT} or {@code _PROD_DECOY_SMTP_PORT}; MicroProfile Config accepts lower case, too. */
    private static final Pattern VARIABLE = Pattern.compile("(?:_[A-Za-z0-9_]+?_)?((?:DECOY|decoy)_.*)");

    private static final String SEE = "; docs/configuration.md lists all keys";

    private final ConfigKeys keys;
    private final Collection<RetiredKey> retired;

    UnknownKeys(ConfigKeys keys, Collection<RetiredKey> retired) {
        this.keys = keys;
        this.retired = retired;
    }

    ConfigReport find(Iterable<ConfigSource> sources) {
        TreeMap<String, String> names = new TreeMap<>();
        for (ConfigSource source : sources) {
            Set<String> here = source.getPropertyNames();
            for (String name : here) {
                boolean written = !isDerived(name, here);
                if (written
                        && (PROPERTY.matcher(name).matches()
                                || VARIABLE.matcher(name).matches())) {
                    names.putIfAbsent(name, String.valueOf(source.getValue(name)));
                }
            }
        }
        List<String> problems = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        Set<String> injected = new TreeSet<>();
        names.forEach((name, value) -> {
            Matcher property = PROPERTY.matcher(name);
            if (property.matches()) {
                check(name, property.group(1), problems, warnings);
            } else if (KubernetesVariables.contains(name, value) && !isKey(name, ConfigKey::isSetByVariable)) {
                injected.add(name);
            } else {
                checkVariable(name, problems, warnings);
            }
        });
        if (!injected.isEmpty()) {
            warnings.add(KubernetesVariables.warning(injected));
        }
        return new ConfigReport(problems, warnings);
    }

    /** An environment config source also has a property name for each variable, which the user did not write. */
    private static boolean isDerived(String name, Set<String> names) {
        String variable = ConfigKey.variable(name);
        return !VARIABLE.matcher(name).matches()
                && (names.contains(variable) || names.contains(variable.toLowerCase(Locale.ROOT)));
    }

    private void check(String written, String property, List<String> problems, List<String> warnings) {
        Optional<RetiredKey> old =
                retired.stream().filter(key -> key.name().equals(property)).findFirst();
        if (old.isPresent()) {
            warnings.add(old.get().warning(written, false));
        } else if (!isKey(property, ConfigKey::isSetByProperty)) {
            problems.add(PrintableText.escape(written) + ": unknown key" + suggestion(property, ConfigKey::name));
        }
    }

    private void checkVariable(String written, List<String> problems, List<String> warnings) {
        Matcher matcher = VARIABLE.matcher(written);
        String variable = matcher.matches() ? matcher.group(1) : written;
        Optional<RetiredKey> old = retired.stream()
                .filter(key -> ConfigKey.variable(key.name()).equalsIgnoreCase(variable))
                .findFirst();
        if (old.isPresent()) {
            warnings.add(old.get().warning(written, true));
        } else if (!isKey(variable, ConfigKey::isSetByVariable)) {
            problems.add(PrintableText.escape(written) + ": unknown environment variable"
                    + suggestion(variable, ConfigKey::variable));
        }
    }

    private boolean isKey(String name, BiPredicate<ConfigKey, String> isSetBy) {
        return keys.all().stream().anyMatch(key -> isSetBy.test(key, name));
    }

    private String suggestion(String name, Function<ConfigKey, String> form) {
        List<String> real = keys.all().stream().map(form).toList();
        return EditDistance.nearest(name, real)
                .map(key -> "; did you mean " + key + "?")
                .orElse(SEE);
    }
}
