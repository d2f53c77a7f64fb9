package org.decoymx.it;

import static java.util.Map.entry;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * What MISP's format demands of an event and of a manifest: draft-dulaunoy-misp-core-format-18, the sections on the event, its
 * attributes, tags and organisations, on the manifest, and its JSON Schema. That schema and the one in PyMISP know more members,
 * but they let in no others than it names, and so does this.
 */
final class MispShape {
    private static final String UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
    private static final String SECOND = "[0-9]{1,10}";

    /** No newline, and not more than 256 characters. */
    private static final String INFO = ".{1,256}";

    private static final Map<String, String> ORGANISATION = Map.of("name", ".+", "uuid", UUID);

    private static final Map<String, String> TAG =
            Map.of("name", ".+", "colour", "#[0-9a-f]{6}", "exportable", "boolean");

    private static final Map<String, String> MANIFEST = Map.of(
            "info", INFO,
            "date", "[0-9]{4}-[0-9]{2}-[0-9]{2}",
            "timestamp", SECOND,
            "analysis", "[0-2]",
            "threat_level_id", "[1-4]",
            "Orgc", "object",
            "Tag", "array");

    private static final Map<String, String> EVENT = Map.ofEntries(
            entry("uuid", UUID),
            entry("info", INFO),
            entry("date", "[0-9]{4}-[0-9]{2}-[0-9]{2}"),
            entry("timestamp", SECOND),
            entry("analysis", "[0-2]"),
            entry("threat_level_id", "[1-4]"),
            entry("published", "boolean"),
            entry("publish_timestamp", SECOND),
            entry("distribution", "[0-3]"),
            entry("Orgc", "object"),
            entry("Tag", "array"),
            entry("Attribute", "array"));

    /** An address is allowed in this category, among others. */
    private static final Map<String, String> ATTRIBUTE = Map.of(
            "uuid", UUID,
            "type", "ip-src",
            "category", "Network activity",
            "to_ids", "boolean",
            "value", "[0-9a-f.:]+(/[0-9]{1,3})?",
            "timestamp", SECOND,
            "comment", ".+");

    private final List<String> faults = new ArrayList<>();

    private MispShape() {}

    /** What is wrong with the document of an event. */
    static List<String> faultsOfEvent(JsonNode document) {
        MispShape shape = new MispShape();
        shape.members("document", document, Map.of("Event", "object"));
        JsonNode event = document.path("Event");
        shape.members("Event", event, EVENT);
        shape.head(event);
        event.path("Attribute").forEach(attribute -> shape.members("Attribute", attribute, ATTRIBUTE));
        shape.unique(event.path("Attribute"), "uuid");
        shape.unique(event.path("Attribute"), "value");
        return shape.faults;
    }

    /** What is wrong with a manifest. */
    static List<String> faultsOfManifest(JsonNode manifest) {
        MispShape shape = new MispShape();
        manifest.properties().forEach(event -> {
            shape.text("manifest", event.getKey(), UUID);
            shape.members("manifest", event.getValue(), MANIFEST);
            shape.head(event.getValue());
        });
        return shape.faults;
    }

    private void head(JsonNode event) {
        members("Orgc", event.path("Orgc"), ORGANISATION);
        event.path("Tag").forEach(tag -> members("Tag", tag, TAG));
        unique(event.path("Tag"), "name");
    }

    /** All of these members are there, as these expressions say, and no others. */
    private void members(String where, JsonNode node, Map<String, String> members) {
        TreeSet<String> others = new TreeSet<>();
        node.fieldNames().forEachRemaining(others::add);
        others.removeAll(members.keySet());
        others.forEach(name -> faults.add(where + " has " + name));
        members.forEach((name, is) -> {
            JsonNode value = node.path(name);
            switch (is) {
                case "boolean" -> demand(value.isBoolean(), where, name, value, is);
                case "object" -> demand(value.isObject(), where, name, value, is);
                case "array" -> demand(value.isArray(), where, name, value, is);
                default -> demand(value.isTextual() && value.textValue().matches(is), where, name, value, is);
            }
        });
    }

    private void demand(boolean holds, String where, String name, JsonNode value, String is) {
        if (!holds) {
            faults.add(where + "." + name + " is " + (value.isMissingNode() ? "missing" : value) + " and not " + is);
        }
    }

    private void text(String where, String text, String is) {
        if (!text.matches(is)) {
            faults.add(where + " has " + text + " and not " + is);
        }
    }

    private void unique(JsonNode array, String name) {
        TreeSet<String> values = new TreeSet<>();
        array.forEach(node -> {
            if (!values.add(node.path(name).asText())) {
                faults.add(name + " twice: " + node.path(name).asText());
            }
        });
    }
}
