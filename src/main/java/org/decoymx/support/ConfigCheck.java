package org.decoymx.support;

import io.smallrye.config.SmallRyeConfig;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Checks the whole configuration, and finds all that is wrong with it at once. */
public final class ConfigCheck {
    private final ConfigKeys keys;
    private final Collection<RetiredKey> retired;
    private final Collection<Relation> relations;

    /** A rule for several keys together. */
    public interface Relation {
        /** The keys that it reads; it is only looked at when each of them has a good value. */
        Set<String> keys();

        /** What is wrong, a line each. */
        List<String> problems(SmallRyeConfig config);
    }

    /**
     * @param keys that there are
     * @param retired keys of an earlier release
     * @param relations rules for several keys together
     */
    public ConfigCheck(ConfigKeys keys, Collection<RetiredKey> retired, Collection<Relation> relations) {
        this.keys = keys;
        this.retired = List.copyOf(retired);
        this.relations = List.copyOf(relations);
    }

    /** Opens no port and writes no file. */
    public ConfigReport check(SmallRyeConfig config) {
        ConfigReport unknown = new UnknownKeys(keys, retired).find(config.getConfigSources());
        List<String> problems = new ArrayList<>(unknown.problems());
        Set<String> bad = new LinkedHashSet<>();
        ValueCheck values = new ValueCheck(config);
        for (ConfigKey key : keys.all()) {
            if (key.isPattern()) {
                continue;
            }
            values.problem(key).ifPresent(problem -> {
                problems.add(problem);
                bad.add(key.name());
            });
        }
        for (Relation relation : relations) {
            if (relation.keys().stream().noneMatch(bad::contains)) {
                problems.addAll(relation.problems(config));
            }
        }
        return new ConfigReport(problems, unknown.warnings());
    }
}
