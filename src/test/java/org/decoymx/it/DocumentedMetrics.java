package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The metrics of docs/metrics.md: all tables with the columns {@code metric}, {@code type} and {@code labels}. A cell
 * of labels is {@code none}, or for each label {@code `name`: `value`, `value`}. A label without values is open, unless
 * there is a table whose first column has its name, there or in docs/operating.md. A metric whose meaning says
 * {@code only with} a key is optional.
 */
public final class DocumentedMetrics {
    private static final List<Path> PAGES = List.of(Path.of("docs/metrics.md"), Path.of("docs/operating.md"));
    private static final Pattern LABEL = Pattern.compile("`([a-z_]+)`:([^;]*)");
    private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");
    private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");
    private static final Pattern SAMPLE = Pattern.compile("([a-z0-9_]+)(?:\\{(.*)\\})? \\S+");
    private static final Pattern SAMPLE_LABEL = Pattern.compile("([a-z_]+)=\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final String OURS = "decoy_";

    private final Map<String, Metric> metrics = new TreeMap<>();

    /**
     * A metric.
     *
     * @param labels the values of each label; none for any value
     */
    private record Metric(String type, Map<String, Set<String>> labels, boolean optional) {}

    private DocumentedMetrics() {}

    /** Reads the page. */
    public static DocumentedMetrics read() {
        try {
            List<String> lines = new ArrayList<>();
            for (Path page : PAGES) {
                lines.addAll(Files.readAllLines(page));
            }
            return new DocumentedMetrics().parse(lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private DocumentedMetrics parse(List<String> lines) {
        Map<String, Set<String>> valueTables = new HashMap<>();
        List<List<String>> rows = new ArrayList<>();
        List<String> header = List.of();
        for (String line : lines) {
            List<String> cells = cells(line);
            if (cells.isEmpty()) {
                header = List.of();
            } else if (header.isEmpty()) {
                header = cells;
            } else if (cells.get(0).startsWith("`")) {
                if (header.get(0).equals("metric")) {
                    rows.add(cells);
                } else {
                    valueTables
                            .computeIfAbsent(unquote(header.get(0)), label -> new TreeSet<>())
                            .add(unquote(cells.get(0)));
                }
            }
        }
        for (List<String> row : rows) {
            boolean optional = row.get(3).contains("only with");
            assertThat(metrics.put(
                            unquote(row.get(0)), new Metric(row.get(1), labels(row.get(2), valueTables), optional)))
                    .as("%s has one row", row.get(0))
                    .isNull();
        }
        return this;
    }

    private static Map<String, Set<String>> labels(String cell, Map<String, Set<String>> valueTables) {
        Map<String, Set<String>> labels = new TreeMap<>();
        LABEL.matcher(cell).results().forEach(label -> {
            Set<String> values = QUOTED.matcher(label.group(2))
                    .results()
                    .map(value -> value.group(1))
                    .collect(Collectors.toCollection(TreeSet::new));
            labels.put(label.group(1), values.isEmpty() ? valueTables.getOrDefault(label.group(1), Set.of()) : values);
        });
        return labels;
    }

    private static List<String> cells(String line) {
        return line.startsWith("|")
                ? Arrays.stream(line.substring(1).split("\\|"))
                        .map(String::strip)
                        .toList()
                : List.of();
    }

    private static String unquote(String cell) {
        return cell.replace("`", "");
    }

    /** The names. */
    public Set<String> names() {
        return metrics.keySet();
    }

    /**
     * Compares our metrics with a response of /q/metrics in the format of OpenMetrics; what is documented of others
     * must be in it.
     */
    void assertDescribes(String response) {
        Map<String, String> types = new TreeMap<>();
        // OpenMetrics names a counter without the suffix of its samples
        TYPE.matcher(response)
                .results()
                .forEach(type ->
                        types.put(type.group(1) + (type.group(2).equals("counter") ? "_total" : ""), type.group(2)));
        assertThat(types.keySet().stream().filter(name -> name.startsWith(OURS)))
                .isSubsetOf(metrics.keySet());
        metrics.forEach((name, metric) -> {
            if (!metric.optional() || types.containsKey(name)) {
                assertThat(types).containsEntry(name, metric.type());
            }
        });
        Map<String, Set<String>> seen = new TreeMap<>();
        response.lines().filter(line -> !line.startsWith("#")).forEach(line -> assertDescribesSample(line, seen));
        metrics.forEach((name, metric) -> metric.labels().forEach((label, values) -> {
            if (!values.isEmpty() && !label.equals("mode") && !metric.optional()) {
                assertThat(seen.get(name + " " + label))
                        .as("%s of %s", label, name)
                        .isEqualTo(values);
            }
        }));
    }

    private void assertDescribesSample(String line, Map<String, Set<String>> seen) {
        Matcher sample = SAMPLE.matcher(line);
        assertThat(sample.matches()).as(line).isTrue();
        Metric metric = metrics.get(sample.group(1));
        if (metric != null) {
            Set<String> labels = new TreeSet<>();
            String shown = sample.group(2) == null ? "" : sample.group(2);
            SAMPLE_LABEL.matcher(shown).results().forEach(label -> {
                labels.add(label.group(1));
                seen.computeIfAbsent(sample.group(1) + " " + label.group(1), key -> new TreeSet<>())
                        .add(label.group(2));
            });
            assertThat(labels).as(line).isEqualTo(metric.labels().keySet());
        }
    }
}
