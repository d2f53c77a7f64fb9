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
final class MispSchema {
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

    private final List<String> errors = new ArrayList<>();

    private MispSchema() {}

    /** What is wrong with the document of an event. */
    static List<String> findEventErrors(JsonNode document) {
        MispSchema shape = new MispSchema();
        shape.checkMembers("document", document, Map.of("Event", "object"));
        JsonNode event = document.path("Event");
        shape.checkMembers("Event", event, EVENT);
        shape.checkMetadata(event);
        event.path("Attribute").forEach(attribute -> shape.checkMembers("Attribute", attribute, ATTRIBUTE));
        shape.checkUnique(event.path("Attribute"), "uuid");
        shape.checkUnique(event.path("Attribute"), "value");
        return shape.errors;
    }

    /** What is wrong with a manifest. */
    static List<String> findManifestErrors(JsonNode manifest) {
        MispSchema shape = new MispSchema();
        manifest.properties().forEach(event -> {
            shape.checkText("manifest", event.getKey(), UUID);
            shape.checkMembers("manifest", event.getValue(), MANIFEST);
            shape.checkMetadata(event.getValue());
        });
        return shape.errors;
    }

    private void checkMetadata(JsonNode event) {
        checkMembers("Orgc", event.path("Orgc"), ORGANISATION);
        event.path("Tag").forEach(tag -> checkMembers("Tag", tag, TAG));
        checkUnique(event.path("Tag"), "name");
    }

    /** All of these members are there, as these expressions say, and no others. */
    private void checkMembers(String where, JsonNode node, Map<String, String> members) {
        TreeSet<String> others = new TreeSet<>();
        node.fieldNames().forEachRemaining(others::add);
        others.removeAll(members.keySet());
        others.forEach(name -> errors.add(where + " has " + name));
        members.forEach((name, is) -> {
            JsonNode value = node.path(name);
            switch (is) {
                case "boolean" -> require(value.isBoolean(), where, name, value, is);
                case "object" -> require(value.isObject(), where, name, value, is);
                case "array" -> require(value.isArray(), where, name, value, is);
                default -> require(value.isTextual() && value.textValue().matches(is), where, name, value, is);
            }
        });
    }

    private void require(boolean holds, String where, String name, JsonNode value, String is) {
        if (!holds) {
            errors.add(where + "." + name + " is " + (value.isMissingNode() ? "missing" : value) + " and not " + is);
        }
    }

    private void checkText(String where, String text, String is) {
        if (!text.matches(is)) {
            errors.add(where + " has " + text + " and not " + is);
        }
    }

    private void checkUnique(JsonNode array, String name) {
        TreeSet<String> values = new TreeSet<>();
        array.forEach(node -> {
            if (!values.add(node.path(name).asText())) {
                errors.add(name + " twice: " + node.path(name).asText());
            }
        });
    }
}
