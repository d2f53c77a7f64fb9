package org.decoymx.support;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.ConfigMappingInterface.Property;
import io.smallrye.config.ConfigMappings;
import io.smallrye.config.ConfigMappings.ConfigClass;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** All keys that the configuration mappings declare. */
public final class ConfigKeys {
    /** A list is declared a second time, for its elements. */
    private static final String ELEMENT = "[*]";

    private final Map<String, ConfigKey> keys = new TreeMap<>();

    /**
     * @param mappings interfaces with {@link ConfigMapping}; where two declare the same key, the one with rules counts
     */
    public ConfigKeys(Collection<Class<?>> mappings) {
        for (Class<?> mapping : mappings) {
            ConfigMappings.getProperties(ConfigClass.configClass(mapping)).forEach(this::add);
        }
    }

    private void add(String name, Property property) {
        if (name.endsWith(ELEMENT)) {
            return;
        }
        if (property.isMap()) {
            String any = name.contains("*") ? name : name + ".*";
            keys.put(any, new ConfigKey(any, property.getMethod(), null));
        } else if (property.isLeaf() || property.isPrimitive() || property.isOptional() || property.isCollection()) {
            ConfigKey key = new ConfigKey(
                    name, property.getMethod(), property.hasDefaultValue() ? property.getDefaultValue() : null);
            keys.merge(name, key, (one, other) -> rules(one) < rules(other) ? other : one);
        }
    }

    private static int rules(ConfigKey key) {
        return key.method().getAnnotations().length;
    }

    /** All of them, by name. */
    public Collection<ConfigKey> all() {
        return keys.values();
    }

    /** The key of this name. */
    public Optional<ConfigKey> find(String name) {
        return Optional.ofNullable(keys.get(name));
    }
}
