package org.decoymx;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.smallrye.config.ConfigMapping;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.decoymx.support.ConfigKey;
import org.decoymx.support.ConfigKeys;
import org.junit.jupiter.api.Test;

/**
 * The documentation and the mappings agree. Checks all tables in docs/configuration.md and docs/policy.md whose header
 * has the columns {@code key} (or {@code key: `prefix`}) and {@code default}, and optionally {@code type} and
 * {@code variable}.
 */
class ConfigDocumentationTest {
    private static final Pattern KEY_COLUMN = Pattern.compile("key(?:: `(.*)`)?");
    private static final Pattern SHOWN = Pattern.compile("`?([^`:]*)`?(?::.*)?");
    private static final Pattern IN_WORDS = Pattern.compile("[A-Za-z].*");
    /** A longer default is described in words. */
    private static final int MAX_SHOWN = 80;

    private record Row(String key, Map<String, String> cells) {}

    private static final ConfigKeys KEYS = new ConfigKeys(ConfigMappings.ALL);

    private static List<Row> rows() throws IOException {
        List<Row> rows = new ArrayList<>();
        for (String page : List.of("docs/configuration.md", "docs/policy.md")) {
            List<String> header = List.of();
            for (String line : Files.readAllLines(Path.of(page))) {
                List<String> cells = cells(line);
                if (cells.isEmpty()) {
                    header = List.of();
                } else if (header.isEmpty()) {
                    header = cells;
                } else {
                    add(rows, header, cells);
                }
            }
        }
        return rows;
    }

    private static List<String> cells(String line) {
        return line.startsWith("|")
                ? Arrays.stream(line.substring(1).split("\\|"))
                        .map(String::strip)
                        .toList()
                : List.of();
    }

    private static void add(List<Row> rows, List<String> header, List<String> cells) {
        if (!header.contains("default")) {
            return;
        }
        Map<String, String> named = new TreeMap<>();
        String key = "";
        for (int i = 0; i < Math.min(header.size(), cells.size()); i++) {
            Matcher keyColumn = KEY_COLUMN.matcher(header.get(i));
            if (keyColumn.matches()) {
                String prefix = keyColumn.group(1) == null ? "" : keyColumn.group(1);
                key = prefix + cells.get(i).replace("`", "");
            } else {
                named.put(header.get(i), cells.get(i));
            }
        }
        if (key.startsWith("decoy.") && !key.contains("…") && !key.endsWith("-")) {
            rows.add(new Row(key, named));
        }
    }

    @Test
    void documentation_hasEachKey_andNoOther() throws IOException {
        assertThat(rows().stream().map(Row::key).distinct())
                .containsExactlyInAnyOrderElementsOf(
                        KEYS.all().stream().map(ConfigKey::name).toList());
    }

    @Test
    void documentation_hasTheDefaultOfTheMapping() throws IOException {
        Properties built = new Properties();
        try (Reader reader = Files.newBufferedReader(Path.of("src/main/resources/application.properties"))) {
            built.load(reader);
        }
        for (Row row : rows()) {
            String cell = row.cells().getOrDefault("default", "");
            String value = KEYS.find(row.key()).map(ConfigKey::defaultValue).orElse(built.getProperty(row.key(), ""));
            if (value.isEmpty() || value.length() > MAX_SHOWN) {
                assertThat(cell).as("the default of %s is in words", row.key()).matches(IN_WORDS);
            } else {
                assertThat(shown(cell)).as("the default of %s", row.key()).isEqualTo(value);
            }
        }
    }

    /** {@code 10}, {@code `2s`}, {@code `0.0.0.0,::`} and {@code 0: off}. */
    private static String shown(String cell) {
        if (cell.startsWith("`")) {
            return cell.substring(1, cell.indexOf('`', 1));
        }
        Matcher matcher = SHOWN.matcher(cell);
        return matcher.matches() ? matcher.group(1) : cell;
    }

    @Test
    void documentation_hasTypeAndVariable_ofTheMapping() throws IOException {
        for (Row row : rows()) {
            KEYS.find(row.key()).ifPresent(key -> {
                assertThat(row.cells().getOrDefault("type", key.typeName())).isEqualTo(key.typeName());
                assertThat(row.cells().getOrDefault("variable", key.variable()).replace("`", ""))
                        .isEqualTo(key.variable());
            });
        }
    }

    @Test
    void mappings_areAllChecked() {
        assertThat(new ClassFileImporter()
                        .importPath("target/classes").stream()
                                .filter(type -> type.isAnnotatedWith(ConfigMapping.class))
                                .map(type -> type.getName()))
                .containsExactlyInAnyOrderElementsOf(
                        ConfigMappings.ALL.stream().map(Class::getName).toList());
    }
}
