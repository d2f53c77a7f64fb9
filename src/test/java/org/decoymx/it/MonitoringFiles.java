package org.decoymx.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The dashboard and the alert rules that are shipped, and the expressions in them. */
final class MonitoringFiles {
    static final Path RULES = Path.of("deploy/prometheus/decoymx.rules.yml");
    static final Path PROMETHEUS = Path.of("deploy/prometheus/prometheus.yml");
    static final Path RULE_TESTS = Path.of("src/test/resources/prometheus/alerts.yml");
    private static final Path DASHBOARD = Path.of("deploy/grafana/decoymx.json");

    /** Strings, selectors of labels, lists of labels, ranges, and numbers with a unit. */
    private static final Pattern NOT_NAMES =
            Pattern.compile("\"[^\"]*\"|\\{[^}]*}|\\b(by|on|without|ignoring)\\s*\\([^)]*\\)|\\[[^]]*]|\\b[0-9]\\w*");

    private static final Pattern NAME = Pattern.compile("[a-z_]\\w*(?!\\w*\\s*\\()");
    private static final Set<String> KEYWORDS = Set.of("and", "or", "unless", "offset", "bool");

    private MonitoringFiles() {}

    static JsonNode dashboard() {
        return read(new ObjectMapper(), DASHBOARD);
    }

    /** The panels that are no titles of rows. */
    static List<JsonNode> panels() {
        return stream(dashboard().path("panels"))
                .filter(panel -> !panel.path("type").asText().equals("row"))
                .toList();
    }

    static List<JsonNode> rules() {
        return stream(read(new YAMLMapper(), RULES).path("groups"))
                .flatMap(group -> stream(group.path("rules")))
                .toList();
    }

    /** A YAML file below deploy. */
    static JsonNode deployed(String file) {
        return read(new YAMLMapper(), Path.of("deploy", file));
    }

    private static JsonNode read(ObjectMapper mapper, Path file) {
        try {
            return mapper.readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<JsonNode> stream(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    /** The expressions of a panel, with values for the variables of Grafana. */
    static Stream<String> expressions(JsonNode panel) {
        return stream(panel.path("targets")).map(target -> target.path("expr")
                .asText()
                .replace("$__rate_interval", "5m")
                .replace("$instance", ".*"));
    }

    /** The metrics in an expression of PromQL. */
    static Set<String> metrics(String expression) {
        String names = NOT_NAMES.matcher(expression).replaceAll(" ");
        return NAME.matcher(names)
                .results()
                .map(name -> name.group())
                .filter(name -> !KEYWORDS.contains(name))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
