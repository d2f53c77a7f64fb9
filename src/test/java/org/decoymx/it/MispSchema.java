package org.decoymx.it;

import static java.util.Map.entry;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Checks events and manifests against MISP's core format: draft-dulaunoy-misp-core-format-18, the sections on events,
 * attributes, tags, organisations and the manifest, and the JSON Schema. It allows only the members that the feed uses,
 * which are a subset of those in the JSON Schema of the draft and in that of PyMISP.
 */
final class MispSchema {
    private static final String UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
    private static final String SECONDS = "[0-9]{1,10}";
    private static final String TIME = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z";

    /** One line of at most 256 characters. */
    private static final String INFO = ".{1,256}";

    private static final Map<String, String> ORGANISATION = Map.of("name", ".+", "uuid", UUID);

    private static final Map<String, String> TAG =
            Map.of("name", ".+", "colour", "#[0-9a-f]{6}", "exportable", "boolean");

    private static final Map<String, String> MANIFEST = Map.of(
            "info", INFO,
            "date", "[0-9]{4}-[0-9]{2}-[0-9]{2}",
            "timestamp", SECONDS,
            "analysis", "[0-2]",
            "threat_level_id", "[1-4]",
            "Orgc", "object",
            "Tag", "array");

    private static final Map<String, String> EVENT = Map.ofEntries(
            entry("uuid", UUID),
            entry("info", INFO),
            entry("date", "[0-9]{4}-[0-9]{2}-[0-9]{2}"),
            entry("timestamp", SECONDS),
            entry("analysis", "[0-2]"),
            entry("threat_level_id", "[1-4]"),
            entry("published", "boolean"),
            entry("publish_timestamp", SECONDS),
            entry("distribution", "[0-3]"),
            entry("Orgc", "object"),
            entry("Tag", "array"),
            entry("Attribute", "array"));

    /** The category is one of those that allow an address. */
    private static final Map<String, String> ATTRIBUTE = Map.of(
            "uuid", UUID,
            "type", "ip-src",
            "category", "Network activity",
            "to_ids", "boolean",
            "value", "[0-9a-f.:]+(/[0-9]{1,3})?",
            "timestamp", SECONDS,
            "comment", ".+",
            "first_seen", TIME,
            "last_seen", TIME,
            "Tag", "array");

    private final List<String> errors = new ArrayList<>();

    private MispSchema() {}

    /** Finds the errors in the document of an event. */
    static List<String> findEventErrors(JsonNode document) {
        MispSchema schema = new MispSchema();
        schema.checkMembers("document", document, Map.of("Event", "object"));
        JsonNode event = document.path("Event");
        schema.checkMembers("Event", event, EVENT);
        schema.checkMetadata(event);
        event.path("Attribute").forEach(attribute -> {
            schema.checkMembers("Attribute", attribute, ATTRIBUTE);
            attribute.path("Tag").forEach(tag -> schema.checkMembers("Tag", tag, TAG));
        });
        schema.checkUnique(event.path("Attribute"), "uuid");
        schema.checkUnique(event.path("Attribute"), "value");
        return schema.errors;
    }

    /** Finds the errors in a manifest. */
    static List<String> findManifestErrors(JsonNode manifest) {
        MispSchema schema = new MispSchema();
        manifest.properties().forEach(event -> {
            schema.checkText("manifest", event.getKey(), UUID);
            schema.checkMembers("manifest", event.getValue(), MANIFEST);
            schema.checkMetadata(event.getValue());
        });
        return schema.errors;
    }

    private void checkMetadata(JsonNode event) {
        checkMembers("Orgc", event.path("Orgc"), ORGANISATION);
        event.path("Tag").forEach(tag -> checkMembers("Tag", tag, TAG));
        checkUnique(event.path("Tag"), "name");
    }

    /** Requires exactly these members. Each value must match its JSON type or regular expression. */
    private void checkMembers(String where, JsonNode node, Map<String, String> members) {
        TreeSet<String> others = new TreeSet<>();
        node.fieldNames().forEachRemaining(others::add);
        others.removeAll(members.keySet());
        others.forEach(name -> errors.add(where + " has " + name));
        members.forEach((name, pattern) -> {
            JsonNode value = node.path(name);
            switch (pattern) {
                case "boolean" -> require(value.isBoolean(), where, name, value, pattern);
                case "object" -> require(value.isObject(), where, name, value, pattern);
                case "array" -> require(value.isArray(), where, name, value, pattern);
                default ->
                    require(value.isTextual() && value.textValue().matches(pattern), where, name, value, pattern);
            }
        });
    }

    private void require(boolean valid, String where, String name, JsonNode value, String pattern) {
        if (!valid) {
            String actual = value.isMissingNode() ? "missing" : value.toString();
            errors.add(where + "." + name + " is " + actual + ", expected " + pattern);
        }
    }

    private void checkText(String where, String text, String pattern) {
        if (!text.matches(pattern)) {
            errors.add(where + " has " + text + ", expected " + pattern);
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
