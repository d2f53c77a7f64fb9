package org.decoymx.admin.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.decoymx.support.PrintableText;

/** Prints JSON for people: a line for each field, and a table for a list of objects. All characters are visible. */
final class JsonText {
    private static final int MAX_TEXT = 1_000;
    private static final String INDENT = "  ";
    private static final String NOTHING = "-";

    private final StringBuilder out = new StringBuilder();

    private JsonText() {}

    static String print(JsonNode json) {
        JsonText text = new JsonText();
        if (json.isObject()) {
            text.appendFields(json, "");
        } else {
            text.appendValue(json, "");
        }
        return text.out.toString();
    }

    private void appendFields(JsonNode object, String indent) {
        int width = object.properties().stream()
                .filter(field -> field.getValue().isValueNode())
                .mapToInt(field -> label(field.getKey()).length())
                .max()
                .orElse(0);
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            String label = label(field.getKey());
            JsonNode value = field.getValue();
            if (value.isValueNode() || value.isEmpty()) {
                appendLine(indent + pad(label, width) + INDENT + text(value));
            } else {
                appendLine(indent + label);
                appendValue(value, indent + INDENT);
            }
        }
    }

    private void appendValue(JsonNode value, String indent) {
        if (value.isObject()) {
            appendFields(value, indent);
        } else if (value.isArray() && !value.isEmpty() && value.get(0).isObject()) {
            appendTable(value, indent);
        } else if (value.isArray()) {
            value.forEach(element -> appendLine(indent + text(element)));
        } else {
            appendLine(indent + text(value));
        }
    }

    private void appendTable(JsonNode rows, String indent) {
        Set<String> columns = new LinkedHashSet<>();
        rows.forEach(row -> row.fieldNames().forEachRemaining(columns::add));
        List<Map<String, String>> lines = new ArrayList<>();
        Map<String, String> head = new LinkedHashMap<>();
        columns.forEach(column -> head.put(column, label(column).toUpperCase(Locale.ROOT)));
        lines.add(head);
        for (JsonNode row : rows) {
            Map<String, String> line = new LinkedHashMap<>();
            columns.forEach(column -> line.put(column, text(row.path(column))));
            lines.add(line);
        }
        Map<String, Integer> widths = new LinkedHashMap<>();
        lines.forEach(line -> line.forEach((column, text) -> widths.merge(column, text.length(), Math::max)));
        for (Map<String, String> line : lines) {
            StringBuilder joined = new StringBuilder(indent);
            line.forEach((column, text) ->
                    joined.append(pad(text, widths.getOrDefault(column, 0))).append(INDENT));
            appendLine(joined.toString());
        }
    }

    private void appendLine(String line) {
        out.append(line.stripTrailing()).append('\n');
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    /** {@code firstSeen} is "first seen". */
    private static String label(String name) {
        String words = name.replaceAll("(?<=[a-z0-9])(?=[A-Z])|(?<=[a-z])(?=[0-9])", " ");
        return PrintableText.escape(name.matches("[A-Z_]+") ? name : words.toLowerCase(Locale.ROOT));
    }

    private static String text(JsonNode value) {
        if (value.isMissingNode() || value.isNull() || value.isContainerNode() && value.isEmpty()) {
            return NOTHING;
        }
        return PrintableText.escape(value.isValueNode() ? value.asText() : join(value), MAX_TEXT);
    }

    /** An object or a list in a cell of a table. */
    private static String join(JsonNode value) {
        if (value.isObject()) {
            return value.properties().stream()
                    .map(field -> label(field.getKey()) + " " + text(field.getValue()))
                    .collect(Collectors.joining(", "));
        }
        return StreamSupport.stream(value.spliterator(), false)
                .map(JsonText::text)
                .collect(Collectors.joining(", "));
    }
}
