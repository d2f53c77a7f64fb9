package org.decoymx;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** An OpenAPI document, version 3.1, whose references are followed. */
public final class OpenApiDocument {
    /** The document in the sources. */
    public static final Path SOURCE = Path.of("src/main/resources/META-INF/openapi.yaml");

    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete");
    private static final JsonSchemaFactory SCHEMAS = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);

    private final JsonNode root;

    private OpenApiDocument(JsonNode root) {
        this.root = root;
    }

    /** Parses YAML or JSON. */
    public static OpenApiDocument parse(String text) {
        try {
            return new OpenApiDocument(new YAMLMapper().readTree(text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads the source. */
    static OpenApiDocument readSource() {
        try {
            return parse(Files.readString(SOURCE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A method of a path.
     *
     * @param method in upper case
     * @param path with parameters in braces
     * @param parameters those of the path and of the method
     */
    public record Operation(String method, String path, JsonNode node, List<JsonNode> parameters) {
        /** Whether it is on the management port. */
        public boolean isManagement() {
            return path.startsWith("/q/");
        }

        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    /** The whole document. */
    public JsonNode root() {
        return root;
    }

    /** All operations. */
    public List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        root.path("paths").properties().forEach(path -> path.getValue().properties().stream()
                .filter(entry -> METHODS.contains(entry.getKey()))
                .forEach(entry -> operations.add(new Operation(
                        entry.getKey().toUpperCase(Locale.ROOT),
                        path.getKey(),
                        entry.getValue(),
                        Stream.of(path.getValue(), entry.getValue())
                                .flatMap(level -> elements(level.path("parameters")))
                                .map(this::follow)
                                .toList()))));
        return operations;
    }

    /** The responses by status. */
    public Map<String, JsonNode> responses(Operation operation) {
        Map<String, JsonNode> responses = new TreeMap<>();
        operation
                .node()
                .path("responses")
                .properties()
                .forEach(response -> responses.put(response.getKey(), follow(response.getValue())));
        return responses;
    }

    /** What a reference stands for, or the node itself. */
    public JsonNode follow(JsonNode node) {
        return node.has("$ref") ? root.at(node.path("$ref").asText().substring(1)) : node;
    }

    /** All references in the document. */
    List<String> references() {
        return root.findValuesAsText("$ref");
    }

    /** The values of the examples of a parameter, a header or a content; without those that are elsewhere. */
    public List<JsonNode> examples(JsonNode node) {
        return Stream.concat(
                        Stream.of(node.path("example")),
                        elements(node.path("examples"))
                                .map(example -> follow(example).path("value")))
                .filter(value -> !value.isMissingNode())
                .toList();
    }

    /** What is wrong with a value of a content; empty if nothing is. */
    public List<String> validate(JsonNode content, JsonNode value) {
        ObjectNode schema = new ObjectMapper().createObjectNode();
        schema.putArray("allOf").add(content.path("schema"));
        schema.set("components", root.path("components"));
        return SCHEMAS.getSchema(schema).validate(value).stream()
                .map(ValidationMessage::getMessage)
                .toList();
    }

    /** Whether its response is a stream of events. */
    public boolean isEndless(Operation operation) {
        return responses(operation).values().stream()
                .anyMatch(response -> response.path("content").has("text/event-stream"));
    }

    /** The path with the first example of each parameter of the path, and of each that is required. */
    public String examplePath(Operation operation) {
        String path = operation.path();
        String query = "";
        for (JsonNode parameter : operation.parameters()) {
            String name = parameter.path("name").asText();
            if (parameter.path("required").asBoolean()) {
                String value = examples(parameter).get(0).asText();
                path = path.replace("{" + name + "}", value);
                query += parameter.path("in").asText().equals("query") ? "?" + name + "=" + value : "";
            }
        }
        return path + query;
    }

    /** What is wrong with a response; empty if nothing is. */
    public List<String> validate(Operation operation, HttpResponse<byte[]> response) throws IOException {
        String type = response.headers().firstValue("Content-Type").orElse("");
        boolean isJson = type.matches("application/(problem\\+)?json\\b.*");
        JsonNode documented = responses(operation).get(Integer.toString(response.statusCode()));
        if (documented == null) {
            return List.of("status " + response.statusCode() + " is not documented");
        }
        JsonNode content = documented.path("content").properties().stream()
                .filter(entry -> mediaType(entry.getKey()).equals(mediaType(type)))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(MissingNode.getInstance());
        if (content.isMissingNode() && documented.has("content")) {
            return List.of("content type " + type + " is not documented for status " + response.statusCode());
        }
        return isJson ? validate(content, new ObjectMapper().readTree(response.body())) : List.of();
    }

    /** Without parameters. */
    private static String mediaType(String text) {
        return text.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }

    /** The elements of an array, or the values of an object. */
    static Stream<JsonNode> elements(JsonNode node) {
        return StreamSupport.stream(node.spliterator(), false);
    }
}
